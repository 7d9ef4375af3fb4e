#include "api/sesame/api.h"

#include <boost/json/parse.hpp>

#include "identity/identity_service.h"

namespace sesame::api {
namespace {

// The diagnosis is kept as the JSON it is answered with.
Outcome from_stored(const Result<std::string, identity::IdentityError>& stored) {
  if (!stored) return std::unexpected(to_api_error(stored.error()));
  boost::system::error_code problem;
  boost::json::value diagnosis = boost::json::parse(*stored, problem);
  if (problem) return std::unexpected(to_api_error(store::StoreError{store::StoreErrc::corrupt, *stored}, "Diagnosis"));
  return diagnosis;
}

}  // namespace

net::Task<http::Response> SesameApi::handle(Call call) {
  static constexpr auto routes = std::to_array<Route<SesameApi>>({
      {"GET", "/v2/sesame/identities", &SesameApi::list_identities},
      {"GET", "/v2/sesame/identities/{identity}/history", &SesameApi::history},
      {"GET", "/v2/sesame/statistics", &SesameApi::statistics},
      {"GET", "/v2/sesame/identities/{identity}/diagnosis", &SesameApi::diagnosis},
      {"POST", "/v2/sesame/identities/{identity}/look", &SesameApi::look},
      {"GET", "/v2/sesame/events", &SesameApi::list_events},
  });
  if (call.method == "GET") {  // the one answer that is not JSON
    auto watched = match_path("/v2/sesame/identities/{identity}/live", call.segments);
    if (watched) {
      http::Response stream = co_await live(std::move(call), std::move(watched->at(0)));
      co_return stream;
    }
  }
  http::Response response = co_await route<SesameApi>(*this, routes, std::move(call));
  co_return response;
}

net::Task<Outcome> SesameApi::diagnosis(Call call, Arguments arguments) {
  const auto stored = co_await deps_.identities.diagnosis(call.caller.account_id, arguments[0]);
  co_return from_stored(stored);
}

net::Task<Outcome> SesameApi::look(Call call, Arguments arguments) {
  const auto stored = co_await deps_.identities.look_now(call.caller.account_id, arguments[0]);
  co_return from_stored(stored);
}

}  // namespace sesame::api
