#include "message/header_writer.h"

#include "base/text.h"
#include "message/header_section.h"

namespace sesame::message {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }

std::unexpected<FieldError> fail(FieldProblem problem, std::size_t position) {
  return std::unexpected(FieldError{problem, position});
}

Result<void, FieldError> check_value(std::string_view value) {
  for (std::size_t i = 0; i < value.size(); ++i) {
    const auto c = static_cast<unsigned char>(value[i]);
    if ((c < 32 && c != '\t') || c == 127) return fail(FieldProblem::control_character, i);
    if (c > 127) return fail(FieldProblem::not_ascii, i);
  }
  return {};
}

}  // namespace

Result<void, FieldError> append_field(std::string& out, std::string_view name, std::string_view value) {
  if (!is_field_name(name)) {
    std::size_t bad = 0;
    while (bad < name.size() && is_field_name(name.substr(bad, 1))) ++bad;
    return fail(FieldProblem::bad_name, bad);
  }
  const auto checked = check_value(value);
  if (!checked) return checked;
  if (name.size() >= max_line_octets) return fail(FieldProblem::bad_name, max_line_octets - 1);

  const std::size_t before = out.size();
  const std::string_view text = trim(value);
  const std::size_t offset = text.empty() ? 0 : static_cast<std::size_t>(text.data() - value.data());
  out.append(name).append(": ");
  std::size_t column = name.size() + 2;
  // Blanks and the word after them move together: a line of blanks only would end the field (RFC 5322 §3.2.2).
  for (std::size_t at = 0; at < text.size();) {
    std::size_t word = at;
    while (is_blank(text[word])) ++word;
    std::size_t end = word;
    while (end < text.size() && !is_blank(text[end])) ++end;
    const std::size_t length = end - at;
    // Not right after the colon: some readers take the field for empty then. Unless it does not fit otherwise.
    const std::size_t limit = at == 0 ? max_line_octets : preferred_line_octets;
    if (column + length > limit) {
      if (at == 0) out.pop_back();
      out += at == 0 ? "\r\n " : "\r\n";
      column = at == 0 ? 1 : 0;
    }
    if (column + length > max_line_octets) {
      out.resize(before);
      return fail(FieldProblem::line_too_long, offset + word);
    }
    out += text.substr(at, length);
    column += length;
    at = end;
  }
  out += "\r\n";
  return {};
}

}  // namespace sesame::message
