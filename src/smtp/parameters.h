// smtp/parameters.h: the ESMTP parameters of MAIL and RCPT, as octets and as values.
//
// Source: RFC 5321 §4.1.2 (esmtp-param); RFC 1870 (SIZE), RFC 6152 and RFC 3030 (BODY), RFC 6531 (SMTPUTF8), RFC 3461
// (RET, ENVID, NOTIFY, ORCPT, xtext), RFC 4954 §5 (AUTH). No I/O; bad input never throws.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "smtp/path.h"

namespace sesame::smtp {

constexpr std::size_t max_envid_octets = 100;  // RFC 3461 §4.4, as xtext
constexpr std::size_t max_orcpt_octets = 500;  // RFC 3461 §4.2, type and xtext

enum class BodyType { seven_bit, eight_bit_mime, binary_mime };  // 7BIT, 8BITMIME, BINARYMIME
enum class DsnReturn { full, hdrs };                             // RET=FULL, RET=HDRS

// AUTH= of MAIL: who submitted the message first; nullopt is "<>", "not known or not trusted".
struct Submitter {
  std::optional<Mailbox> mailbox;
  bool operator==(const Submitter&) const = default;
};

// Absent optionals: the parameter was not given.
struct MailParameters {
  std::optional<std::uint64_t>
      size_octets;  // SIZE: what the client believes; 20 digits at most, so it may not fit: see below
  std::optional<BodyType> body;
  bool smtputf8 = false;
  std::optional<DsnReturn> ret;
  std::optional<std::string> envid;  // decoded
  std::optional<Submitter> auth;

  bool operator==(const MailParameters&) const = default;
};

// NOTIFY: all false is NEVER.
struct Notify {
  bool success = false;
  bool failure = false;
  bool delay = false;
  bool operator==(const Notify&) const = default;
};

// ORCPT, for example type "rfc822" and the decoded address.
struct OriginalRecipient {
  std::string address_type;
  std::string address;
  bool operator==(const OriginalRecipient&) const = default;
};

struct RcptParameters {
  std::optional<Notify> notify;
  std::optional<OriginalRecipient> orcpt;
  bool operator==(const RcptParameters&) const = default;
};

enum class ParameterError {
  malformed,    // not the grammar of esmtp-param, or not the grammar of a known parameter's value
  duplicate,    // the same parameter twice
  unsupported,  // a parameter this codec does not know
};

// `text` is everything after the path: empty, or SP before each parameter; final blanks are tolerated (RFC 5321
// §4.1.1). A SIZE of 1 to 20 digits that does not fit 64 bits becomes the largest value: it is over every limit anyhow.
Result<MailParameters, ParameterError> parse_mail_parameters(std::string_view text);
Result<RcptParameters, ParameterError> parse_rcpt_parameters(std::string_view text);

// Each parameter with the SP before it; parse_*() of the result gives the value back.
std::string format_parameters(const MailParameters& parameters);
std::string format_parameters(const RcptParameters& parameters);

// RFC 3461 §4: octets outside "!".."~" and "+", "=" as "+XX". Decoding is strict: upper-case hex only.
std::string xtext_encode(std::string_view octets);
std::optional<std::string> xtext_decode(std::string_view text);

}  // namespace sesame::smtp
