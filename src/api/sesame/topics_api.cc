#include "api/sesame/topics_api.h"

#include <boost/json/array.hpp>

#include "api/json.h"
#include "api/query.h"
#include "base/time_text.h"

namespace sesame::api {
namespace {

namespace json = boost::json;

ApiError to_api_error(const publish::TopicError& error) {
  using enum publish::TopicErrc;
  switch (error.code) {
    case invalid_parameter:
    case not_authorized: return {ErrorName::bad_request, error.text};
    case not_found: return {ErrorName::not_found, error.text};
    case limit_exceeded: return {ErrorName::limit_exceeded, error.text};
    case unavailable: return {ErrorName::internal_failure, error.text};
  }
  std::unreachable();
}

json::object shape(const store::Subscription& subscription) {
  return {{"arn", subscription.arn},
          {"endpoint", subscription.endpoint},
          {"confirmed", subscription.confirmed},
          {"raw_message_delivery", subscription.raw_message_delivery},
          {"created", format_rfc3339_ms(subscription.created)}};
}

json::object shape(const store::Topic& topic, const store::SubscriptionCounts& counts) {
  return {{"arn", topic.arn},
          {"name", topic.arn.substr(topic.arn.rfind(':') + 1)},
          {"display_name", topic.display_name},
          {"created", format_rfc3339_ms(topic.created)},
          {"confirmed", counts.confirmed},
          {"pending", counts.pending}};
}

net::Task<ApiResult<json::object>> counted(publish::Topics& topics, store::Topic topic) {
  const auto counts = co_await topics.count_subscriptions(topic.arn);
  if (!counts) co_return std::unexpected(to_api_error(counts.error()));
  co_return shape(topic, *counts);
}

}  // namespace

net::Task<http::Response> TopicsApi::handle(Call call) {
  static constexpr auto routes = std::to_array<Route<TopicsApi>>({
      {"GET", "/v2/sesame/topics", &TopicsApi::list},
      {"POST", "/v2/sesame/topics", &TopicsApi::create},
      {"GET", "/v2/sesame/topics/{arn}", &TopicsApi::get},
      {"DELETE", "/v2/sesame/topics/{arn}", &TopicsApi::remove},
      {"POST", "/v2/sesame/topics/{arn}/subscriptions", &TopicsApi::subscribe},
      {"DELETE", "/v2/sesame/subscriptions/{arn}", &TopicsApi::unsubscribe},
  });
  http::Response response = co_await route<TopicsApi>(*this, routes, std::move(call));
  co_return response;
}

net::Task<Outcome> TopicsApi::list(Call call, Arguments) {
  Validation validation;
  const auto limit = number_parameter(call, "limit", 1, max_page, validation).value_or(max_page);
  if (const auto error = validation.error()) co_return std::unexpected(*error);
  const std::string after = text_parameter(call, "after").value_or("");
  const auto page = co_await topics_.list(call.caller.account_id, after, limit);
  if (!page) co_return std::unexpected(to_api_error(page.error()));
  json::array shapes;
  for (const store::Topic& topic : *page) {
    auto one = co_await counted(topics_, topic);
    if (!one) co_return std::unexpected(one.error());
    shapes.push_back(std::move(*one));
  }
  json::object answer{{"topics", std::move(shapes)}, {"next_after", nullptr}};
  if (page->size() == limit) answer["next_after"] = page->back().arn;
  co_return answer;
}

net::Task<Outcome> TopicsApi::create(Call call, Arguments) {
  const auto body = parse_body(call.body);
  if (!body) co_return std::unexpected(body.error());
  Validation validation;
  const ObjectReader input(*body, validation);
  const std::string name = input.required_text("name");
  publish::TopicChanges attributes;
  attributes.display_name = input.text("display_name");
  if (const auto error = validation.error()) co_return std::unexpected(*error);
  const auto topic = co_await topics_.create(call.caller.account_id, name, std::move(attributes));
  if (!topic) co_return std::unexpected(to_api_error(topic.error()));
  auto made = co_await counted(topics_, *topic);
  if (!made) co_return std::unexpected(made.error());
  co_return std::move(*made);
}

net::Task<Outcome> TopicsApi::get(Call call, Arguments arguments) {
  const std::string& account = call.caller.account_id;
  const auto topic = co_await topics_.find(account, arguments[0]);
  if (!topic) co_return std::unexpected(to_api_error(topic.error()));
  auto answer = co_await counted(topics_, *topic);
  if (!answer) co_return std::unexpected(answer.error());
  const auto subscriptions =
      co_await topics_.list_topic_subscriptions(account, topic->arn, "", publish::max_subscriptions_per_topic);
  if (!subscriptions) co_return std::unexpected(to_api_error(subscriptions.error()));
  json::array shapes;
  for (const store::Subscription& one : *subscriptions) shapes.push_back(shape(one));
  (*answer)["subscriptions"] = std::move(shapes);
  co_return std::move(*answer);
}

net::Task<Outcome> TopicsApi::remove(Call call, Arguments arguments) {
  const auto removed = co_await topics_.remove(call.caller.account_id, std::move(arguments[0]));
  if (!removed) co_return std::unexpected(to_api_error(removed.error()));
  co_return json::object{};
}

net::Task<Outcome> TopicsApi::subscribe(Call call, Arguments arguments) {
  const auto body = parse_body(call.body);
  if (!body) co_return std::unexpected(body.error());
  Validation validation;
  const ObjectReader input(*body, validation);
  publish::Subscribing what;
  what.topic_arn = std::move(arguments[0]);
  what.endpoint = input.required_text("endpoint");
  what.protocol = what.endpoint.substr(0, what.endpoint.find(':'));
  what.raw_message_delivery = input.flag("raw_message_delivery").value_or(false);
  if (const auto error = validation.error()) co_return std::unexpected(*error);
  const auto subscription = co_await topics_.subscribe(call.caller.account_id, std::move(what));
  if (!subscription) co_return std::unexpected(to_api_error(subscription.error()));
  co_return shape(*subscription);
}

net::Task<Outcome> TopicsApi::unsubscribe(Call call, Arguments arguments) {
  const auto removed = co_await topics_.unsubscribe(call.caller.account_id, std::move(arguments[0]));
  if (!removed) co_return std::unexpected(to_api_error(removed.error()));
  co_return json::object{};
}

}  // namespace sesame::api
