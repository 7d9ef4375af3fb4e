// api/tags.h: tags of identities and configuration sets, as the JSON APIs read and write them.
#pragma once

#include <boost/json/array.hpp>
#include <string>
#include <utility>
#include <vector>

#include "api/json.h"

namespace sesame::api {

inline constexpr std::size_t max_tags = 50;
inline constexpr std::size_t max_tag_key = 128;
inline constexpr std::size_t max_tag_value = 256;

using Tags = std::vector<std::pair<std::string, std::string>>;

// `Tags` of `input`; what is out of bounds or given twice is noted.
Tags read_tags(const ObjectReader& input, Validation& validation);
boost::json::array tags_shape(const Tags& tags);

}  // namespace sesame::api
