#include "message/header_section.h"

#include "base/text.h"

namespace sesame::message {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }

// Octets of the line at `from`, its LF included; the rest of the input if there is no LF.
std::size_t line_length(std::string_view octets, std::size_t from) {
  const auto lf = octets.find('\n', from);
  return (lf == std::string_view::npos ? octets.size() : lf + 1) - from;
}

std::string_view without_line_end(std::string_view line) {
  if (!line.ends_with('\n')) return line;
  line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// The name that `line` starts with, or "" if it does not start a field. `colon` is set to the colon's offset.
std::string_view field_name(std::string_view line, std::size_t& colon) {
  colon = line.find(':');
  if (colon == std::string_view::npos) return {};
  std::string_view name = line.substr(0, colon);
  while (!name.empty() && is_blank(name.back())) name.remove_suffix(1);
  return is_field_name(name) ? name : std::string_view{};
}

}  // namespace

bool is_field_name(std::string_view name) {
  for (char c : name) {
    if (c < 33 || c > 126 || c == ':') return false;
  }
  return !name.empty();
}

ParsedMessage parse_message(std::string_view octets) {
  ParsedMessage parsed;
  std::size_t at = 0;
  while (at < octets.size()) {
    const std::size_t first_line = line_length(octets, at);
    const std::string_view line = octets.substr(at, first_line);
    if (line == "\r\n" || line == "\n") {
      parsed.header_section = octets.substr(0, at);
      parsed.body = octets.substr(at + first_line);
      return parsed;
    }
    std::size_t colon = 0;
    const std::string_view name = field_name(line, colon);
    if (name.empty() || parsed.fields.size() == max_header_fields) {
      parsed.malformed_at = at;
      break;
    }
    std::size_t end = at + first_line;
    while (end < octets.size() && is_blank(octets[end])) end += line_length(octets, end);
    const std::string_view raw = octets.substr(at, end - at);
    parsed.fields.push_back({raw, name, without_line_end(raw).substr(colon + 1)});
    at = end;
  }
  parsed.header_section = octets.substr(0, at);
  parsed.body = octets.substr(at);
  return parsed;
}

const HeaderField* ParsedMessage::first(std::string_view name) const {
  for (const HeaderField& field : fields) {
    if (ascii_iequals(field.name, name)) return &field;
  }
  return nullptr;
}

std::vector<const HeaderField*> ParsedMessage::all(std::string_view name) const {
  std::vector<const HeaderField*> found;
  for (const HeaderField& field : fields) {
    if (ascii_iequals(field.name, name)) found.push_back(&field);
  }
  return found;
}

std::size_t ParsedMessage::count(std::string_view name) const {
  std::size_t n = 0;
  for (const HeaderField& field : fields) n += ascii_iequals(field.name, name);
  return n;
}

std::string unfold(std::string_view value) {
  value = trim(value);
  std::string out;
  out.reserve(value.size());
  for (std::size_t i = 0; i < value.size(); ++i) {
    const std::string_view rest = value.substr(i);
    const std::size_t line_end = rest.starts_with("\r\n") ? 2 : rest.starts_with('\n') ? 1 : 0;
    if (line_end != 0 && rest.size() > line_end && is_blank(rest[line_end])) {
      i += line_end - 1;
    } else {
      out += value[i];
    }
  }
  return out;
}

}  // namespace sesame::message
