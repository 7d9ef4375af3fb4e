// net/tls_context_impl.h: what is behind a TlsContext. For the sources of this room only.
#pragma once

#include <openssl/ssl.h>

#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "net/tls_context.h"

namespace sesame::net {

template <auto free_function>
struct OpensslDelete {
  template <class T>
  void operator()(T* object) const {
    free_function(object);
  }
};
using SslContextPtr = std::unique_ptr<SSL_CTX, OpensslDelete<SSL_CTX_free>>;
using SslPtr = std::unique_ptr<SSL, OpensslDelete<SSL_free>>;
using X509Ptr = std::unique_ptr<X509, OpensslDelete<X509_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, OpensslDelete<EVP_PKEY_free>>;

using SslSessionPtr = std::unique_ptr<SSL_SESSION, OpensslDelete<SSL_SESSION_free>>;

// Sessions of servers met before, by their name, so that the next handshake with one is short (RFC 8446 §2.2, RFC
// 5077). Thread-safe.
class TlsSessions {
 public:
  static constexpr std::size_t max_servers = 2000;  // of more, somebody's are forgotten
  static constexpr std::size_t max_per_server = 4;

  // Takes note of what the servers give to clients of this context, from now on; it must outlive the context's use.
  void collect(SSL_CTX* context);
  // One to begin with, nullptr if there is none. One of TLS 1.3 is given out once (RFC 8446 appendix C.4).
  SslSessionPtr take(const std::string& server_name);

 private:
  static int given(SSL* ssl, SSL_SESSION* session);
  void keep(const std::string& server_name, SslSessionPtr session);

  std::mutex mutex_;
  std::unordered_map<std::string, std::deque<SslSessionPtr>> by_server_;
};

struct TlsContext::Impl {
  SslContextPtr ssl_context;
  bool verify = false;                    // clients: refuse a certificate that does not hold
  std::unique_ptr<TlsSessions> sessions;  // clients
};

struct SelfSigned {
  X509Ptr certificate;
  KeyPtr key;
};
// ECDSA P-256, SHA-256, subjectAltName DNS:`host_name` (IP: when it is an address). Throws std::runtime_error.
SelfSigned make_self_signed(const std::string& host_name, int days);

// Takes the newest entry of this thread's OpenSSL error queue as one line and empties the queue.
std::string take_openssl_error();

}  // namespace sesame::net
