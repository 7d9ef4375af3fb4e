// zone/server.h: the authoritative DNS server: UDP and TCP in front of an Authority.
//
// Source: RFC 1035 §4.2, RFC 7766 (TCP: pipelining, idle time-outs), RFC 5358 (no amplification): responses over UDP
// are at most 1232 octets and limited in rate per client network.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "net/endpoint.h"
#include "net/error.h"
#include "net/listener.h"
#include "net/runtime.h"
#include "zone/authority.h"

namespace sesame::zone {

struct ServerOptions {
  std::size_t max_udp_in_flight = 1000;  // questions being answered; further ones are dropped
  std::size_t max_tcp_connections = 200;
  std::size_t max_tcp_connections_per_client = 50;  // RFC 7766 §6.2.2; clients as net/listener.h counts them
  bool loopback_is_one_client = false;
  std::chrono::milliseconds tcp_idle{10'000};      // RFC 7766 §6.2.3: a few seconds
  std::chrono::milliseconds tcp_lifetime{60'000};  // of a connection, however busy
  // UDP responses per second to one /24 or /56, loopback excepted; of what is over, every other question gets an empty
  // response with TC set, the rest none. 0: no limit.
  double responses_per_second = 200;
};

// Both sockets are bound by bind(), so that an address in use is known before anything is started. Answers after
// start(). Thread-safe after that. `authority` must outlive the server; stop() must be awaited before it is destroyed.
class Server {
 public:
  // Port 0: a free one, the same for UDP and TCP (tests).
  static Result<std::unique_ptr<Server>, net::NetError> bind(net::Runtime& runtime, net::Endpoint where,
                                                             const Authority& authority, ServerOptions options = {});
  ~Server();

  net::Endpoint local() const;
  net::ListenerUse tcp_use() const;
  // Questions being answered, of ServerOptions::max_udp_in_flight.
  std::size_t udp_in_flight() const;
  std::size_t max_udp_in_flight() const;
  void start();
  // Stops listening and closes the connections, which resolvers keep idle, at once; datagrams already taken are
  // answered until `deadline`.
  net::Task<void> stop(net::Deadline deadline);

 private:
  struct Impl;
  explicit Server(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

}  // namespace sesame::zone
