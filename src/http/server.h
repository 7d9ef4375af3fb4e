// http/server.h: HTTP/1.1 over net::Stream.
//
// Source: RFC 9110, RFC 9112. Keep-alive, pipelining (answered in order), Expect: 100-continue, HEAD, chunked request
// bodies and streamed responses. Anything two parsers could read in two ways is refused with 400 and the connection
// closed: Content-Length together with Transfer-Encoding, any transfer coding but "chunked", repeated or missing Host,
// blanks around field names, bare LF.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "http/body_budget.h"
#include "http/message.h"
#include "net/idle_gate.h"
#include "net/stream.h"

namespace sesame::http {

// The answer to a request whose body is not received, from its method, target and fields. `status`, which the answer is
// to have: 413, the body is over the limit; 503, there is no room for it now.
using RefuseBody = std::function<Response(const Request& head, int status)>;

struct ServerOptions {
  std::size_t max_header_octets = 32 * 1024;       // request line and fields; beyond: 431
  std::size_t max_body_octets = 60 * 1024 * 1024;  // beyond: 413
  // Of the bodies of all requests being received or answered, and of those of one client; beyond: 503 with Retry-After.
  // At least max_body_octets, or a body between the two is never welcome.
  std::size_t max_buffered_octets = 512 * 1024 * 1024;
  std::size_t max_buffered_octets_per_client = 256 * 1024 * 1024;           // a proxy in front of the API is one client
  std::chrono::milliseconds idle_timeout = std::chrono::seconds(60);        // for the first octet of a request
  std::chrono::milliseconds header_timeout = std::chrono::seconds(30);      // from there to the end of the header; 408
  std::chrono::milliseconds body_timeout = std::chrono::minutes(5);         // for the whole body; 408
  std::chrono::milliseconds body_stall_timeout = std::chrono::seconds(30);  // without an octet of a body; 408
  std::chrono::milliseconds write_timeout = std::chrono::seconds(60);       // for each write; a streamed one each piece
  RefuseBody refuse_body;                                                   // without it, a line of text
  std::string server_name = "Sesame";
  std::optional<net::TlsContext> tls;  // if given, TLS before the first request
};

// Called on the connection's thread. What it throws is logged and answered with 500.
using Handler = std::function<net::Task<Response>(Request)>;

// Shared by all connections of a listener; must outlive them.
//
//   listener->start([&server](std::unique_ptr<net::Stream> stream) { return server.serve(std::move(stream)); });
//   …
//   server.finish();
//   co_await listener->stop(deadline);
class Server {
 public:
  Server(ServerOptions options, Handler handler, const Clock& clock);

  // One connection, to its end.
  net::Task<void> serve(std::unique_ptr<net::Stream> stream);

  // Thread-safe. Connections that wait for a request are closed now, the others after the response under way.
  void finish() { gate_.close(); }

  // Thread-safe. Against max_buffered_octets: each body counts octet by octet as it arrives, until the response has
  // been written.
  std::size_t buffered_octets() const { return bodies_.held(); }
  std::size_t max_buffered_octets() const { return options_.max_buffered_octets; }

 private:
  const ServerOptions options_;
  const Handler handler_;
  const Clock& clock_;
  net::IdleGate gate_;
  BodyBudget bodies_;
};

}  // namespace sesame::http
