#include "api/validation.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/text.h"

namespace sesame::api {

void Validation::must(bool holds, const std::string& path, std::string_view constraint) {
  if (holds) return;
  ++broken_count_;
  if (broken_.size() == max_named) return;
  broken_.push_back(fmt::format("Value at '{}' failed to satisfy constraint: {}", path, constraint));
}

void Validation::length_between(const std::string& value, const std::string& path, std::size_t least,
                                std::size_t most) {
  must(value.size() >= least, path, fmt::format("Member must have length greater than or equal to {}", least));
  must(value.size() <= most, path, fmt::format("Member must have length less than or equal to {}", most));
}

void Validation::unreadable(const std::string& path, std::string_view what) {
  if (!unreadable_) unreadable_ = fmt::format("Value at '{}' cannot be read: {}", path, what);
}

std::optional<ApiError> Validation::error() const {
  if (unreadable_) return ApiError{ErrorName::serialization, *unreadable_};
  if (broken_count_ == 0) return std::nullopt;
  return ApiError{ErrorName::bad_request, fmt::format("{} validation error{} detected: {}", broken_count_,
                                                      broken_count_ == 1 ? "" : "s", fmt::join(broken_, "; "))};
}

std::string member_in_path(std::string_view member) {
  std::string name(member);
  if (!name.empty()) name.front() = ascii_lower(name.front());
  return name;
}

}  // namespace sesame::api
