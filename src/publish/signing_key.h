// publish/signing_key.h: the key that signs what subscribers are sent, and the certificate they check it with.
//
// RSA-2048, PKCS#1 v1.5 over SHA-1 (SignatureVersion 1) or SHA-256 (2), because that is what consumers verify. The
// certificate is self-signed: what vouches for it is the URL it is fetched from.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"
#include "net/task.h"
#include "store/control_store.h"

namespace sesame::publish {

// Immutable and thread-safe. Signing takes about half a millisecond: not on an I/O thread.
class SigningKey {
 public:
  // The installation's own, made the first time and kept sealed among its secrets. The error is one line.
  static net::Task<Result<std::unique_ptr<SigningKey>, std::string>> load(store::ControlStore& control,
                                                                          std::string service_domain);

  // A new one; `common_name` is shown in the certificate. Throws std::runtime_error when OpenSSL cannot.
  static SigningKey generate(const std::string& common_name);
  // Private key and certificate, as to_pem() wrote them.
  static Result<SigningKey, std::string> from_pem(std::string_view pem);
  Secret to_pem() const;

  std::string sign(std::string_view text, int signature_version) const;  // base64
  const std::string& certificate() const { return certificate_; }        // PEM
  const std::string& path() const { return path_; }  // /SimpleNotificationService-<32 hex digits>.pem

  struct Key;

 private:
  SigningKey(std::shared_ptr<const Key> key, std::string certificate);

  std::shared_ptr<const Key> key_;
  std::string certificate_, path_;
};

}  // namespace sesame::publish
