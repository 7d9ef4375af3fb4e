// api/router.h: operations of a JSON API by method and path, as a table.
//
//   constexpr auto routes = std::to_array<Route<SesV2>>({
//       {"GET", "/v2/email/identities/{EmailIdentity}", &SesV2::get_email_identity}, ...
//
// A path element in braces takes any one segment that is not empty. The first route that matches answers.
#pragma once

#include <boost/json/value.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/answers.h"
#include "api/caller.h"
#include "api/error.h"
#include "net/task.h"

namespace sesame::api {

using Arguments = std::vector<std::string>;     // the segments in braces, in order
using Outcome = ApiResult<boost::json::value>;  // the body of a 200

template <class Self>
struct Route {
  std::string_view method;
  std::string_view path;
  net::Task<Outcome> (Self::*operation)(Call call, Arguments arguments);
};

// The arguments if `segments` (decoded) are of the form of `path`.
std::optional<Arguments> match_path(std::string_view path, std::span<const std::string> segments);

ApiError unknown_operation();

template <class Self>
net::Task<http::Response> route(Self& self, std::span<const Route<Self>> routes, Call call) {
  for (const Route<Self>& candidate : routes) {
    if (candidate.method != call.method) continue;
    auto arguments = match_path(candidate.path, call.segments);
    if (!arguments) continue;
    const Outcome outcome = co_await (self.*candidate.operation)(std::move(call), std::move(*arguments));
    if (!outcome) co_return to_response(outcome.error());
    co_return json_answer(*outcome);
  }
  co_return to_response(unknown_operation());
}

}  // namespace sesame::api
