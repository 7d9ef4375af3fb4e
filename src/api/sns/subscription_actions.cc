#include "api/page_token.h"
#include "api/sns/input.h"
#include "api/sns/sns_api.h"

namespace sesame::api::sns {
namespace {

std::string_view protocol_of(const store::Subscription& subscription) {
  return subscription.endpoint.starts_with("https:") ? "https" : "http";
}

void write_entry(ses_v1::XmlWriter& answer, std::string_view key, std::string_view value) {
  answer.open("entry");
  answer.text("key", key);
  answer.text("value", value);
  answer.close();
}

std::string_view word(bool flag) { return flag ? "true" : "false"; }

SnsResult<std::string> read_position(const Call& call, std::string_view list_name) {
  const std::string* token = find_parameter(call, "NextToken");
  if (token == nullptr || token->empty()) return std::string();
  auto position = read_page_token(list_name, call.caller.account_id, *token);
  if (!position) return invalid_parameter("NextToken");
  return std::move(*position);
}

void write_page(const std::vector<store::Subscription>& page, const Call& call, std::string_view list_name,
                ses_v1::XmlWriter& answer) {
  answer.open("Subscriptions");
  for (const store::Subscription& subscription : page) {
    answer.open("member");
    answer.text("TopicArn", subscription.topic_arn);
    answer.text("Protocol", protocol_of(subscription));
    answer.text("SubscriptionArn", subscription.confirmed ? subscription.arn : "PendingConfirmation");
    answer.text("Owner", subscription.account_id);
    answer.text("Endpoint", subscription.endpoint);
    answer.close();
  }
  answer.close();
  if (page.size() == page_size) {
    answer.text("NextToken", make_page_token(list_name, call.caller.account_id, page.back().arn));
  }
}

}  // namespace

net::Task<Done> subscribe(publish::Topics& topics, Call call, ses_v1::XmlWriter& answer) {
  auto input = read_subscribe(call.parameters);
  if (!input) co_return std::unexpected(input.error());
  const auto subscription = co_await topics.subscribe(call.caller.account_id, std::move(input->what));
  if (!subscription) co_return std::unexpected(to_sns_error(subscription.error()));
  const bool shows_arn = subscription->confirmed || input->return_arn;
  answer.text("SubscriptionArn", shows_arn ? subscription->arn : "pending confirmation");
  co_return Done{};
}

net::Task<Done> confirm_subscription(publish::Topics& topics, Call call, ses_v1::XmlWriter& answer) {
  auto input = read_confirm(call.parameters);
  if (!input) co_return std::unexpected(input.error());
  // Only somebody who is known can be asked for who they are later.
  const bool authenticate = input->authenticate_on_unsubscribe && !call.caller.account_id.empty();
  const auto subscription = co_await topics.confirm(std::move(input->topic_arn), std::move(input->token), authenticate);
  if (!subscription) co_return std::unexpected(to_sns_error(subscription.error()));
  answer.text("SubscriptionArn", subscription->arn);
  co_return Done{};
}

net::Task<Done> unsubscribe(publish::Topics& topics, Call call, ses_v1::XmlWriter&) {
  auto arn = read_arn(call.parameters, "SubscriptionArn");
  if (!arn) co_return std::unexpected(arn.error());
  std::optional<std::string> account_id;
  if (!call.caller.account_id.empty()) account_id = call.caller.account_id;
  const auto removed = co_await topics.unsubscribe(std::move(account_id), std::move(*arn));
  if (!removed) co_return std::unexpected(to_sns_error(removed.error()));
  co_return Done{};
}

net::Task<Done> list_subscriptions(publish::Topics& topics, Call call, ses_v1::XmlWriter& answer) {
  constexpr std::string_view list_name = "sns/ListSubscriptions";
  const auto after = read_position(call, list_name);
  if (!after) co_return std::unexpected(after.error());
  const auto page = co_await topics.list_subscriptions(call.caller.account_id, *after, page_size);
  if (!page) co_return std::unexpected(to_sns_error(page.error()));
  write_page(*page, call, list_name, answer);
  co_return Done{};
}

net::Task<Done> list_subscriptions_by_topic(publish::Topics& topics, Call call, ses_v1::XmlWriter& answer) {
  auto arn = read_arn(call.parameters, "TopicArn");
  if (!arn) co_return std::unexpected(arn.error());
  const std::string list_name = "sns/ListSubscriptionsByTopic/" + *arn;
  const auto after = read_position(call, list_name);
  if (!after) co_return std::unexpected(after.error());
  const auto page =
      co_await topics.list_topic_subscriptions(call.caller.account_id, std::move(*arn), *after, page_size);
  if (!page) co_return std::unexpected(to_sns_error(page.error()));
  write_page(*page, call, list_name, answer);
  co_return Done{};
}

net::Task<Done> get_subscription_attributes(publish::Topics& topics, Call call, ses_v1::XmlWriter& answer) {
  auto arn = read_arn(call.parameters, "SubscriptionArn");
  if (!arn) co_return std::unexpected(arn.error());
  const auto subscription = co_await topics.find_subscription(call.caller.account_id, std::move(*arn));
  if (!subscription) co_return std::unexpected(to_sns_error(subscription.error()));
  answer.open("Attributes");
  write_entry(answer, "SubscriptionArn", subscription->arn);
  write_entry(answer, "TopicArn", subscription->topic_arn);
  write_entry(answer, "Owner", subscription->account_id);
  write_entry(answer, "Protocol", protocol_of(*subscription));
  write_entry(answer, "Endpoint", subscription->endpoint);
  write_entry(answer, "PendingConfirmation", word(!subscription->confirmed));
  write_entry(answer, "ConfirmationWasAuthenticated", word(subscription->authenticate_on_unsubscribe));
  write_entry(answer, "RawMessageDelivery", word(subscription->raw_message_delivery));
  answer.close();
  co_return Done{};
}

net::Task<Done> set_subscription_attributes(publish::Topics& topics, Call call, ses_v1::XmlWriter&) {
  auto input = read_set_subscription_attributes(call.parameters);
  if (!input) co_return std::unexpected(input.error());
  const auto set = co_await topics.set_raw_message_delivery(call.caller.account_id, std::move(input->subscription_arn),
                                                            input->raw_message_delivery);
  if (!set) co_return std::unexpected(to_sns_error(set.error()));
  co_return Done{};
}

}  // namespace sesame::api::sns
