// smtp/extension.h: what a server offers in its EHLO reply, as lines and as a value.
//
// Source: RFC 5321 §4.1.1.1 (EHLO reply); RFC 1870 (SIZE), 2034 (ENHANCEDSTATUSCODES), 2920 (PIPELINING), 3030
// (CHUNKING, BINARYMIME), 3207 (STARTTLS), 3461 (DSN), 4954 (AUTH), 6152 (8BITMIME), 6531 (SMTPUTF8), 8689
// (REQUIRETLS), 9422 (LIMITS). No I/O; bad input never throws.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "smtp/reply.h"

namespace sesame::smtp {

// One line after the first: a keyword with its parameters.
struct EhloLine {
  std::string keyword;  // upper case
  std::vector<std::string> parameters;
  bool operator==(const EhloLine&) const = default;
};

// RFC 9422; absent: not limited that way.
struct SessionLimits {
  std::optional<std::uint64_t> mail_max;         // MAIL commands per session
  std::optional<std::uint64_t> rcpt_max;         // recipients per transaction
  std::optional<std::uint64_t> rcpt_domain_max;  // recipient domains per transaction
  bool operator==(const SessionLimits&) const = default;
};

struct Extensions {
  bool pipelining = false;
  bool starttls = false;
  bool eight_bit_mime = false;
  bool smtputf8 = false;
  bool chunking = false;
  bool binary_mime = false;
  bool dsn = false;
  bool enhanced_status_codes = false;
  bool require_tls = false;
  bool size = false;
  std::uint64_t max_message_octets = 0;      // with `size`; 0: no fixed maximum (RFC 1870 §3)
  std::vector<std::string> auth_mechanisms;  // upper case, in the server's order; empty: no AUTH
  SessionLimits limits;

  bool operator==(const Extensions&) const = default;

  bool offers_auth(std::string_view mechanism) const;  // any case
};

struct EhloReply {
  std::string domain;  // first word of the first line: who the server says it is; may be empty
  Extensions extensions;
  std::vector<EhloLine> lines;  // every keyword, also those Extensions has no member for, in order
};

// Reads a 250 reply to EHLO (parsed with EnhancedStatusCodes::ignore). Never fails: a line that is not an ehlo-line is
// passed over, as is a parameter that makes no sense. Of a keyword offered twice the first counts.
EhloReply read_ehlo_reply(const Reply& reply);

// The lines of an EHLO reply after the first, in a fixed order: 8BITMIME, SIZE, STARTTLS, AUTH, then the others. With
// `domain` as the first line they make a whole Reply.
std::vector<std::string> ehlo_lines(const Extensions& extensions);

}  // namespace sesame::smtp
