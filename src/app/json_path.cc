#include "app/json_path.h"

#include "base/text.h"

namespace sesame::app {

const boost::json::value& at(const boost::json::value& value, std::string_view path) {
  static const boost::json::value nothing;
  const boost::json::value* here = &value;
  for (std::string_view part : split(path, '.')) {
    if (const auto* object = here->if_object()) {
      here = object->if_contains(part);
    } else if (const auto* array = here->if_array()) {
      const auto index = parse_decimal(part);
      here = index && *index < array->size() ? &(*array)[*index] : nullptr;
    } else {
      here = nullptr;
    }
    if (here == nullptr) return nothing;
  }
  return *here;
}

std::string text_at(const boost::json::value& value, std::string_view path) {
  const boost::json::value& found = at(value, path);
  return found.is_string() ? std::string(found.as_string()) : "";
}

std::int64_t number_at(const boost::json::value& value, std::string_view path) {
  const boost::json::value& found = at(value, path);
  return found.is_int64() ? found.as_int64() : 0;
}

const boost::json::array& list_at(const boost::json::value& value, std::string_view path) {
  static const boost::json::array none;
  const auto* list = at(value, path).if_array();
  return list == nullptr ? none : *list;
}

bool flag_at(const boost::json::value& value, std::string_view path) {
  const boost::json::value& found = at(value, path);
  return found.is_bool() && found.as_bool();
}

}  // namespace sesame::app
