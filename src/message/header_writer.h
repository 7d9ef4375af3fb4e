// message/header_writer.h: the one place where header fields are written.
//
// Source: RFC 5322 §2.1.1 (line lengths), §2.2.3 (folding), §3.6.8 (field names). A value that holds CR, LF, NUL or any
// other control but HTAB never becomes a field, so nobody's text can start a field of its own.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sesame::message {

constexpr std::size_t preferred_line_octets = 78;  // RFC 5322 §2.1.1, without CRLF
constexpr std::size_t max_line_octets = 998;       // RFC 5322 §2.1.1, without CRLF

enum class FieldProblem {
  bad_name,           // empty, or an octet outside %d33-126 or ':'
  control_character,  // CR, LF, NUL or another control octet (not HTAB) in the value
  not_ascii,          // an octet above 126 in the value: encode it first (encoded_word.h)
  line_too_long,      // no blank to fold at within max_line_octets
};

struct FieldError {
  FieldProblem problem;
  std::size_t position;  // octet offset in the name (bad_name) or the value

  bool operator==(const FieldError&) const = default;
};

// Appends "name: value" CRLF to `out`, folded before blanks so that lines stay within preferred_line_octets where
// blanks allow it. Outer blanks of the value are dropped, inner ones kept: unfolding gives the value back. On error
// `out` is unchanged. Linear.
[[nodiscard]] Result<void, FieldError> append_field(std::string& out, std::string_view name, std::string_view value);

}  // namespace sesame::message
