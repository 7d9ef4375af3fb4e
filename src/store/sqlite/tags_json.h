// sqlite/tags_json.h: pairs of text as the JSON array of pairs kept in a column. Octets come back as they were written.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sesame::store::sqlite {

using Tags = std::vector<std::pair<std::string, std::string>>;

std::string tags_to_json(const Tags& tags);
// `row` says which row it was ("message 7"). Throws EngineFailure(corrupt) for anything but pairs of text.
Tags read_tags(std::string_view row, const std::string& text);

}  // namespace sesame::store::sqlite
