#include "api/query.h"

#include <fmt/format.h>

#include "base/text.h"

namespace sesame::api {

std::optional<std::string> text_parameter(const Call& call, std::string_view name) {
  const std::string* value = find_parameter(call, name);
  if (value == nullptr || value->empty()) return std::nullopt;
  return *value;
}

std::optional<std::uint64_t> number_parameter(const Call& call, std::string_view name, std::uint64_t least,
                                              std::uint64_t most, Validation& validation) {
  const auto given = text_parameter(call, name);
  if (!given) return std::nullopt;
  const std::string path = member_in_path(name);
  const bool negative = given->starts_with('-') && parse_decimal(given->substr(1)).has_value();
  const auto number = parse_decimal(*given);
  if (!number && !negative) {
    validation.unreadable(path, "expected a number");
    return std::nullopt;
  }
  const bool too_small = negative || *number < least;
  validation.must(!too_small, path, fmt::format("Member must have value greater than or equal to {}", least));
  validation.must(too_small || *number <= most, path,
                  fmt::format("Member must have value less than or equal to {}", most));
  if (too_small || *number > most) return std::nullopt;
  return number;
}

}  // namespace sesame::api
