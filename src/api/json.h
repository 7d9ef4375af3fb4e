// api/json.h: JSON bodies, read strictly against what an operation expects.
//
//   Validation validation;
//   auto body = parse_body(call.body);
//   const ObjectReader input(*body, validation);
//   const auto domain = input.text("MailFromDomain");          // absent or null: nullopt
//   const auto origin = input.required_one_of("SigningAttributesOrigin", origins);
//   if (const auto error = validation.error()) ...
//
// Unknown members are ignored, member names are case-sensitive, of a repeated member the last one counts. A reader that
// meets something wrong notes it in the Validation and gives nothing, so that everything is found in one pass.
#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/error.h"
#include "api/validation.h"

namespace sesame::api {

inline constexpr std::size_t max_json_depth = 32;

// The object a body holds; a body without octets is an empty object. Errors: serialization (not JSON, not UTF-8, deeper
// than max_json_depth, no object).
ApiResult<boost::json::object> parse_body(std::string_view body);

// Wire words of an enumeration, in the order SES lists them.
template <class E, std::size_t n>
using EnumWords = std::array<std::pair<std::string_view, E>, n>;

template <class E, std::size_t n>
std::string_view word_of(const EnumWords<E, n>& words, E value) {
  for (const auto& [word, known] : words) {
    if (known == value) return word;
  }
  std::unreachable();
}

// A view of one object of the body; body and validation must outlive it.
class ObjectReader {
 public:
  ObjectReader(const boost::json::object& object, Validation& validation, std::string path = {})
      : object_(&object), validation_(&validation), path_(std::move(path)) {}

  std::optional<std::string> text(std::string_view member) const;
  std::optional<bool> flag(std::string_view member) const;
  std::optional<std::int64_t> number(std::string_view member) const;  // a whole one
  std::optional<std::string> blob(std::string_view member) const;     // base64 (RFC 4648 §4), decoded
  std::optional<ObjectReader> object(std::string_view member) const;
  std::vector<std::string> texts(std::string_view member) const;  // absent or null: empty; as is the next one
  std::vector<ObjectReader> objects(std::string_view member) const;

  // The same, but absence is noted.
  std::string required_text(std::string_view member) const;
  std::string required_blob(std::string_view member) const;
  std::optional<ObjectReader> required_object(std::string_view member) const;

  template <class E, std::size_t n>
  std::optional<E> one_of(std::string_view member, const EnumWords<E, n>& words) const {
    const auto given = text(member);
    if (!given) return std::nullopt;
    std::vector<std::string_view> allowed;
    for (const auto& [word, value] : words) {
      if (word == *given) return value;
      allowed.push_back(word);
    }
    validation_->must(false, path_to(member),
                      fmt::format("Member must satisfy enum value set: [{}]", fmt::join(allowed, ", ")));
    return std::nullopt;
  }
  template <class E, std::size_t n>
  std::optional<E> required_one_of(std::string_view member, const EnumWords<E, n>& words) const {
    validation_->must_not_be_null(has(member), path_to(member));
    return one_of(member, words);
  }

  bool has(std::string_view member) const { return find(member) != nullptr; }
  bool empty() const { return object_->empty(); }
  std::string path_to(std::string_view member) const;  // "content.simple"
  const std::string& path() const { return path_; }

 private:
  const boost::json::value* find(std::string_view member) const;  // nullptr: absent or null
  const boost::json::array* list(std::string_view member) const;
  std::string path_to_element(std::string_view member, std::size_t index) const;

  const boost::json::object* object_;
  Validation* validation_;
  std::string path_;
};

}  // namespace sesame::api
