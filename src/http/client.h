// http/client.h: HTTP/1.1 requests over net::Stream. One connection per request; redirects are not followed; bodies are
// not decompressed. Names are resolved by the caller, who also judges whether the address may be contacted.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/result.h"
#include "http/message.h"
#include "http/url.h"
#include "net/stream.h"

namespace sesame::http {

struct ClientRequest {
  std::string method = "GET";
  Url url;
  Fields headers;  // Host, Content-Length and Connection are added; Host may be given
  std::string body;
};

struct ClientResponse {
  int status = 0;
  Fields headers;
  std::string body;  // empty when it was given to a BodySink
};

enum class ClientErrc {
  connect,    // no connection, or no TLS in time: nothing was sent
  tls,        // the server's TLS does not work, or its certificate does not hold: nothing was sent
  exchange,   // broke or timed out afterwards: the server may have acted on the request
  malformed,  // the answer is not HTTP, or is cut short
  too_large,  // header or body beyond the limits
};
struct ClientError {
  ClientErrc code = ClientErrc::exchange;
  std::string detail;
};

struct ClientOptions {
  net::Deadline deadline;  // for everything up to the end of the header, and of the body without a BodySink
  std::size_t max_header_octets = 32 * 1024;
  std::size_t max_body_octets = 16 * 1024 * 1024;  // not applied to a BodySink
  bool cut_long_body = false;                      // a longer one is cut and the connection closed; else too_large
  std::optional<net::TlsContext> tls;              // for https: client_verified() if not given
};

// Connects to `to`, whatever url.host says.
net::Task<Result<ClientResponse, ClientError>> request(ClientRequest request, net::Endpoint to, ClientOptions options);

// Takes the body as it comes. False: enough, close the connection (which is no error).
using BodySink = std::function<bool(std::string_view octets)>;

// As above, for answers without an end (tail). `silence` bounds the wait for each further piece. The sink is called
// only if the status is 2yz; other bodies are collected as above.
net::Task<Result<ClientResponse, ClientError>> request_stream(ClientRequest request, net::Endpoint to,
                                                              ClientOptions options, BodySink sink,
                                                              std::chrono::milliseconds silence);

// The exchange on a connection that is already there; for tests and other transports.
net::Task<Result<ClientResponse, ClientError>> exchange(net::Stream& stream, const ClientRequest& request,
                                                        const ClientOptions& options);

}  // namespace sesame::http
