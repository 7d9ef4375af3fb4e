#include "publish/topics.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "base/digest.h"
#include "base/log.h"
#include "base/text.h"
#include "http/url.h"

namespace sesame::publish {
namespace {

constexpr std::size_t token_octets = 64;
constexpr std::size_t max_policy_octets = 30 * 1024;
constexpr std::size_t max_display_name_octets = 100;
constexpr std::size_t max_endpoint_octets = 2048;

std::unexpected<TopicError> refuse(TopicErrc code, std::string text) {
  return std::unexpected(TopicError{code, std::move(text)});
}
std::unexpected<TopicError> invalid(std::string_view what) {
  return refuse(TopicErrc::invalid_parameter, fmt::format("Invalid parameter: {}", what));
}
std::unexpected<TopicError> no_topic() { return refuse(TopicErrc::not_found, "Topic does not exist"); }
std::unexpected<TopicError> no_subscription() { return refuse(TopicErrc::not_found, "Subscription does not exist"); }

std::unexpected<TopicError> store_failure(const store::StoreError& error) {
  log::error("publish", "store operation failed", {{"detail", error.detail}});
  return refuse(TopicErrc::unavailable, "The service is temporarily unable to process the request.");
}

bool is_topic_name(std::string_view name) {
  return !name.empty() && name.size() <= max_topic_name_characters && std::ranges::all_of(name, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
  });
}

Result<void, TopicError> apply(const TopicChanges& changes, store::Topic& topic) {
  if (changes.display_name) {
    if (changes.display_name->size() > max_display_name_octets) return invalid("DisplayName Reason: too long");
    topic.display_name = *changes.display_name;
  }
  if (changes.policy) {
    boost::system::error_code problem;
    const bool is_object = boost::json::parse(*changes.policy, problem).is_object() && !problem;
    if (!changes.policy->empty() && (!is_object || changes.policy->size() > max_policy_octets)) {
      return invalid("Policy Error: null");
    }
    topic.policy = *changes.policy;
  }
  if (changes.signature_version) topic.signature_version = *changes.signature_version;
  return {};
}

// http://…/path#x and the like are refused by the parser; what it takes is kept as it was given.
Result<http::Url, TopicError> read_endpoint(const Subscribing& what) {
  if (what.protocol != "http" && what.protocol != "https") {
    return invalid(fmt::format("Does not support this protocol string: {}", what.protocol.substr(0, 64)));
  }
  auto url = http::parse_url(what.endpoint);
  if (!url || what.endpoint.size() > max_endpoint_octets) return invalid("Endpoint Reason: not a URL");
  if (url->tls != (what.protocol == "https")) return invalid("Endpoint must match the specified protocol");
  return std::move(*url);
}

// RFC 5322 cannot hold more, and SNS takes no more: ASCII that begins with no blank, without controls.
bool is_subject(std::string_view subject) {
  if (subject.size() > max_subject_characters || subject.starts_with(' ')) return false;
  return std::ranges::all_of(subject, [](unsigned char c) { return c >= ' ' && c < 0x7f; });
}

}  // namespace

TopicTask<store::Topic> Topics::create(std::string account_id, std::string name, TopicChanges attributes) {
  if (!is_topic_name(name)) co_return invalid("Topic Name");
  store::Topic topic;
  topic.arn = fmt::format("arn:aws:sns:{}:{}:{}", deps_.region, account_id, name);
  topic.account_id = account_id;
  topic.created = deps_.clock.now();
  if (const auto applied = apply(attributes, topic); !applied) co_return std::unexpected(applied.error());
  const auto known = co_await deps_.topics.count_topics(account_id);
  if (!known) co_return store_failure(known.error());
  if (*known >= max_topics) {
    const auto there = co_await deps_.topics.find_topic(topic.arn);
    if (!there) co_return refuse(TopicErrc::limit_exceeded, "Topic limit exceeded");
  }
  auto stored = co_await deps_.topics.create_topic(topic);
  if (!stored) co_return store_failure(stored.error());
  store::Topic as_asked = *stored;
  if (const auto applied = apply(attributes, as_asked); !applied) co_return std::unexpected(applied.error());
  if (as_asked != *stored) co_return invalid("Attributes Reason: Topic already exists with different attributes");
  co_return std::move(*stored);
}

TopicTask<store::Topic> Topics::find(std::string account_id, std::string topic_arn) {
  auto topic = co_await deps_.topics.find_topic(std::move(topic_arn));
  if (!topic && topic.error().code != store::StoreErrc::not_found) co_return store_failure(topic.error());
  if (!topic || topic->account_id != account_id) co_return no_topic();
  co_return std::move(*topic);
}

TopicTask<void> Topics::change(std::string account_id, std::string topic_arn, TopicChanges changes) {
  auto topic = co_await find(std::move(account_id), std::move(topic_arn));
  if (!topic) co_return std::unexpected(topic.error());
  if (const auto applied = apply(changes, *topic); !applied) co_return std::unexpected(applied.error());
  const auto updated = co_await deps_.topics.update_topic(std::move(*topic));
  if (!updated && updated.error().code == store::StoreErrc::not_found) co_return no_topic();
  if (!updated) co_return store_failure(updated.error());
  co_return Result<void, TopicError>{};
}

TopicTask<void> Topics::remove(std::string account_id, std::string topic_arn) {
  const auto topic = co_await find(std::move(account_id), topic_arn);
  if (!topic && topic.error().code == TopicErrc::not_found) co_return Result<void, TopicError>{};
  if (!topic) co_return std::unexpected(topic.error());
  const auto removed = co_await deps_.topics.delete_topic(std::move(topic_arn));
  if (!removed) co_return store_failure(removed.error());
  deps_.added();  // what waits for its subscribers is thrown away
  co_return Result<void, TopicError>{};
}

TopicTask<std::vector<store::Topic>> Topics::list(std::string account_id, std::string after, std::size_t limit) {
  auto topics = co_await deps_.topics.list_topics(std::move(account_id), std::move(after), limit);
  if (!topics) co_return store_failure(topics.error());
  co_return std::move(*topics);
}

TopicTask<store::SubscriptionCounts> Topics::count_subscriptions(std::string topic_arn) {
  const auto counts = co_await deps_.topics.count_subscriptions(std::move(topic_arn));
  if (!counts) co_return store_failure(counts.error());
  co_return *counts;
}

TopicTask<store::Subscription> Topics::subscribe(std::string account_id, Subscribing what) {
  const auto url = read_endpoint(what);
  if (!url) co_return std::unexpected(url.error());
  if (deps_.poster.is_refused(*url)) co_return invalid("Endpoint Reason: not a public address");
  const auto topic = co_await find(account_id, what.topic_arn);
  if (!topic) co_return std::unexpected(topic.error());

  auto subscription = co_await deps_.topics.find_subscription_to(what.topic_arn, what.endpoint);
  if (!subscription && subscription.error().code != store::StoreErrc::not_found) {
    co_return store_failure(subscription.error());
  }
  if (subscription && subscription->confirmed) co_return std::move(*subscription);
  if (!subscription) {
    const auto counts = co_await count_subscriptions(what.topic_arn);
    if (!counts) co_return std::unexpected(counts.error());
    if (counts->confirmed + counts->pending >= max_subscriptions_per_topic) {
      co_return refuse(TopicErrc::limit_exceeded, "Subscription limit exceeded");
    }
    subscription = store::Subscription{};
    subscription->arn = fmt::format("{}:{}", what.topic_arn, deps_.random.uuid());
    subscription->topic_arn = what.topic_arn;
    subscription->account_id = account_id;
    subscription->endpoint = what.endpoint;
  }
  subscription->raw_message_delivery = what.raw_message_delivery;
  const std::string token = hex_encode(deps_.random.octets(token_octets));
  subscription->token_sha256 = sha256_hex(token);
  subscription->created = deps_.clock.now();
  auto stored = co_await deps_.topics.put_subscription(std::move(*subscription));
  if (!stored && stored.error().code == store::StoreErrc::not_found) co_return no_topic();
  if (!stored) co_return store_failure(stored.error());
  if (stored->confirmed) co_return std::move(*stored);  // meanwhile
  const auto sent = co_await send_token(*stored, token);
  if (!sent) co_return std::unexpected(sent.error());
  co_return std::move(*stored);
}

TopicTask<void> Topics::send_token(store::Subscription subscription, std::string token) {
  const TopicMessage message{.message_id = deps_.random.uuid(),
                             .topic_arn = subscription.topic_arn,
                             .subject = "",
                             .message = std::move(token),
                             .at = subscription.created};
  store::OutboxEntry entry;
  entry.kind = store::OutboxKind::subscription_confirmation;
  entry.account_id = subscription.account_id;
  entry.destination = subscription.arn;
  entry.order_key = message.message_id;
  entry.topic_arn = subscription.topic_arn;
  entry.payload = to_payload(message);
  entry.created = entry.next_attempt = message.at;
  std::vector<store::OutboxEntry> entries{std::move(entry)};
  const auto added = co_await deps_.outbox.add(std::move(entries), std::nullopt);
  if (!added) co_return store_failure(added.error());
  deps_.added();
  co_return Result<void, TopicError>{};
}

TopicTask<store::Subscription> Topics::confirm(std::string topic_arn, std::string token,
                                               bool authenticate_on_unsubscribe) {
  const Time not_before = deps_.clock.now() - confirmation_patience;
  auto confirmed =
      co_await deps_.topics.confirm_subscription(topic_arn, sha256_hex(token), not_before, authenticate_on_unsubscribe);
  if (confirmed) {
    log::info("publish", "subscription confirmed", {{"subscription", confirmed->arn}});
    co_return std::move(*confirmed);
  }
  if (confirmed.error().code != store::StoreErrc::not_found) co_return store_failure(confirmed.error());
  const auto topic = co_await deps_.topics.find_topic(topic_arn);
  if (!topic && topic.error().code == store::StoreErrc::not_found) co_return no_topic();
  co_return invalid("Token");
}

TopicTask<void> Topics::unsubscribe(std::optional<std::string> account_id, std::string subscription_arn) {
  const auto subscription = co_await deps_.topics.find_subscription(subscription_arn);
  if (!subscription && subscription.error().code == store::StoreErrc::not_found) co_return Result<void, TopicError>{};
  if (!subscription) co_return store_failure(subscription.error());
  if (account_id && *account_id != subscription->account_id) co_return no_subscription();
  if (!account_id && (subscription->authenticate_on_unsubscribe || !subscription->confirmed)) {
    co_return refuse(TopicErrc::not_authorized, "Authentication is required to unsubscribe");
  }
  const auto removed = co_await deps_.topics.delete_subscription(std::move(subscription_arn));
  if (!removed) co_return store_failure(removed.error());
  deps_.added();  // what waits for it is thrown away
  co_return Result<void, TopicError>{};
}

TopicTask<store::Subscription> Topics::find_subscription(std::string account_id, std::string subscription_arn) {
  auto subscription = co_await deps_.topics.find_subscription(std::move(subscription_arn));
  if (!subscription && subscription.error().code != store::StoreErrc::not_found) {
    co_return store_failure(subscription.error());
  }
  if (!subscription || subscription->account_id != account_id) co_return no_subscription();
  co_return std::move(*subscription);
}

TopicTask<void> Topics::set_raw_message_delivery(std::string account_id, std::string subscription_arn, bool raw) {
  const auto subscription = co_await find_subscription(std::move(account_id), subscription_arn);
  if (!subscription) co_return std::unexpected(subscription.error());
  const auto set = co_await deps_.topics.set_raw_message_delivery(std::move(subscription_arn), raw);
  if (!set && set.error().code == store::StoreErrc::not_found) co_return no_subscription();
  if (!set) co_return store_failure(set.error());
  co_return Result<void, TopicError>{};
}

TopicTask<std::vector<store::Subscription>> Topics::list_subscriptions(std::string account_id, std::string after,
                                                                       std::size_t limit) {
  auto list = co_await deps_.topics.list_subscriptions(std::move(account_id), std::move(after), limit);
  if (!list) co_return store_failure(list.error());
  co_return std::move(*list);
}

TopicTask<std::vector<store::Subscription>> Topics::list_topic_subscriptions(std::string account_id,
                                                                             std::string topic_arn, std::string after,
                                                                             std::size_t limit) {
  const auto topic = co_await find(std::move(account_id), topic_arn);
  if (!topic) co_return std::unexpected(topic.error());
  auto list = co_await deps_.topics.list_topic_subscriptions(std::move(topic_arn), std::move(after), limit);
  if (!list) co_return store_failure(list.error());
  co_return std::move(*list);
}

TopicTask<std::string> Topics::publish(std::string account_id, Publishing what) {
  if (what.message.empty()) co_return invalid("Empty message");
  std::size_t octets = what.message.size();
  for (const auto& [protocol, text] : what.by_protocol) octets = std::max(octets, text.size());
  if (octets > max_message_octets) co_return invalid("Message too long");
  if (!is_subject(what.subject)) co_return invalid("Subject");
  const auto topic = co_await find(account_id, what.topic_arn);
  if (!topic) co_return std::unexpected(topic.error());
  const auto subscribers =
      co_await deps_.topics.list_topic_subscriptions(what.topic_arn, "", max_subscriptions_per_topic);
  if (!subscribers) co_return store_failure(subscribers.error());

  const TopicMessage common{.message_id = deps_.random.uuid(),
                            .topic_arn = what.topic_arn,
                            .subject = std::move(what.subject),
                            .message = std::move(what.message),
                            .attributes = std::move(what.attributes),
                            .at = deps_.clock.now()};
  std::vector<store::OutboxEntry> entries;
  for (const store::Subscription& subscription : *subscribers) {
    if (!subscription.confirmed) continue;
    TopicMessage message = common;
    const auto own = what.by_protocol.find(subscription.endpoint.starts_with("https:") ? "https" : "http");
    if (own != what.by_protocol.end()) message.message = own->second;
    store::OutboxEntry& entry = entries.emplace_back();
    entry.kind = store::OutboxKind::topic_message;
    entry.account_id = account_id;
    entry.destination = subscription.arn;
    entry.order_key = message.message_id;
    entry.topic_arn = message.topic_arn;
    entry.payload = to_payload(message);
    entry.created = entry.next_attempt = message.at;
  }
  if (!entries.empty()) {
    const auto added = co_await deps_.outbox.add(std::move(entries), std::nullopt);
    if (!added) co_return store_failure(added.error());
    deps_.added();
  }
  co_return common.message_id;
}

}  // namespace sesame::publish
