#include "net/tls_engine.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <new>

#include "net/endpoint.h"

namespace sesame::net {

TlsEngine::TlsEngine(const TlsContext& context) : context_(context), ssl_(SSL_new(context.impl().ssl_context.get())) {
  from_peer_ = BIO_new(BIO_s_mem());
  to_peer_ = BIO_new(BIO_s_mem());
  if (!ssl_ || from_peer_ == nullptr || to_peer_ == nullptr) throw std::bad_alloc();
  BIO_set_mem_eof_return(from_peer_, -1);  // empty means "not yet", never "end"
  BIO_set_mem_eof_return(to_peer_, -1);
  SSL_set_bio(ssl_.get(), from_peer_, to_peer_);
}

TlsEngine TlsEngine::server(const TlsContext& context) {
  TlsEngine engine(context);
  SSL_set_accept_state(engine.ssl_.get());
  return engine;
}

TlsEngine TlsEngine::client(const TlsContext& context, std::string server_name) {
  TlsEngine engine(context);
  SSL* ssl = engine.ssl_.get();
  SSL_set_connect_state(ssl);
  if (server_name.ends_with('.')) server_name.pop_back();  // RFC 6066 §3: no trailing dot
  if (parse_ip(server_name)) {
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), server_name.c_str());
  } else if (!server_name.empty()) {
    SSL_set_tlsext_host_name(ssl, server_name.c_str());
    SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    SSL_set1_host(ssl, server_name.c_str());
    const SslSessionPtr session = context.impl().sessions->take(server_name);
    if (session) SSL_set_session(ssl, session.get());
  }
  return engine;
}

NetError TlsEngine::failure(std::string_view doing) const {
  std::string detail = fmt::format("{}: {}", doing, take_openssl_error());
  const long verdict = SSL_get_verify_result(ssl_.get());
  if (context_.impl().verify && verdict != X509_V_OK) {
    detail += fmt::format(" ({})", X509_verify_cert_error_string(verdict));
  }
  return NetError{NetErrc::tls, std::move(detail)};
}

Result<bool, NetError> TlsEngine::handshake() {
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_.get());
  if (result == 1) return true;
  if (SSL_get_error(ssl_.get(), result) == SSL_ERROR_WANT_READ) return false;
  return std::unexpected(failure("TLS handshake"));
}

Result<std::optional<std::size_t>, NetError> TlsEngine::read(std::span<char> into) {
  ERR_clear_error();
  std::size_t count = 0;
  const int result = SSL_read_ex(ssl_.get(), into.data(), into.size(), &count);
  if (result == 1) return count;
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ: return std::nullopt;
    case SSL_ERROR_ZERO_RETURN: return std::unexpected(NetError{NetErrc::closed, "TLS close_notify"});
    default: return std::unexpected(failure("TLS read"));
  }
}

Result<void, NetError> TlsEngine::write(std::string_view plain) {
  if (plain.empty()) return {};
  ERR_clear_error();
  std::size_t count = 0;
  // A memory buffer takes everything, and renegotiation, the other reason to wait, is off.
  if (SSL_write_ex(ssl_.get(), plain.data(), plain.size(), &count) != 1) return std::unexpected(failure("TLS write"));
  return {};
}

void TlsEngine::close() {
  SSL_shutdown(ssl_.get());
  ERR_clear_error();  // after a failed handshake there is nothing to close, which is fine
}

void TlsEngine::feed(std::string_view octets) {
  if (octets.empty()) return;
  if (BIO_write(from_peer_, octets.data(), static_cast<int>(octets.size())) < 0) throw std::bad_alloc();
}

std::string TlsEngine::take_output() {
  std::string octets(BIO_ctrl_pending(to_peer_), '\0');
  if (!octets.empty()) BIO_read(to_peer_, octets.data(), static_cast<int>(octets.size()));
  return octets;
}

bool TlsEngine::is_resumed() const { return SSL_session_reused(ssl_.get()) == 1; }

TlsInfo TlsEngine::info() const {
  TlsInfo info;
  info.version = SSL_get_version(ssl_.get());
  info.cipher = SSL_get_cipher_name(ssl_.get());
  if (SSL_is_server(ssl_.get()) == 1) return info;
  const long verdict = SSL_get_verify_result(ssl_.get());
  if (SSL_get0_peer_certificate(ssl_.get()) == nullptr) {
    info.problem = "the server has no certificate";
  } else if (verdict != X509_V_OK) {
    info.problem = X509_verify_cert_error_string(verdict);
  } else {
    info.peer_verified = true;
  }
  return info;
}

}  // namespace sesame::net
