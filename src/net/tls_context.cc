#include "net/tls_context.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <cstdint>
#include <stdexcept>

#include "net/endpoint.h"
#include "net/tls_context_impl.h"

namespace sesame::net {
namespace {

[[noreturn]] void fail(std::string_view what) {
  throw std::runtime_error(fmt::format("{}: {}", what, take_openssl_error()));
}

SslContextPtr new_context(const SSL_METHOD* method) {
  SslContextPtr context(SSL_CTX_new(method));
  if (!context) fail("TLS context");
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);  // RFC 8996
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS | SSL_MODE_AUTO_RETRY);
  return context;
}

SslContextPtr new_server_context() {
  SslContextPtr context = new_context(TLS_server_method());
  SSL_CTX_set_options(context.get(), SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  return context;
}

SslContextPtr new_client_context() {
  SslContextPtr context = new_context(TLS_client_method());
  SSL_CTX_set_default_verify_paths(context.get());
  ERR_clear_error();  // a missing trust store shows when a certificate is checked
  return context;
}

// Never asks a terminal: an encrypted key is an error the operator reads at start-up.
int no_passphrase(char*, int, int, void*) { return 0; }

void add_extension(X509* certificate, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  if (extension == nullptr) fail("certificate extension");
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

void set_random_serial(X509* certificate) {
  std::uint64_t serial = 0;
  if (RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) != 1) fail("certificate serial");
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial >> 1);
}

}  // namespace

std::string take_openssl_error() {
  const unsigned long code = ERR_peek_last_error();
  ERR_clear_error();
  if (code == 0) return "no reason given";
  const char* reason = ERR_reason_error_string(code);
  return reason != nullptr ? reason : fmt::format("error {:#x}", code);
}

SelfSigned make_self_signed(const std::string& host_name, int days) {
  SelfSigned made{X509Ptr(X509_new()), KeyPtr(EVP_EC_gen("P-256"))};
  if (!made.certificate || !made.key) fail("self-signed certificate");
  X509* certificate = made.certificate.get();
  X509_set_version(certificate, X509_VERSION_3);
  set_random_serial(certificate);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);  // clocks differ
  X509_time_adj_ex(X509_getm_notAfter(certificate), days, 0, nullptr);
  X509_set_pubkey(certificate, made.key.get());
  X509_NAME* subject = X509_get_subject_name(certificate);
  const std::string common_name = host_name.substr(0, 64);  // RFC 5280 ub-common-name; the name that counts is below
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(common_name.data()),
                             static_cast<int>(common_name.size()), -1, 0);
  X509_set_issuer_name(certificate, subject);
  add_extension(certificate, NID_basic_constraints, "critical,CA:TRUE");
  add_extension(certificate, NID_subject_key_identifier, "hash");
  add_extension(certificate, NID_subject_alt_name, (parse_ip(host_name) ? "IP:" : "DNS:") + host_name);
  if (X509_sign(certificate, made.key.get(), EVP_sha256()) == 0) fail("self-signed certificate");
  return made;
}

Result<TlsContext, std::string> TlsContext::server(const std::string& certificate_file, const std::string& key_file) {
  SslContextPtr context = new_server_context();
  SSL_CTX_set_default_passwd_cb(context.get(), no_passphrase);
  ERR_clear_error();
  if (SSL_CTX_use_certificate_chain_file(context.get(), certificate_file.c_str()) != 1) {
    return std::unexpected(fmt::format("certificate file {}: {}", certificate_file, take_openssl_error()));
  }
  if (SSL_CTX_use_PrivateKey_file(context.get(), key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
    return std::unexpected(fmt::format("key file {}: {}", key_file, take_openssl_error()));
  }
  if (SSL_CTX_check_private_key(context.get()) != 1) {
    return std::unexpected(
        fmt::format("key file {} does not belong to certificate file {}", key_file, certificate_file));
  }
  return TlsContext(std::make_shared<Impl>(std::move(context), false, nullptr));
}

TlsContext TlsContext::server_self_signed(const std::string& host_name) {
  SslContextPtr context = new_server_context();
  const SelfSigned made = make_self_signed(host_name, 3650);
  if (SSL_CTX_use_certificate(context.get(), made.certificate.get()) != 1 ||
      SSL_CTX_use_PrivateKey(context.get(), made.key.get()) != 1) {
    fail("self-signed certificate");
  }
  return TlsContext(std::make_shared<Impl>(std::move(context), false, nullptr));
}

void TlsSessions::collect(SSL_CTX* context) {
  SSL_CTX_set_app_data(context, this);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(context, &TlsSessions::given);
}

// 1: the session is ours now.
int TlsSessions::given(SSL* ssl, SSL_SESSION* session) {
  const char* const server_name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
  auto* const sessions = static_cast<TlsSessions*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
  if (server_name == nullptr || sessions == nullptr) return 0;
  sessions->keep(server_name, SslSessionPtr(session));
  return 1;
}

void TlsSessions::keep(const std::string& server_name, SslSessionPtr session) {
  const std::lock_guard lock(mutex_);
  if (by_server_.size() >= max_servers && !by_server_.contains(server_name)) by_server_.erase(by_server_.begin());
  std::deque<SslSessionPtr>& kept = by_server_[server_name];
  kept.push_back(std::move(session));
  if (kept.size() > max_per_server) kept.pop_front();
}

SslSessionPtr TlsSessions::take(const std::string& server_name) {
  const std::lock_guard lock(mutex_);
  const auto found = by_server_.find(server_name);
  if (found == by_server_.end()) return nullptr;
  std::deque<SslSessionPtr>& kept = found->second;
  // OpenSSL spoils the session of a connection that ended without close_notify.
  while (!kept.empty() && SSL_SESSION_is_resumable(kept.back().get()) == 0) kept.pop_back();
  if (kept.empty()) return nullptr;
  SslSessionPtr& newest = kept.back();
  if (SSL_SESSION_get_protocol_version(newest.get()) < TLS1_3_VERSION) {
    SSL_SESSION_up_ref(newest.get());
    return SslSessionPtr(newest.get());
  }
  SslSessionPtr session = std::move(newest);
  kept.pop_back();
  return session;
}

namespace {

std::shared_ptr<const TlsContext::Impl> client_impl(SslContextPtr context, bool verify) {
  auto sessions = std::make_unique<TlsSessions>();
  sessions->collect(context.get());
  return std::make_shared<TlsContext::Impl>(std::move(context), verify, std::move(sessions));
}

}  // namespace

TlsContext TlsContext::client_opportunistic() {
  SslContextPtr context = new_client_context();
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_NONE, nullptr);
  SSL_CTX_set_security_level(context.get(), 1);  // a 1024-bit group is weak, and better than plain text (RFC 7435)
  return TlsContext(client_impl(std::move(context), false));
}

TlsContext TlsContext::client_verified() {
  SslContextPtr context = new_client_context();
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  return TlsContext(client_impl(std::move(context), true));
}

}  // namespace sesame::net
