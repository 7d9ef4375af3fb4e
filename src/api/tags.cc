#include "api/tags.h"

#include <boost/json/object.hpp>
#include <set>

namespace sesame::api {

Tags read_tags(const ObjectReader& input, Validation& validation) {
  Tags tags;
  std::set<std::string> keys;
  for (const ObjectReader& tag : input.objects("Tags")) {
    std::string key = tag.required_text("Key");
    std::string value = tag.required_text("Value");
    if (tag.has("Key")) validation.length_between(key, tag.path_to("Key"), 1, max_tag_key);
    validation.length_between(value, tag.path_to("Value"), 0, max_tag_value);
    validation.must(keys.insert(key).second, tag.path_to("Key"), "Member must be unique");
    tags.emplace_back(std::move(key), std::move(value));
  }
  validation.must(tags.size() <= max_tags, input.path_to("Tags"),
                  fmt::format("Member must have length less than or equal to {}", max_tags));
  return tags;
}

boost::json::array tags_shape(const Tags& tags) {
  boost::json::array shape;
  for (const auto& [key, value] : tags) shape.push_back(boost::json::object{{"Key", key}, {"Value", value}});
  return shape;
}

}  // namespace sesame::api
