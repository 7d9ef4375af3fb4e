// message/header_section.h: an RFC 5322 message as octets, its header section as fields.
//
// Source: RFC 5322 §2.1, §2.2, §3.6; tolerant where the world is: see parse_message. No copies: everything returned is a
// view into the caller's octets.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sesame::message {

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
  // First line that is neither a field nor a continuation (it and what follows count as body), if any.
  std::optional<std::size_t> malformed_at;

  const HeaderField* first(std::string_view name) const;  // name compared case-insensitively
  std::vector<const HeaderField*> all(std::string_view name) const;
  std::size_t count(std::string_view name) const;
};

// Never fails: what cannot be a header field begins the body. Accepts CRLF and bare LF line ends. Linear.
ParsedMessage parse_message(std::string_view octets);

// Removes folding (CRLF before a blank) and outer blanks: the logical value (RFC 5322 §2.2.3).
std::string unfold(std::string_view value);

}  // namespace sesame::message
