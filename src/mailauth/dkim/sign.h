// mailauth/dkim/sign.h: making DKIM-Signature fields.
//
// Source: RFC 6376 §3.5 (tags), §3.7 (what is hashed), §5.4 (which fields), RFC 8301, RFC 8463. Pure: the time is
// given. Signatures are a=rsa-sha256 or ed25519-sha256, q=dns/txt, c=relaxed/simple unless asked otherwise (as SES
// signs).
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "mailauth/dkim/canonicalization.h"
#include "mailauth/dkim/key.h"
#include "message/header_section.h"

namespace sesame::mailauth::dkim {

// The digest of one body, to be shared by all signatures of a message that use the same form.
struct BodyHash {
  Canonicalization form = Canonicalization::simple;
  std::string sha256;  // 32 octets
};
BodyHash hash_body(Canonicalization form, std::string_view body);

// Every occurrence of a listed field is signed. An oversigned field is named once more than it occurs, so that nobody
// can add one to the message later (§8.15).
struct SignedFields {
  std::vector<std::string> names;
  std::vector<std::string> oversigned;  // signed too; need not be in `names`

  // Fields that people read or that machines act on, as §5.4.1 recommends, with what SES signs besides. Oversigned are
  // those a message has at most one of and a reader is shown: From, To, Cc, Subject, Date, Reply-To, Message-ID and the
  // MIME fields. Trace fields, Return-Path, Bcc and comments are not signed.
  static const SignedFields& recommended();
};

struct SignOptions {
  std::string signing_domain;                    // d=, an A-label domain
  std::string selector;                          // s=
  const SigningKey* key = nullptr;               // outlives the call
  Time time;                                     // t=
  std::optional<std::chrono::seconds> lifetime;  // x= is time + lifetime
  Canonicalization header_form = Canonicalization::relaxed;
  const SignedFields* fields = &SignedFields::recommended();
};

enum class SignError {
  no_from_field,           // §5.4: From must be signed, so a message without one cannot be
  invalid_signing_domain,  // not a domain name
  invalid_selector,        // not labels separated by dots
};

std::string_view name(SignError error);

// Returns the whole field, folded, ending in CRLF, to be put before the message's first field.
//   message  as it will be sent, CRLF line ends
//   body     the digest of message.body; its form becomes the second half of c=
// Throws only if OpenSSL fails.
Result<std::string, SignError> sign(const message::ParsedMessage& message, const BodyHash& body,
                                    const SignOptions& options);

// The same for a message's octets and one signature, body form simple.
Result<std::string, SignError> sign(std::string_view message, const SignOptions& options);

}  // namespace sesame::mailauth::dkim
