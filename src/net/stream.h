// net/stream.h: an octet stream that may become TLS, seen thinly.
//
// All protocol code is written against Stream. Sockets and OpenSSL are instantiated in one file (socket_stream.cc),
// which keeps every other file cheap to compile, and in memory for tests (net/testing/memory_stream.h).
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "net/endpoint.h"
#include "net/error.h"
#include "net/task.h"
#include "net/tls_context.h"

namespace sesame::net {

struct TlsInfo {
  std::string version;         // "TLSv1.3"
  std::string cipher;          // "TLS_AES_256_GCM_SHA384"
  bool peer_verified = false;  // the certificate chain and name were checked and hold
  std::string problem;         // why not, when peer_verified is false (client side only)
};

// One owner, one coroutine at a time (reads and writes are not interleaved by different coroutines), on the executor it
// was made on, which must run on one thread. Destroying the stream closes it.
//
// After any error but `closed` the position in the stream is unknown: destroy it. One exception: after a read that
// timed out or was cancelled by its coroutine, a last line may be written under a new deadline (a 421).
class Stream {
 public:
  virtual ~Stream() = default;

  // At least one octet, or an error (`closed` at end of file). `into` must not be empty.
  virtual Task<Result<std::size_t, NetError>> read_some(std::span<char> into) = 0;
  // All of it, or an error.
  virtual Task<Result<void, NetError>> write_all(std::string_view octets) = 0;

  // Applies to every operation until set again; the operation under way then fails with timed_out. A new stream has
  // none, but for connect_tcp's, which keeps the deadline of the connect.
  virtual void set_deadline(Deadline deadline) = 0;

  // Both negotiate within the deadline. Octets the caller has read but not used must be discarded before (RFC 3207
  // §4.2: plain-text injection). `server_name` is sent as SNI and checked against the certificate when the context
  // verifies; with an opportunistic context a bad certificate is only reported in TlsInfo.
  virtual Task<Result<void, NetError>> start_tls_server(const TlsContext& context) = 0;
  virtual Task<Result<void, NetError>> start_tls_client(const TlsContext& context, std::string server_name) = 0;

  virtual std::optional<TlsInfo> tls() const = 0;  // nullopt while plain
  virtual Endpoint remote() const = 0;
  virtual Endpoint local() const = 0;

  // Sends TLS close_notify and closes the sending side as far as the peer allows, within the deadline.
  virtual Task<void> shutdown() = 0;
  // Thread-safe: makes the operation under way and every later one fail with `cancelled`.
  virtual void cancel() = 0;
};

// Connects within `deadline`. `source`, if given, is the local address to bind.
Task<Result<std::unique_ptr<Stream>, NetError>> connect_tcp(Endpoint to, Deadline deadline,
                                                            std::optional<IpAddress> source = std::nullopt);

}  // namespace sesame::net
