// dns/datagram.h: UDP sockets, seen thinly. datagram.cc is the only file that instantiates them.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "base/result.h"
#include "net/endpoint.h"
#include "net/error.h"
#include "net/task.h"

namespace sesame::dns {

struct Datagram {
  std::size_t octets = 0;  // at the front of the buffer given; a longer datagram is cut to the buffer
  net::Endpoint from;
};

// One owner; one receive at a time; sends may run beside it, all on the executor given. Destroying it closes it.
class DatagramSocket {
 public:
  // Bound to `where`, port 0 for any. `reuse_port` lets one socket per thread share the port. An IPv6 address
  // takes IPv6 only.
  static Result<DatagramSocket, net::NetError> bind(net::Executor executor, net::Endpoint where,
                                                    bool reuse_port = false);
  // From a port the system draws at random, connected: only datagrams from `to` arrive, and a closed port there is
  // reported as `refused`.
  static Result<DatagramSocket, net::NetError> connect(net::Executor executor, net::Endpoint to);

  DatagramSocket(DatagramSocket&&) noexcept;
  DatagramSocket& operator=(DatagramSocket&&) noexcept;
  ~DatagramSocket();

  net::Endpoint local() const;

  // Errors: timed_out at `deadline` (Deadline::max() waits for ever), cancelled with the coroutine, refused.
  net::Task<Result<Datagram, net::NetError>> receive(std::span<char> into, net::Deadline deadline);
  // Does not wait: a datagram the system has no room for is lost, as datagrams are. `to` only when not connected.
  Result<void, net::NetError> send(std::string_view octets, std::optional<net::Endpoint> to = std::nullopt);

 private:
  struct State;
  explicit DatagramSocket(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace sesame::dns
