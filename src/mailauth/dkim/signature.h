// mailauth/dkim/signature.h: DKIM-Signature fields, and the two of ARC that share their form, as values.
//
// Source: RFC 6376 §3.5 (tags), §6.1.1 (what makes one invalid); RFC 8301 (rsa-sha1 is read and never accepted), RFC
// 8463; RFC 8617 §4.1.2, §4.1.3 (what ARC does differently).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "mailauth/dkim/canonicalization.h"

namespace sesame::mailauth::dkim {

// Which field a signature stands in.
enum class SignatureKind {
  dkim,
  arc_message,  // ARC-Message-Signature: as DKIM, but i= is the instance, there is no v=, and h= never names ARC-Seal
  arc_seal,     // ARC-Seal: signs ARC fields only, always relaxed; neither h= nor body; i= is the instance
};

enum class SignatureAlgorithm { rsa_sha1, rsa_sha256, ed25519_sha256 };
std::string_view name(SignatureAlgorithm algorithm);  // the a= tag

struct Signature {
  SignatureAlgorithm algorithm = SignatureAlgorithm::rsa_sha256;
  Canonicalization header_form = Canonicalization::simple;
  Canonicalization body_form = Canonicalization::simple;
  std::string domain;                        // d=, an A-label, lower case
  std::string selector;                      // s=, an A-label, lower case
  std::string identity;                      // i= of DKIM, "@<domain>" if absent or not DKIM's
  std::vector<std::string_view> names;       // h=, views into the field's value; empty in a seal
  std::string body_hash;                     // bh=, decoded; empty in a seal
  std::string signature;                     // b=, decoded
  std::optional<std::uint64_t> body_length;  // l=
  std::optional<std::int64_t> signed_at;     // t=
  std::optional<std::int64_t> expires_at;    // x=
};

// Tags as they stand, for reports on signatures that are no good too.
struct SignatureLabels {
  std::string domain, selector, identity, algorithm, signature_start;
};
SignatureLabels read_labels(std::string_view field_value);

struct SignatureError {
  std::string text;  // one sentence
};

// `field_value` is what follows the colon, folding included, and outlives the result. Linear.
Result<Signature, SignatureError> parse_signature(std::string_view field_value,
                                                  SignatureKind kind = SignatureKind::dkim);

// The field with the value of its b= tag taken out, which is what is hashed (§3.7). Everything else stays as it is.
std::string without_signature_value(std::string_view field_value);

}  // namespace sesame::mailauth::dkim
