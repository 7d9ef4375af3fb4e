// message/header_section.h: an RFC 5322 message as octets, its header section as fields.
//
// Source: RFC 5322 §2.1, §2.2, §3.6; tolerant where the world is: see parse_message. No copies: everything returned is
// a view into the caller's octets.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sesame::message {

// Keeps the views small beside the message: a hostile "a:\n" repeated would else cost 16 times its size.
constexpr std::size_t max_header_fields = 10'000;

// One header field as it stands in the message.
struct HeaderField {
  std::string_view raw;    // the whole field with its folding and the final CRLF (or LF, or nothing at end of input)
  std::string_view name;   // before the colon, trailing blanks removed, as written
  std::string_view value;  // after the colon, unchanged: leading blank and folding included, final line end excluded
};

struct ParsedMessage {
  std::vector<HeaderField> fields;  // in order of appearance
  std::string_view header_section;  // all fields, without the empty line
  std::string_view body;            // after the empty line; empty if there is none
  // Offset of the first line that is neither a field nor a continuation, or is one field too many (it and what follows
  // count as body), if any.
  std::optional<std::size_t> malformed_at;

  const HeaderField* first(std::string_view name) const;  // name compared case-insensitively; nullptr if there is none
  std::vector<const HeaderField*> all(std::string_view name) const;
  std::size_t count(std::string_view name) const;
};

// Never fails: what cannot be a header field begins the body. A field name is 1 or more of %d33-126 without ':', blanks
// may stand before the colon (RFC 5322 §4.5). Accepts CRLF and bare LF line ends; a bare CR is part of its line. A line
// of blanks only continues the field before it (§4.2). Linear.
ParsedMessage parse_message(std::string_view octets);

// Removes folding (CRLF or LF before a blank) and outer blanks: the logical value (RFC 5322 §2.2.3).
std::string unfold(std::string_view value);

// True for 1 or more of %d33-126 without ':' (RFC 5322 §3.6.8 ftext).
bool is_field_name(std::string_view name);

}  // namespace sesame::message
