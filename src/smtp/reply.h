// smtp/reply.h: SMTP replies, as octets and as values.
//
// Source: RFC 5321 §4.2 (grammar, multiline form), §4.5.3.1.5 (512-octet lines); RFC 2034 and RFC 3463 (enhanced status
// codes). No I/O; bad input never throws.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sesame::smtp {

constexpr std::size_t max_reply_line_octets = 512;  // RFC 5321 §4.5.3.1.5: code and CRLF included
constexpr std::size_t max_reply_lines = 128;        // ours; the longest EHLO replies seen have some 30

// RFC 3463 §2: class "." subject "." detail, for example 4.2.1.
struct EnhancedStatus {
  std::uint8_t status_class = 0;  // 2, 4 or 5
  std::uint16_t subject = 0;      // 0..999
  std::uint16_t detail = 0;       // 0..999

  bool operator==(const EnhancedStatus&) const = default;
};

std::string format_enhanced_status(EnhancedStatus status);
// The whole of `text`; nullopt unless it is exactly the form of RFC 3463 §2 (no leading zeros).
std::optional<EnhancedStatus> parse_enhanced_status(std::string_view text);

// What the first digit says; RFC 5321 §4.2.1 lets a client act on this alone.
enum class ReplyClass {
  positive_completion,    // 2yz
  positive_intermediate,  // 3yz
  transient_failure,      // 4yz
  permanent_failure,      // 5yz
};

struct Reply {
  int code = 0;  // 200..599
  std::optional<EnhancedStatus> enhanced_status;
  std::vector<std::string> lines;  // at least one; without code, enhanced status and CRLF

  bool operator==(const Reply&) const = default;

  ReplyClass reply_class() const;
  bool is_positive() const { return code < 400; }
  // "550 5.1.1 no such user", lines joined by one blank: for logs, events and diagnostic codes.
  std::string to_text() const;
};

Reply make_reply(int code, std::string line);
Reply make_reply(int code, EnhancedStatus status, std::string line);

enum class ReplyError {
  need_more,  // a prefix of a reply; call again with more octets appended
  // All others: the peer broke the protocol and the stream position is unknown; close the session.
  malformed,      // a line is not code, then "-", SP or the line's end
  mixed_codes,    // the lines of one reply carry different codes
  bare_cr_or_lf,  // RFC 5321 §2.3.8: CRLF alone ends a line
  line_too_long,
  too_many_lines,
};

struct ParsedReply {
  Reply reply;
  std::size_t consumed = 0;  // octets of `input` that belong to the reply
};

// Parses one whole reply from the front of `input`.
//
//   input    octets as received, possibly incomplete
//   returns  the reply and the number of octets it used; what follows is the next reply's
//   errors   need_more never comes for more than max_reply_lines * max_reply_line_octets octets
//
// Any code from 200 to 599 is taken, though the grammar ends at 559 and peers do send 571 or 599: RFC 5321 §4.2.1 asks
// for the first digit to be understood. Octets above 0x7f and controls other than CR and LF are kept in the text as
// sent.
//
// An enhanced status is one that stands first in the text, of a class that goes with the code (2 with 2yz; 4 or 5 with
// 4yz and 5yz, which peers do mix), followed by a blank or the end of the line. The first line that has one decides; it
// is removed from every line that begins with the same one. In an EHLO reply it is never looked for (RFC 2034 §3); the
// caller says so by `EnhancedStatusCodes::ignore`.
//
// The result owns its text, so `input` may be reused. Linear in `input`; keeps no state.
enum class EnhancedStatusCodes { recognise, ignore };
Result<ParsedReply, ReplyError> parse_reply(std::string_view input,
                                            EnhancedStatusCodes enhanced = EnhancedStatusCodes::recognise);

// The reply on the wire, CRLF included. Whatever the lines hold, the result is one well-formed reply: CR, LF, NUL and
// other controls become "?", and a line too long for max_reply_line_octets goes on in the next one.
std::string format_reply(const Reply& reply);

}  // namespace sesame::smtp
