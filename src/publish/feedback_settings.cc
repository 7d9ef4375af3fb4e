#include "publish/feedback_settings.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/log.h"

namespace sesame::publish {
namespace {

using store::FeedbackKind;

TopicError to_topic_error(const identity::IdentityError& error) {
  const bool missing = error.code == identity::IdentityErrc::not_found;
  const bool ours = error.code == identity::IdentityErrc::unavailable;
  return {missing ? TopicErrc::not_found : ours ? TopicErrc::unavailable : TopicErrc::invalid_parameter, error.text};
}

TopicError store_failure(const store::StoreError& error) {
  log::error("publish", "store operation failed", {{"detail", error.detail}});
  return {TopicErrc::unavailable, "The service is temporarily unable to process the request."};
}

std::string_view word(FeedbackKind kind) {
  switch (kind) {
    case FeedbackKind::bounce: return "Bounce";
    case FeedbackKind::complaint: return "Complaint";
    case FeedbackKind::delivery: return "Delivery";
  }
  return "";
}

std::string greeting(const std::string& topic_arn, FeedbackKind kind, const std::string& identity) {
  const boost::json::object greeting{
      {"notificationType", "AmazonSnsSubscriptionSucceeded"},
      {"message",
       fmt::format("You have successfully subscribed your Amazon SNS topic '{}' to receive '{}' notifications "
                   "from Amazon SES for identity '{}'.",
                   topic_arn, word(kind), identity)}};
  return boost::json::serialize(greeting);
}

}  // namespace

TopicTask<void> FeedbackSettings::set_topic(std::string account_id, std::string identity, FeedbackKind kind,
                                            std::optional<std::string> topic_arn) {
  const auto known = co_await identities_.get(account_id, identity);
  if (!known) co_return std::unexpected(to_topic_error(known.error()));
  if (topic_arn) {
    Publishing message{.topic_arn = *topic_arn, .subject = "", .message = greeting(*topic_arn, kind, known->name)};
    const auto published = co_await topics_.publish(account_id, std::move(message));
    if (!published && published.error().code == TopicErrc::not_found) {
      co_return std::unexpected(
          TopicError{TopicErrc::invalid_parameter, fmt::format("Invalid SNS topic <{}>.", *topic_arn)});
    }
    if (!published) co_return std::unexpected(published.error());
  }
  const auto set = co_await store_.set_feedback_topic(account_id, known->name, kind, std::move(topic_arn));
  if (!set) co_return std::unexpected(store_failure(set.error()));
  co_return Result<void, TopicError>{};
}

TopicTask<void> FeedbackSettings::set_headers(std::string account_id, std::string identity, FeedbackKind kind,
                                              bool with_headers) {
  const auto known = co_await identities_.get(account_id, identity);
  if (!known) co_return std::unexpected(to_topic_error(known.error()));
  const auto set = co_await store_.set_feedback_headers(account_id, known->name, kind, with_headers);
  if (!set) co_return std::unexpected(store_failure(set.error()));
  co_return Result<void, TopicError>{};
}

TopicTask<void> FeedbackSettings::set_forwarding(std::string account_id, std::string identity, bool enabled) {
  const auto shown = co_await get(account_id, identity);
  if (!shown) co_return std::unexpected(shown.error());
  const bool has_topics =
      shown->topics.of(FeedbackKind::bounce).topic_arn && shown->topics.of(FeedbackKind::complaint).topic_arn;
  if (!enabled && !has_topics) {
    co_return std::unexpected(TopicError{
        TopicErrc::invalid_parameter,
        fmt::format("Feedback forwarding can be disabled only when Amazon SNS topics are set for both bounce and "
                    "complaint notifications of the identity <{}>.",
                    identity)});
  }
  const auto set = co_await identities_.set_feedback_forwarding(std::move(account_id), std::move(identity), enabled);
  if (!set) co_return std::unexpected(to_topic_error(set.error()));
  co_return Result<void, TopicError>{};
}

TopicTask<FeedbackShown> FeedbackSettings::get(std::string account_id, std::string identity) {
  const auto known = co_await identities_.get(account_id, std::move(identity));
  if (!known) co_return std::unexpected(to_topic_error(known.error()));
  const auto topics = co_await store_.find_feedback_topics(std::move(account_id), known->name);
  if (!topics) co_return std::unexpected(store_failure(topics.error()));
  co_return FeedbackShown{*topics, known->feedback_forwarding};
}

}  // namespace sesame::publish
