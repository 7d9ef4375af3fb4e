#include <fmt/format.h>

#include "api/page_token.h"
#include "api/sns/input.h"
#include "api/sns/sns_api.h"

namespace sesame::api::sns {
namespace {

// What SNS shows for a topic nobody gave a policy.
std::string default_policy(const store::Topic& topic) {
  return fmt::format(
      R"({{"Version":"2008-10-17","Id":"__default_policy_ID","Statement":[{{"Sid":"__default_statement_ID",)"
      R"("Effect":"Allow","Principal":{{"AWS":"*"}},"Action":["SNS:Publish","SNS:Subscribe"],"Resource":"{}",)"
      R"("Condition":{{"StringEquals":{{"AWS:SourceOwner":"{}"}}}}}}]}})",
      topic.arn, topic.account_id);
}

void write_entry(ses_v1::XmlWriter& answer, std::string_view key, std::string_view value) {
  answer.open("entry");
  answer.text("key", key);
  answer.text("value", value);
  answer.close();
}

}  // namespace

net::Task<Done> create_topic(publish::Topics& topics, Call call, ses_v1::XmlWriter& answer) {
  auto input = read_create_topic(call.parameters);
  if (!input) co_return std::unexpected(input.error());
  const auto topic =
      co_await topics.create(call.caller.account_id, std::move(input->name), std::move(input->attributes));
  if (!topic) co_return std::unexpected(to_sns_error(topic.error()));
  answer.text("TopicArn", topic->arn);
  co_return Done{};
}

net::Task<Done> delete_topic(publish::Topics& topics, Call call, ses_v1::XmlWriter&) {
  auto arn = read_arn(call.parameters, "TopicArn");
  if (!arn) co_return std::unexpected(arn.error());
  const auto removed = co_await topics.remove(call.caller.account_id, std::move(*arn));
  if (!removed) co_return std::unexpected(to_sns_error(removed.error()));
  co_return Done{};
}

net::Task<Done> list_topics(publish::Topics& topics, Call call, ses_v1::XmlWriter& answer) {
  constexpr std::string_view list_name = "sns/ListTopics";
  std::string after;
  if (const std::string* token = find_parameter(call, "NextToken"); token != nullptr && !token->empty()) {
    auto position = read_page_token(list_name, call.caller.account_id, *token);
    if (!position) co_return invalid_parameter("NextToken");
    after = std::move(*position);
  }
  const auto page = co_await topics.list(call.caller.account_id, after, page_size);
  if (!page) co_return std::unexpected(to_sns_error(page.error()));
  answer.open("Topics");
  for (const store::Topic& topic : *page) {
    answer.open("member");
    answer.text("TopicArn", topic.arn);
    answer.close();
  }
  answer.close();
  if (page->size() == page_size) {
    answer.text("NextToken", make_page_token(list_name, call.caller.account_id, page->back().arn));
  }
  co_return Done{};
}

net::Task<Done> get_topic_attributes(publish::Topics& topics, Call call, ses_v1::XmlWriter& answer) {
  auto arn = read_arn(call.parameters, "TopicArn");
  if (!arn) co_return std::unexpected(arn.error());
  const auto topic = co_await topics.find(call.caller.account_id, std::move(*arn));
  if (!topic) co_return std::unexpected(to_sns_error(topic.error()));
  const auto counts = co_await topics.count_subscriptions(topic->arn);
  if (!counts) co_return std::unexpected(to_sns_error(counts.error()));
  answer.open("Attributes");
  write_entry(answer, "TopicArn", topic->arn);
  write_entry(answer, "Owner", topic->account_id);
  write_entry(answer, "DisplayName", topic->display_name);
  write_entry(answer, "Policy", topic->policy.empty() ? default_policy(*topic) : topic->policy);
  write_entry(answer, "SignatureVersion", fmt::to_string(topic->signature_version));
  write_entry(answer, "SubscriptionsConfirmed", fmt::to_string(counts->confirmed));
  write_entry(answer, "SubscriptionsPending", fmt::to_string(counts->pending));
  write_entry(answer, "SubscriptionsDeleted", "0");
  answer.close();
  co_return Done{};
}

net::Task<Done> set_topic_attributes(publish::Topics& topics, Call call, ses_v1::XmlWriter&) {
  auto input = read_set_topic_attributes(call.parameters);
  if (!input) co_return std::unexpected(input.error());
  const auto changed =
      co_await topics.change(call.caller.account_id, std::move(input->topic_arn), std::move(input->changes));
  if (!changed) co_return std::unexpected(to_sns_error(changed.error()));
  co_return Done{};
}

net::Task<Done> publish_message(publish::Topics& topics, Call call, ses_v1::XmlWriter& answer) {
  auto input = read_publish(call.parameters);
  if (!input) co_return std::unexpected(input.error());
  const auto message_id = co_await topics.publish(call.caller.account_id, std::move(*input));
  if (!message_id) co_return std::unexpected(to_sns_error(message_id.error()));
  answer.text("MessageId", *message_id);
  co_return Done{};
}

}  // namespace sesame::api::sns
