// mailauth/dkim/key_record.h: public keys as published in DNS.
//
// Source: RFC 6376 §3.6.1 (tags), RFC 8301 §3.2 (sizes), RFC 8463 §4 (k=ed25519). g= of RFC 4871 is an unknown tag.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "mailauth/dkim/key.h"

struct evp_pkey_st;  // OpenSSL's EVP_PKEY

namespace sesame::mailauth::dkim {

constexpr unsigned max_verified_rsa_bits = 8192;  // larger keys only cost time; RFC 8301 asks for up to 4096

// A key decoded once; copies share it and may be used on any thread, one verification at a time.
class PublicKey {
 public:
  PublicKey(std::shared_ptr<evp_pkey_st> key, Algorithm algorithm);

  Algorithm algorithm() const { return algorithm_; }
  unsigned bits() const;
  // True if `signature` (raw octets) is this key's over the digest.
  bool verify_digest(std::string_view sha256_digest, std::string_view signature) const;

 private:
  struct Prepared;

  std::shared_ptr<Prepared> prepared_;
  Algorithm algorithm_;
};

enum class KeyRecordError {
  not_a_key_record,  // not tag=value, or v= is not DKIM1 or not first
  no_key,            // no p=
  revoked,           // p= is empty
  unknown_key_type,  // k= is neither rsa nor ed25519
  not_for_email,     // s= lists neither "email" nor "*"
  damaged_key,       // p= is not base64 or not a key of that type
};
std::string_view describe(KeyRecordError error);  // completes "the key record ..."

struct KeyRecord {
  PublicKey key;
  bool accepts_sha256 = true;      // h= is absent or lists sha256
  bool testing = false;            // t=y
  bool exact_domain_only = false;  // t=s: the domain of i= must be d= itself
};

// `txt` is one whole TXT record. Accepts RSA keys as SubjectPublicKeyInfo or bare RSAPublicKey, as both are published.
Result<KeyRecord, KeyRecordError> parse_key_record(std::string_view txt);

}  // namespace sesame::mailauth::dkim
