#include "api/json.h"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

#include "base/text.h"

namespace sesame::api {

namespace json = boost::json;

ApiResult<json::object> parse_body(std::string_view body) {
  if (body.empty()) return json::object{};
  json::parse_options options;
  options.max_depth = max_json_depth;
  boost::system::error_code problem;
  json::value value = json::parse(body, problem, {}, options);
  if (problem) return refuse(ErrorName::serialization, "The request body is not valid JSON.");
  if (!value.is_object()) return refuse(ErrorName::serialization, "The request body is not a JSON object.");
  return std::move(value.get_object());
}

const json::value* ObjectReader::find(std::string_view member) const {
  const json::value* value = object_->if_contains(member);
  return value == nullptr || value->is_null() ? nullptr : value;
}

std::string ObjectReader::path_to(std::string_view member) const {
  return path_.empty() ? member_in_path(member) : fmt::format("{}.{}", path_, member_in_path(member));
}

std::string ObjectReader::path_to_element(std::string_view member, std::size_t index) const {
  return fmt::format("{}.{}.member", path_to(member), index + 1);
}

std::optional<std::string> ObjectReader::text(std::string_view member) const {
  const json::value* value = find(member);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) {
    validation_->unreadable(path_to(member), "expected a string");
    return std::nullopt;
  }
  return std::string(value->get_string());
}

std::optional<bool> ObjectReader::flag(std::string_view member) const {
  const json::value* value = find(member);
  if (value == nullptr) return std::nullopt;
  if (!value->is_bool()) {
    validation_->unreadable(path_to(member), "expected true or false");
    return std::nullopt;
  }
  return value->get_bool();
}

std::optional<std::int64_t> ObjectReader::number(std::string_view member) const {
  const json::value* value = find(member);
  if (value == nullptr) return std::nullopt;
  if (!value->is_int64()) {
    validation_->unreadable(path_to(member), "expected a whole number");
    return std::nullopt;
  }
  return value->get_int64();
}

std::optional<std::string> ObjectReader::blob(std::string_view member) const {
  const json::value* value = find(member);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) {
    validation_->unreadable(path_to(member), "expected a string of base64");
    return std::nullopt;
  }
  auto octets = base64_decode(value->get_string());
  if (!octets) validation_->unreadable(path_to(member), "not valid base64");
  return octets;
}

std::optional<ObjectReader> ObjectReader::object(std::string_view member) const {
  const json::value* value = find(member);
  if (value == nullptr) return std::nullopt;
  if (!value->is_object()) {
    validation_->unreadable(path_to(member), "expected an object");
    return std::nullopt;
  }
  return ObjectReader(value->get_object(), *validation_, path_to(member));
}

const json::array* ObjectReader::list(std::string_view member) const {
  const json::value* value = find(member);
  if (value == nullptr) return nullptr;
  if (!value->is_array()) {
    validation_->unreadable(path_to(member), "expected a list");
    return nullptr;
  }
  return &value->get_array();
}

std::vector<std::string> ObjectReader::texts(std::string_view member) const {
  std::vector<std::string> found;
  const json::array* elements = list(member);
  if (elements == nullptr) return found;
  for (std::size_t i = 0; i < elements->size(); ++i) {
    const json::value& element = (*elements)[i];
    if (element.is_string()) {
      found.emplace_back(element.get_string());
    } else if (element.is_null()) {
      validation_->must_not_be_null(false, path_to_element(member, i));
    } else {
      validation_->unreadable(path_to_element(member, i), "expected a string");
    }
  }
  return found;
}

std::vector<ObjectReader> ObjectReader::objects(std::string_view member) const {
  std::vector<ObjectReader> found;
  const json::array* elements = list(member);
  if (elements == nullptr) return found;
  for (std::size_t i = 0; i < elements->size(); ++i) {
    const json::value& element = (*elements)[i];
    if (element.is_object()) {
      found.emplace_back(element.get_object(), *validation_, path_to_element(member, i));
    } else if (element.is_null()) {
      validation_->must_not_be_null(false, path_to_element(member, i));
    } else {
      validation_->unreadable(path_to_element(member, i), "expected an object");
    }
  }
  return found;
}

std::string ObjectReader::required_text(std::string_view member) const {
  validation_->must_not_be_null(has(member), path_to(member));
  return text(member).value_or("");
}

std::string ObjectReader::required_blob(std::string_view member) const {
  validation_->must_not_be_null(has(member), path_to(member));
  return blob(member).value_or("");
}

std::optional<ObjectReader> ObjectReader::required_object(std::string_view member) const {
  validation_->must_not_be_null(has(member), path_to(member));
  return object(member);
}

}  // namespace sesame::api
