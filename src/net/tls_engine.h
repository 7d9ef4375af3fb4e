// net/tls_engine.h: TLS as octets in, octets out. No I/O. For the sources of this room only.
//
// OpenSSL runs over two memory buffers: what the peer sent goes in by feed(), what must be sent comes out by
// take_output(), which the caller looks at after every other call, failed ones included (they leave an alert).
//
// Chosen over asio::ssl::stream because an abandoned operation leaves no half-done work between two layers, the same
// code runs over sockets and in memory, and nothing is instantiated per transport.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "net/error.h"
#include "net/stream.h"
#include "net/tls_context_impl.h"

namespace sesame::net {

class TlsEngine {
 public:
  static TlsEngine server(const TlsContext& context);
  // `server_name`: SNI, and what the certificate must be for; an address is checked as an address and not sent.
  static TlsEngine client(const TlsContext& context, std::string server_name);

  // True: done. False: feed more octets from the peer.
  Result<bool, NetError> handshake();
  // Octets of plain text (at least one), or nullopt: feed more. `closed` once the peer has sent close_notify.
  Result<std::optional<std::size_t>, NetError> read(std::span<char> into);
  Result<void, NetError> write(std::string_view plain);
  void close();  // queues close_notify

  void feed(std::string_view octets);
  std::string take_output();

  TlsInfo info() const;     // after the handshake
  bool is_resumed() const;  // the handshake went on from an earlier session

 private:
  explicit TlsEngine(const TlsContext& context);
  NetError failure(std::string_view doing) const;

  TlsContext context_;  // keeps the certificate alive
  SslPtr ssl_;
  BIO* from_peer_ = nullptr;  // both owned by ssl_
  BIO* to_peer_ = nullptr;
};

}  // namespace sesame::net
