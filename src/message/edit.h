// message/edit.h: the edits a submitted message needs, nothing else touched.
//
// Source: RFC 5322 §2.1 (lines end in CRLF, at most 998 octets), §3.6. Fields that stay keep every octet but their line
// ends, so a signature over them holds.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "message/header_writer.h"

namespace sesame::message {

// True if every CR is followed by LF and every LF follows a CR.
bool has_crlf_line_ends(std::string_view octets);

// Bare CR and bare LF become CRLF. Whoever checks a message's fields and then edits it must check the normalised
// octets: a bare CR in a value becomes the start of a line here. One allocation, linear.
std::string normalise_line_ends(std::string_view octets);

// Offset of the first line with more than max_line_octets before its CRLF (or the end), if any.
std::optional<std::size_t> find_long_line(std::string_view octets);

struct NewField {
  std::string name;
  std::string value;  // logical value in ASCII; folded when written
};

struct HeaderEdits {
  std::vector<std::string> remove;  // every field of these names (any case)
  // The first field of the name gives its place to the new one and later ones go; without one it is appended. The
  // names are distinct.
  std::vector<NewField> replace;
  std::vector<NewField> prepend;  // before all others, in this order
  std::vector<NewField> append;   // after all others, in this order
};

// Where in HeaderEdits the fault lies: the field's name and what is wrong with it.
struct EditError {
  std::string field_name;
  FieldError error;
};

// The message with CRLF line ends, the edits, an empty line after the header section, and a CRLF at its end. A line
// that cannot be a header field counts as the start of the body (header_section.h); the empty line is put before it.
// `prepend` and `append` are not affected by `remove`. One allocation for the result (one more if line ends need it).
[[nodiscard]] Result<std::string, EditError> edit_message(std::string_view octets, const HeaderEdits& edits);

}  // namespace sesame::message
