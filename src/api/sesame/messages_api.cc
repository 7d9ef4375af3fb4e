#include "api/sesame/messages_api.h"

#include "api/page_token.h"
#include "api/query.h"
#include "api/sesame/message_shapes.h"
#include "base/log.h"
#include "base/text.h"

namespace sesame::api {
namespace {

namespace json = boost::json;

constexpr std::string_view list_name = "messages";

ApiResult<store::MessageFilter> read_filter(const Call& call) {
  store::MessageFilter filter;
  filter.account_id = call.caller.account_id;
  filter.recipient = text_parameter(call, "recipient");
  Validation validation;
  filter.limit =
      number_parameter(call, "limit", 1, MessagesApi::max_page, validation).value_or(MessagesApi::default_page);
  if (const auto state = text_parameter(call, "state")) {
    for (const auto& [word, value] : recipient_state_words) {
      if (word == *state) filter.state = value;
    }
    validation.must(filter.state.has_value(), "state",
                    "Member must satisfy enum value set: [queued, delivered, bounced, expired]");
  }
  if (const auto error = validation.error()) return std::unexpected(*error);
  if (const auto token = text_parameter(call, "next_token")) {
    const auto position = read_page_token(list_name, filter.account_id, *token);
    const auto before = position ? parse_decimal(*position) : std::nullopt;
    if (!before) return refuse(ErrorName::invalid_next_token, "The specified next_token is not valid.");
    filter.before = store::QueueId(*before);
  }
  return filter;
}

std::string what(const std::string& api_message_id) { return "Message " + api_message_id; }

}  // namespace

net::Task<http::Response> MessagesApi::handle(Call call) {
  static constexpr auto routes = std::to_array<Route<MessagesApi>>({
      {"GET", "/v2/sesame/messages", &MessagesApi::list},
      {"GET", "/v2/sesame/messages/{id}", &MessagesApi::get},
      {"POST", "/v2/sesame/messages/{id}/retry", &MessagesApi::retry},
      {"POST", "/v2/sesame/messages/{id}/drop", &MessagesApi::drop},
  });
  http::Response response = co_await route<MessagesApi>(*this, routes, std::move(call));
  co_return response;
}

net::Task<Outcome> MessagesApi::list(Call call, Arguments) {
  const auto filter = read_filter(call);
  if (!filter) co_return std::unexpected(filter.error());
  const auto records = co_await deps_.queue.list_messages(*filter);
  if (!records) co_return std::unexpected(to_api_error(records.error(), "List"));
  const auto pauses = co_await deps_.pauses.list_pauses();
  if (!pauses) co_return std::unexpected(to_api_error(pauses.error(), "List"));
  json::array messages;
  for (const store::MessageRecord& record : *records) messages.push_back(message_summary(record, *pauses));
  json::object answer{{"messages", std::move(messages)}, {"next_token", nullptr}};
  if (records->size() == filter->limit) {
    answer["next_token"] = make_page_token(list_name, filter->account_id, std::to_string(records->back().queue_id));
  }
  co_return answer;
}

net::Task<Outcome> MessagesApi::get(Call call, Arguments arguments) {
  const auto record = co_await deps_.queue.find_message(call.caller.account_id, arguments[0]);
  if (!record) co_return std::unexpected(to_api_error(record.error(), what(arguments[0])));
  const auto events = co_await deps_.queue.events_of(arguments[0]);
  if (!events) co_return std::unexpected(to_api_error(events.error(), what(arguments[0])));
  const auto pauses = co_await deps_.pauses.list_pauses();
  if (!pauses) co_return std::unexpected(to_api_error(pauses.error(), what(arguments[0])));
  auto shape = message_detail(*record, *events, *pauses);
  if (!shape) co_return std::unexpected(shape.error());
  co_return std::move(*shape);
}

net::Task<Outcome> MessagesApi::retry(Call call, Arguments arguments) {
  const auto record = co_await deps_.queue.find_message(call.caller.account_id, arguments[0]);
  if (!record) co_return std::unexpected(to_api_error(record.error(), what(arguments[0])));
  const auto due = co_await deps_.queue.retry_now(record->queue_id, deps_.clock.now());
  if (!due) co_return std::unexpected(to_api_error(due.error(), what(arguments[0])));
  if (*due > 0 && deps_.wake_delivery) deps_.wake_delivery();
  co_return json::object{{"recipients", *due}};
}

net::Task<Outcome> MessagesApi::drop(Call call, Arguments arguments) {
  const auto record = co_await deps_.queue.find_message(call.caller.account_id, arguments[0]);
  if (!record) co_return std::unexpected(to_api_error(record.error(), what(arguments[0])));
  const std::string reason = "dropped on request of " + call.caller.access_key_id;
  const Time now = deps_.clock.now();
  std::vector<store::Event> events = given_up_events(*record, reason, now);
  const auto dropped = co_await deps_.queue.drop(record->queue_id, now, reason, std::move(events));
  if (!dropped) co_return std::unexpected(to_api_error(dropped.error(), what(arguments[0])));
  if (*dropped > 0) {
    deps_.feed.committed();
    log::info("api", "message dropped", {{"api_message_id", arguments[0]}, {"by", call.caller.access_key_id}});
  }
  co_return json::object{{"recipients", *dropped}};
}

}  // namespace sesame::api
