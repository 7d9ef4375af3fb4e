// A request target against path templates: arguments are as many as the template has, none is empty, and the path
// written anew from them matches with the same arguments.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "api/router.h"
#include "base/text.h"
#include "http/target.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

std::string fill(std::string_view path, const sesame::api::Arguments& arguments) {
  std::string target;
  auto next = arguments.begin();
  for (const std::string_view segment : sesame::split(path.substr(1), '/')) {
    target += '/';
    target += segment.starts_with('{') ? sesame::percent_encode(*next++) : std::string(segment);
  }
  return target;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto target = sesame::http::parse_target({reinterpret_cast<const char*>(data), size});
  if (!target) return 0;
  for (const std::string_view path :
       {"/v2/email/identities", "/v2/email/identities/{name}", "/v2/email/identities/{name}/dkim/signing",
        "/v2/sesame/sandbox/zones/{zone}/{type}"}) {
    const auto arguments = sesame::api::match_path(path, target->segments);
    if (!arguments) continue;
    require(std::ptrdiff_t(arguments->size()) == std::count(path.begin(), path.end(), '{'));
    for (const std::string& argument : *arguments) require(!argument.empty());
    const auto again = sesame::http::parse_target(fill(path, *arguments));
    require(again && sesame::api::match_path(path, again->segments) == arguments);
  }
  return 0;
}
