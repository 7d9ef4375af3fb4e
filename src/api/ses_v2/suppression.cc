// The account's suppression list (spec 3.5).
#include "api/paging.h"
#include "api/query.h"
#include "api/ses_v2/api.h"
#include "api/ses_v2/configuration_shapes.h"
#include "api/ses_v2/identity_shapes.h"
#include "events/notification.h"
#include "message/address_list.h"

namespace sesame::api {
namespace {

namespace json = boost::json;

constexpr std::string_view list_name = "ListSuppressedDestinations";

// In the form of the list; nullopt: no address.
std::optional<std::string> listed_form(const std::string& text) {
  const auto mailbox = message::parse_mailbox(text);
  if (!mailbox || !mailbox->display_name.empty()) return std::nullopt;
  return store::suppression_key(message::to_wire(mailbox->address));
}

ApiError not_an_address(const std::string& text) {
  return {ErrorName::bad_request, fmt::format("Email address <{}> is not valid.", text.substr(0, 320))};
}

ApiError not_listed(const std::string& address) {
  return {ErrorName::not_found, fmt::format("Email address {} does not exist on your suppression list.", address)};
}

json::object summary(const store::SuppressedDestination& destination) {
  return {{"EmailAddress", destination.address},
          {"Reason", word_of(reason_words, destination.reason)},
          {"LastUpdateTime", epoch_seconds(destination.updated)}};
}

// The message that came back and the event that told so: its feedback id is made of these alone.
json::object attributes(const store::SuppressedDestination& destination) {
  store::Event event;
  event.api_message_id = destination.api_message_id;
  event.sequence = destination.event_sequence;
  event.at = destination.updated;
  return {{"MessageId", destination.api_message_id}, {"FeedbackId", events::feedback_id(event)}};
}

ApiResult<store::SuppressedDestination> read_put(const std::string& text) {
  const auto body = parse_body(text);
  if (!body) return std::unexpected(body.error());
  Validation validation;
  const ObjectReader input(*body, validation);
  const std::string given = input.required_text("EmailAddress");
  const auto reason = input.required_one_of("Reason", reason_words);
  if (const auto error = validation.error()) return std::unexpected(*error);
  auto address = listed_form(given);
  if (!address || !reason) return std::unexpected(not_an_address(given));  // without a reason, validation has failed
  return store::SuppressedDestination{.address = std::move(*address), .reason = *reason};
}

ApiResult<store::SuppressionFilter> read_filter(const Call& call) {
  Validation validation;
  store::SuppressionFilter filter;
  filter.account_id = call.caller.account_id;
  for (const sigv4::Parameter& parameter : call.parameters) {
    if (parameter.name != "Reason") continue;
    const auto known = std::ranges::find(reason_words, parameter.value, &decltype(reason_words)::value_type::first);
    validation.must(known != reason_words.end(), "reasons", "Member must satisfy enum value set: [BOUNCE, COMPLAINT]");
    if (known != reason_words.end()) filter.reasons.push_back(known->second);
  }
  filter.since = time_parameter(call, "StartDate", validation);
  filter.until = time_parameter(call, "EndDate", validation);
  if (const auto error = validation.error()) return std::unexpected(*error);
  auto asked = read_page_request(call, list_name);
  if (!asked) return std::unexpected(asked.error());
  filter.after = std::move(asked->after);
  filter.limit = asked->limit;
  return filter;
}

}  // namespace

net::Task<Outcome> SesV2::put_suppressed_destination(Call call, Arguments) {
  auto destination = read_put(call.body);
  if (!destination) co_return std::unexpected(destination.error());
  destination->account_id = call.caller.account_id;
  destination->updated = deps_.clock.now();
  std::vector<store::SuppressedDestination> one{std::move(*destination)};
  const auto put = co_await deps_.queue.put_suppressed(std::move(one));
  if (!put) co_return std::unexpected(to_api_error(put.error(), "Suppression list"));
  co_return json::object();
}

net::Task<Outcome> SesV2::get_suppressed_destination(Call call, Arguments arguments) {
  const auto found = co_await deps_.queue.find_suppressed(call.caller.account_id, arguments[0]);
  if (!found && found.error().code == store::StoreErrc::not_found) {
    co_return std::unexpected(not_listed(arguments[0]));
  }
  if (!found) co_return std::unexpected(to_api_error(found.error(), "Suppressed destination"));
  json::object shape = summary(*found);
  if (!found->api_message_id.empty()) shape["Attributes"] = attributes(*found);
  co_return json::object{{"SuppressedDestination", std::move(shape)}};
}

net::Task<Outcome> SesV2::list_suppressed_destinations(Call call, Arguments) {
  auto filter = read_filter(call);
  if (!filter) co_return std::unexpected(filter.error());
  const auto page = co_await deps_.queue.list_suppressed(std::move(*filter));
  if (!page) co_return std::unexpected(to_api_error(page.error(), "Suppression list"));
  json::array summaries;
  for (const store::SuppressedDestination& destination : page->destinations) {
    summaries.push_back(summary(destination));
  }
  json::object answer{{"SuppressedDestinationSummaries", std::move(summaries)}};
  put_next_token(answer, list_name, call.caller.account_id, page->next_after);
  co_return answer;
}

net::Task<Outcome> SesV2::delete_suppressed_destination(Call call, Arguments arguments) {
  const auto removed = co_await deps_.queue.delete_suppressed(call.caller.account_id, arguments[0]);
  if (!removed && removed.error().code == store::StoreErrc::not_found) {
    co_return std::unexpected(not_listed(arguments[0]));
  }
  if (!removed) co_return std::unexpected(to_api_error(removed.error(), "Suppressed destination"));
  co_return json::object();
}

}  // namespace sesame::api
