#include "check/txt_fields.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace sesame::check {
namespace {

constexpr std::size_t max_name_octets = 32;

bool is_alphanumeric(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::string_view without_blanks(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

}  // namespace

bool is_field_name(std::string_view name) {
  return !name.empty() && name.size() <= max_name_octets && is_alphanumeric(name.front()) &&
         std::ranges::all_of(name, [](char c) { return is_alphanumeric(c) || c == '_' || c == '-' || c == '.'; });
}

bool is_field_value(std::string_view value) {
  return !value.empty() &&
         std::ranges::all_of(value, [](char c) { return c > ' ' && c <= '~' && c != ';' && c != '='; });
}

bool has_version(std::string_view txt, std::string_view version) {
  const std::string_view first = txt.substr(0, txt.find(';'));
  return first.starts_with(version) && without_blanks(first.substr(version.size())).empty();
}

Result<std::vector<TxtField>, RecordProblem> txt_fields(std::string_view txt, std::string_view version) {
  if (!has_version(txt, version)) return std::unexpected(RecordProblem{fmt::format("does not begin with {}", version)});
  std::vector<std::string_view> parts = split(txt, ';');
  parts.erase(parts.begin());
  if (!parts.empty() && without_blanks(parts.back()).empty()) parts.pop_back();
  std::vector<TxtField> fields;
  for (const std::string_view part : parts) {
    const std::string_view field = without_blanks(part);
    const std::size_t equals = field.find('=');
    if (equals == field.npos) return std::unexpected(RecordProblem{"has a part that is not name=value"});
    const TxtField parsed{field.substr(0, equals), field.substr(equals + 1)};
    if (!is_field_name(parsed.name)) return std::unexpected(RecordProblem{"has a field whose name is not allowed"});
    if (parsed.value.empty()) return std::unexpected(RecordProblem{fmt::format("has an empty {}=", parsed.name)});
    fields.push_back(parsed);
  }
  return fields;
}

}  // namespace sesame::check
