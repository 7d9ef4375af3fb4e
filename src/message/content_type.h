// message/content_type.h: Content-Type and Content-Disposition: a value and its parameters.
//
// Source: RFC 2045 §5 (Content-Type), RFC 2183 (Content-Disposition), RFC 2231 (continuations, charset and language).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sesame::message {

constexpr std::size_t max_parameters = 64;  // further ones are ignored

struct Parameter {
  std::string name;   // lower case, without RFC 2231 marks
  std::string value;  // UTF-8: unquoted, continuations joined, percent and charset and encoded words decoded
};

struct ParameterizedValue {
  std::string value;  // lower case: "text/plain", "attachment"
  std::vector<Parameter> parameters;

  // "" if there is none. `name` in lower case.
  std::string_view parameter(std::string_view name) const;

  // For Content-Type: what stands before and after the slash; "" without one.
  std::string_view type() const;
  std::string_view subtype() const;
};

// Tolerant and total: comments, folding, missing quotes and stray separators are survived; never fails. Linear but for
// sorting the continuations.
ParameterizedValue parse_parameterized_value(std::string_view field_value);

// True for exactly type "/" subtype *(";" parameter) of RFC 2045 §5.1 in printable ASCII: safe to write into a field.
bool is_content_type(std::string_view text);

// "; name=value" for a field: a token or quoted string where the value is short printable ASCII, else RFC 2231 (UTF-8,
// percent, continuations of at most 76 octets a line). Parts are separated by blanks where a field may fold.
//   value   UTF-8 without controls
std::string format_parameter(std::string_view name, std::string_view value);

}  // namespace sesame::message
