// Event destinations of configuration sets (spec 7).
#include "api/ses_v2/api.h"
#include "api/ses_v2/configuration_shapes.h"
#include "submission/configuration_sets.h"

namespace sesame::api {
namespace {

namespace json = boost::json;

// The destination a body defines; `name` unset: its name is in the body, too.
ApiResult<store::EventDestination> read_definition(const std::string& text, std::optional<std::string> name) {
  const auto body = parse_body(text);
  if (!body) return std::unexpected(body.error());
  Validation validation;
  const ObjectReader input(*body, validation);
  if (!name) name = input.required_text("EventDestinationName");
  ApiResult<store::EventDestination> destination;
  if (const auto definition = input.required_object("EventDestination")) {
    destination = read_event_destination(*definition, validation);
  }
  if (const auto error = validation.error()) return std::unexpected(*error);
  if (destination) destination->name = std::move(*name);
  return destination;
}

}  // namespace

net::Task<Outcome> SesV2::create_event_destination(Call call, Arguments arguments) {
  auto destination = read_definition(call.body, std::nullopt);
  if (!destination) co_return std::unexpected(destination.error());
  const auto added =
      co_await deps_.configuration.add_destination(call.caller.account_id, arguments[0], std::move(*destination));
  if (!added) co_return std::unexpected(to_api_error(added.error()));
  co_return json::object();
}

net::Task<Outcome> SesV2::get_event_destinations(Call call, Arguments arguments) {
  const auto set = co_await deps_.configuration.find(call.caller.account_id, arguments[0]);
  if (!set) co_return std::unexpected(to_api_error(set.error()));
  json::array destinations;
  for (const store::EventDestination& destination : (*set)->event_destinations) {
    destinations.push_back(event_destination_shape(destination));
  }
  co_return json::object{{"EventDestinations", std::move(destinations)}};
}

net::Task<Outcome> SesV2::update_event_destination(Call call, Arguments arguments) {
  auto destination = read_definition(call.body, arguments[1]);
  if (!destination) co_return std::unexpected(destination.error());
  const auto replaced =
      co_await deps_.configuration.replace_destination(call.caller.account_id, arguments[0], std::move(*destination));
  if (!replaced) co_return std::unexpected(to_api_error(replaced.error()));
  co_return json::object();
}

net::Task<Outcome> SesV2::delete_event_destination(Call call, Arguments arguments) {
  const auto removed =
      co_await deps_.configuration.remove_destination(call.caller.account_id, arguments[0], arguments[1]);
  if (!removed) co_return std::unexpected(to_api_error(removed.error()));
  co_return json::object();
}

}  // namespace sesame::api
