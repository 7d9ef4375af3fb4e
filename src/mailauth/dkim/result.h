// mailauth/dkim/result.h: what became of one DKIM signature.
//
// Source: RFC 8601 §2.7.1 (the words), RFC 6376 §3.9, §6.1.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sesame::mailauth::dkim {

enum class DkimResult {
  none,  // not signed
  pass,
  fail,       // signed, and the signature or the body hash does not match
  policy,     // it verifies, and this verifier does not accept it: rsa-sha1, a short key (RFC 8301)
  neutral,    // signed, and cannot be judged by DKIM's rules: the signature is malformed
  temperror,  // DNS did not answer; another time it may
  permerror,  // it can never verify: no key record, revoked key, signature expired
};
std::string_view name(DkimResult result);

struct SignatureResult {
  DkimResult result = DkimResult::none;
  std::string domain;     // d=, an A-label in lower case; empty if there is none
  std::string selector;   // s=
  std::string identity;   // i=, "@<domain>" if absent
  std::string algorithm;  // a= as written
  unsigned key_bits = 0;  // of the public key; 0 if none was obtained
  std::string problem;    // one sentence; empty on a plain pass

  bool testing = false;  // the key record says t=y
  // l= leaves this many octets of the body unsigned. Anybody may have added them.
  std::optional<std::uint64_t> unsigned_body_octets;
  std::optional<std::int64_t> signed_at;   // t=
  std::optional<std::int64_t> expires_at;  // x=
  std::string signature_start;             // first characters of b=, to tell signatures apart (RFC 6008)
};

}  // namespace sesame::mailauth::dkim
