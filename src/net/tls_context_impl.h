// net/tls_context_impl.h: what is behind a TlsContext. For the sources of this room only.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>

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

struct TlsContext::Impl {
  SslContextPtr ssl_context;
  bool verify = false;  // clients: refuse a certificate that does not hold
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
