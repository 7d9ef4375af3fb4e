#include "api/router.h"

#include "base/text.h"

namespace sesame::api {

std::optional<Arguments> match_path(std::string_view path, std::span<const std::string> segments) {
  const auto wanted = split(path.substr(1), '/');
  if (wanted.size() != segments.size()) return std::nullopt;
  Arguments arguments;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i].starts_with('{')) {
      if (segments[i].empty()) return std::nullopt;
      arguments.push_back(segments[i]);
    } else if (wanted[i] != segments[i]) {
      return std::nullopt;
    }
  }
  return arguments;
}

ApiError unknown_operation() {
  return {ErrorName::unknown_operation, "The requested operation is not known: check method and path."};
}

}  // namespace sesame::api
