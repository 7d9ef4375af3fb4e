#include "api/sesame/destinations.h"

#include <boost/json.hpp>

#include "api/query.h"
#include "api/sesame/message_shapes.h"
#include "base/time_text.h"

namespace sesame::api {
namespace {

namespace json = boost::json;

json::object state_shape(const store::DestinationState& state) {
  json::object shape{
      {"destination", state.destination}, {"pending", state.pending},   {"dead", state.dead},
      {"oldest_pending", nullptr},        {"attempts", state.attempts}, {"last_error", state.last_error}};
  if (const std::optional<Time> oldest = state.oldest_pending) shape["oldest_pending"] = format_rfc3339_ms(*oldest);
  return shape;
}

ApiResult<json::object> dead_letter_shape(const store::ReadyEntry& dead) {
  const store::OutboxEntry& entry = dead.entry;
  json::object shape{{"entry", entry.entry_id},      {"created", format_rfc3339_ms(entry.created)},
                     {"attempts", entry.attempts},   {"last_error", entry.last_error},
                     {"topic_arn", entry.topic_arn}, {"event", nullptr}};
  if (const std::optional<store::Event>& event = dead.event) {
    auto told = event_shape(*event);
    if (!told) return std::unexpected(told.error());
    shape["event"] = std::move(*told);
  }
  return shape;
}

}  // namespace

net::Task<http::Response> DestinationsApi::handle(Call call) {
  static constexpr auto routes = std::to_array<Route<DestinationsApi>>({
      {"GET", "/v2/sesame/destinations", &DestinationsApi::list},
      {"GET", "/v2/sesame/destinations/{destination}/dead-letters", &DestinationsApi::dead_letters},
      {"POST", "/v2/sesame/destinations/{destination}/retry", &DestinationsApi::retry},
  });
  http::Response response = co_await route<DestinationsApi>(*this, routes, std::move(call));
  co_return response;
}

net::Task<Outcome> DestinationsApi::list(Call call, Arguments) {
  const auto states = co_await deps_.outbox.destination_states(call.caller.account_id, max_page);
  if (!states) co_return std::unexpected(to_api_error(states.error(), "List"));
  json::array destinations;
  for (const store::DestinationState& state : *states) destinations.push_back(state_shape(state));
  co_return json::object{{"destinations", std::move(destinations)}};
}

net::Task<Outcome> DestinationsApi::dead_letters(Call call, Arguments arguments) {
  constexpr std::uint64_t most = std::numeric_limits<std::int64_t>::max();
  Validation validation;
  const auto after = number_parameter(call, "after", 0, most, validation).value_or(0);
  const auto limit = number_parameter(call, "limit", 1, max_page, validation).value_or(default_page);
  if (const auto error = validation.error()) co_return std::unexpected(*error);
  const auto dead = co_await deps_.outbox.dead_entries(call.caller.account_id, std::move(arguments[0]),
                                                       static_cast<std::int64_t>(after), limit);
  if (!dead) co_return std::unexpected(to_api_error(dead.error(), "List"));
  json::array letters;
  for (const store::ReadyEntry& one : *dead) {
    auto shape = dead_letter_shape(one);
    if (!shape) co_return std::unexpected(shape.error());
    letters.push_back(std::move(*shape));
  }
  co_return json::object{{"dead_letters", std::move(letters)}};
}

net::Task<Outcome> DestinationsApi::retry(Call call, Arguments arguments) {
  const auto revived = co_await deps_.outbox.revive(call.caller.account_id, std::move(arguments[0]), deps_.clock.now());
  if (!revived) co_return std::unexpected(to_api_error(revived.error(), "Destination"));
  deps_.wake_publisher();
  co_return json::object{{"entries", *revived}};
}

}  // namespace sesame::api
