#include "store/sqlite/tags_json.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "store/sqlite/database.h"

namespace sesame::store::sqlite {
namespace {

namespace json = boost::json;

[[noreturn]] void refuse_tags(std::string_view row) {
  throw EngineFailure({StoreErrc::corrupt, fmt::format("{}: tags are not pairs of text", row)});
}

}  // namespace

std::string tags_to_json(const Tags& tags) {
  json::array array;
  for (const auto& [key, value] : tags) array.push_back(json::array{key, value});
  return json::serialize(array);
}

Tags read_tags(std::string_view row, const std::string& text) {
  json::error_code error;
  json::parse_options options;
  options.allow_invalid_utf8 = true;  // what was written comes back, octet for octet
  const json::value document = json::parse(text, error, {}, options);
  if (error || !document.is_array()) refuse_tags(row);
  Tags tags;
  for (const json::value& pair : document.get_array()) {
    if (!pair.is_array() || pair.get_array().size() != 2) refuse_tags(row);
    const json::value &key = pair.get_array()[0], &value = pair.get_array()[1];
    if (!key.is_string() || !value.is_string()) refuse_tags(row);
    tags.emplace_back(std::string(key.get_string()), std::string(value.get_string()));
  }
  return tags;
}

}  // namespace sesame::store::sqlite
