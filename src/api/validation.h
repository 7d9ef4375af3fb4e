// api/validation.h: everything that is wrong with one request, gathered and said at once, in the words of SES (spec 6).
//
//   1 validation error detected: Value at 'content.simple.body' failed to satisfy constraint: Member must not be null
//
// A value of the wrong type outweighs the rest: the request could not even be read (SerializationException).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/error.h"

namespace sesame::api {

class Validation {
 public:
  static constexpr std::size_t max_named = 10;  // further ones are counted, not named

  // Paths are those of SES texts: members with a small first letter, list elements as "tags.1.member.key".
  void must(bool holds, const std::string& path, std::string_view constraint);  // "Member must ..."
  void must_not_be_null(bool holds, const std::string& path) { must(holds, path, "Member must not be null"); }
  void length_between(const std::string& value, const std::string& path, std::size_t least, std::size_t most);

  void unreadable(const std::string& path, std::string_view what);  // "expected a string"

  // nullopt if nothing was wrong.
  std::optional<ApiError> error() const;

 private:
  std::vector<std::string> broken_;  // at most max_named
  std::size_t broken_count_ = 0;
  std::optional<std::string> unreadable_;  // the first
};

// "EmailTags" to "emailTags".
std::string member_in_path(std::string_view member);

}  // namespace sesame::api
