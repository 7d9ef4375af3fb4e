// mailauth/dkim/key.h: private keys that sign.
//
// Source: RFC 6376 §3.3 (rsa-sha256), §3.6.1 (the record), RFC 8301 (at least 1024 bits; 2048 wanted), RFC 8463
// (ed25519-sha256). Keys brought by a customer follow SES: base64 without PEM lines, RSA of 1024 to 2048 bits.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"

struct evp_pkey_st;  // OpenSSL's EVP_PKEY

namespace sesame::mailauth::dkim {

enum class Algorithm { rsa_sha256, ed25519_sha256 };

std::string_view name(Algorithm algorithm);  // the a= tag: "rsa-sha256"

enum class KeyError {
  not_base64,         // characters that are not base64, PEM lines among them
  not_a_private_key,  // neither PKCS#1 nor PKCS#8, or damaged
  wrong_algorithm,    // a private key, but not RSA (import) or not one DKIM knows
  too_short,          // RSA under 1024 bits
  too_long,           // RSA over 2048 bits
};

std::string_view name(KeyError error);

constexpr unsigned min_rsa_bits = 1024;
constexpr unsigned max_imported_rsa_bits = 2048;  // SES BYODKIM
constexpr unsigned ed25519_bits = 256;            // what bits() says of it; no RSA key has so few

// A key decoded once. Copies share the key; any thread may sign with any copy at the same time.
class SigningKey {
 public:
  // New keys. Take milliseconds to a second (RSA): call on a worker. Throw only if OpenSSL fails.
  static SigningKey generate_rsa(unsigned bits = 2048);
  static SigningKey generate_ed25519();

  // What a customer pastes: PKCS#1 RSAPrivateKey or PKCS#8 in base64 on any number of lines, without PEM lines.
  static Result<SigningKey, KeyError> import_base64(std::string_view text);
  // The form of private_key(), as read back from the store. Accepts PKCS#1 too.
  static Result<SigningKey, KeyError> from_der(std::string_view der);

  // PKCS#8 DER.
  Secret private_key() const;
  Algorithm algorithm() const { return algorithm_; }
  unsigned bits() const;

  // The p= value: RSA as SubjectPublicKeyInfo, Ed25519 as the bare 32 octets; base64.
  const std::string& public_key() const { return public_key_; }
  // The TXT record: "v=DKIM1; k=rsa; p=...". Longer than 255 octets for RSA-2048: cut in strings when published.
  std::string record() const;

  // Signs the SHA-256 digest of the canonical header (RFC 6376 §3.7; RFC 8463 §3 signs the digest with PureEdDSA).
  // Returns the raw signature. About 0.6 ms for RSA-2048.
  std::string sign_digest(std::string_view sha256_digest) const;

 private:
  SigningKey(std::shared_ptr<evp_pkey_st> key, Algorithm algorithm);

  std::shared_ptr<evp_pkey_st> key_;
  Algorithm algorithm_;
  std::string public_key_;
};

}  // namespace sesame::mailauth::dkim
