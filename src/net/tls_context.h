// net/tls_context.h: certificates and keys for TLS, made once at start-up and shared.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"

namespace sesame::net {

// Cheap to copy, immutable, thread-safe. TLS 1.2 and later (RFC 8996).
class TlsContext {
 public:
  // PEM files. The error is one line for the operator that names the file.
  static Result<TlsContext, std::string> server(const std::string& certificate_file, const std::string& key_file);
  // A self-signed ECDSA P-256 certificate for `host_name`, valid 10 years, kept in memory only.
  static TlsContext server_self_signed(const std::string& host_name);
  // Encrypts to whoever answers; the certificate is examined and reported, not required (RFC 7435).
  static TlsContext client_opportunistic();
  // Chain up to the system's trust anchors and the name must hold.
  static TlsContext client_verified();

  struct Impl;
  const Impl& impl() const { return *impl_; }

 private:
  explicit TlsContext(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<const Impl> impl_;
};

}  // namespace sesame::net
