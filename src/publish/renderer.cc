#include "publish/renderer.h"

#include <fmt/format.h>

#include "base/digest.h"
#include "base/text.h"
#include "publish/destination_name.h"

namespace sesame::publish {
namespace {

using store::OutboxKind;
using store::StoreErrc;

constexpr std::string_view event_subject = "Amazon SES Email Event Notification";  // spec 3.4: consumers compare it

// The same event told to the same topic is the same message, however often it is sent.
std::string message_id_of(const store::OutboxEntry& entry) {
  const std::string hex = sha256_hex(fmt::format("{}/{}", entry.event_sequence, entry.topic_arn));
  return fmt::format("{}-{}-5{}-8{}-{}", hex.substr(0, 8), hex.substr(8, 4), hex.substr(13, 3), hex.substr(17, 3),
                     hex.substr(20, 12));
}

std::string confirmation_text(const std::string& topic_arn) {
  return fmt::format(
      "You have chosen to subscribe to the topic {}.\n"
      "To confirm the subscription, visit the SubscribeURL included in this message.",
      topic_arn);
}

net::Task<std::string> envelope_there(const std::function<std::string()>& make) { co_return make(); }

}  // namespace

net::Task<Renderer::Made> Renderer::message_of(const store::ReadyEntry& ready) const {
  const store::OutboxEntry& entry = ready.entry;
  if (entry.kind == OutboxKind::topic_message || entry.kind == OutboxKind::subscription_confirmation) {
    auto read = read_payload(entry.payload);
    if (!read) co_return CannotBeMade{read.error()};
    read->topic_arn = entry.topic_arn;
    co_return std::move(*read);
  }
  if (!ready.event) co_return CannotBeMade{"the event has been forgotten"};
  const store::Event& event = *ready.event;
  const auto message = co_await deps_.queue.find_message_any_account(event.api_message_id);
  if (!message && message.error().code == StoreErrc::not_found)
    co_return CannotBeMade{"the message has been forgotten"};
  if (!message) co_return NotNow{message.error().detail};

  events::NotificationOptions options;
  options.region = deps_.region;
  options.reporting_mta = deps_.reporting_mta;
  TopicMessage made;
  if (entry.kind == OutboxKind::identity_feedback) {
    options.wrapping = events::Wrapping::identity_feedback;
    const auto topics = co_await deps_.topics.find_feedback_topics(event.account_id, message->message.identity);
    if (!topics) co_return NotNow{topics.error().detail};
    const auto kind = events::feedback_kind(event.kind);
    options.with_headers = kind && topics->of(*kind).with_headers;
  } else {
    made.subject = event_subject;
  }
  auto json = events::notification_json(event, *message, options);
  if (!json) co_return CannotBeMade{json.error()};
  made.message_id = message_id_of(entry);
  made.topic_arn = entry.topic_arn;
  made.message = std::move(*json);
  made.at = event.at;
  co_return made;
}

net::Task<Rendered> Renderer::for_subscriber(store::OutboxEntry entry, TopicMessage message) const {
  const auto subscription = co_await deps_.topics.find_subscription(entry.destination);
  if (!subscription && subscription.error().code == StoreErrc::not_found) co_return NobodyThere{};
  if (!subscription) co_return NotNow{subscription.error().detail};
  const auto topic = co_await deps_.topics.find_topic(entry.topic_arn);
  if (!topic && topic.error().code == StoreErrc::not_found) co_return NobodyThere{};
  if (!topic) co_return NotNow{topic.error().detail};
  auto url = http::parse_url(subscription->endpoint);
  if (!url) co_return CannotBeMade{"the endpoint is not a URL"};

  const bool is_confirmation = entry.kind == OutboxKind::subscription_confirmation;
  const bool raw = subscription->raw_message_delivery && !is_confirmation;
  const EnvelopeType type = is_confirmation ? EnvelopeType::subscription_confirmation : EnvelopeType::notification;
  Outgoing outgoing{std::move(*url), envelope_headers(type, message, subscription->arn, raw), ""};
  if (raw) {
    outgoing.body = std::move(message.message);
    co_return outgoing;
  }
  const int version = topic->signature_version;
  const Sign sign = [this, version](std::string_view text) { return deps_.key.sign(text, version); };
  EnvelopeUrls urls{deps_.public_url + deps_.key.path(), ""};
  const std::function<std::string()> make = [&]() -> std::string {
    if (!is_confirmation) {
      urls.other =
          fmt::format("{}/?Action=Unsubscribe&SubscriptionArn={}", deps_.public_url, percent_encode(subscription->arn));
      return notification_envelope(message, version, urls, sign);
    }
    // The payload of a confirmation is its token.
    TopicMessage asking = message;
    asking.message = confirmation_text(message.topic_arn);
    urls.other = fmt::format("{}/?Action=ConfirmSubscription&TopicArn={}&Token={}", deps_.public_url,
                             percent_encode(message.topic_arn), message.message);
    return confirmation_envelope(asking, message.message, version, urls, sign);
  };
  auto making = envelope_there(make);
  outgoing.body = co_await net::on_executor(deps_.workers, std::move(making));
  co_return outgoing;
}

net::Task<Rendered> Renderer::for_webhook(store::OutboxEntry entry, TopicMessage message) const {
  const auto name = parse_webhook_name(entry.destination);
  if (!name) co_return CannotBeMade{"the destination has no such name"};
  const auto set = co_await deps_.control.find_configuration_set(name->account_id, name->configuration_set);
  if (!set && set.error().code == StoreErrc::not_found) co_return NobodyThere{};
  if (!set) co_return NotNow{set.error().detail};
  for (const store::EventDestination& destination : set->event_destinations) {
    const auto* webhook = std::get_if<store::WebhookTarget>(&destination.target);
    if (destination.name != name->event_destination || webhook == nullptr) continue;
    auto url = http::parse_url(webhook->url);
    if (!url) co_return CannotBeMade{"the destination is not a URL"};
    co_return Outgoing{std::move(*url), envelope_headers(EnvelopeType::notification, message, "", true),
                       std::move(message.message)};
  }
  co_return NobodyThere{};
}

net::Task<Rendered> Renderer::render(store::ReadyEntry ready) const {
  auto made = co_await message_of(ready);
  if (auto* never = std::get_if<CannotBeMade>(&made)) co_return std::move(*never);
  if (auto* later = std::get_if<NotNow>(&made)) co_return std::move(*later);
  TopicMessage message = std::get<TopicMessage>(std::move(made));
  auto rendering = ready.entry.topic_arn.empty() ? for_webhook(std::move(ready.entry), std::move(message))
                                                 : for_subscriber(std::move(ready.entry), std::move(message));
  Rendered rendered = co_await std::move(rendering);
  co_return rendered;
}

}  // namespace sesame::publish
