#include "publish/fan_out.h"

#include <fmt/format.h>

#include "base/log.h"
#include "events/notification.h"
#include "publish/destination_name.h"
#include "publish/topics.h"

namespace sesame::publish {
namespace {

constexpr std::int64_t uncommitted_at_most = 1000;  // events looked at for nobody

using store::EventKind;
using store::FeedbackKind;
using store::OutboxKind;
using store::StoreErrc;

store::OutboxEntry entry_for(const store::Event& event, OutboxKind kind, std::string destination, std::string topic_arn,
                             Time now) {
  store::OutboxEntry entry;
  entry.kind = kind;
  entry.account_id = event.account_id;
  entry.destination = std::move(destination);
  entry.order_key = event.api_message_id;  // what befalls one message is told in order
  entry.event_sequence = event.sequence;
  entry.topic_arn = std::move(topic_arn);
  entry.created = entry.next_attempt = now;
  return entry;
}

std::string_view word(FeedbackKind kind) {
  switch (kind) {
    case FeedbackKind::bounce: return "bounce";
    case FeedbackKind::complaint: return "complaint";
    case FeedbackKind::delivery: return "delivery";
  }
  return "";
}

}  // namespace

// What has been looked up in this round, so that the many events of one identity cost one look; and what came of it.
struct FanOut::Round {
  using Name = std::pair<std::string, std::string>;  // account, and a name in it

  Time now{};
  std::vector<store::OutboxEntry> entries;
  std::map<Name, bool> forwards;
  std::map<Name, store::FeedbackTopics> feedback_topics;
  std::map<Name, std::vector<store::EventDestination>> destinations;
  std::map<std::string, std::optional<std::vector<store::Subscription>>> subscribers;  // by topic; unset: it has gone
};

net::Task<store::StoreResult<std::size_t>> FanOut::run_once() {
  if (!reached_) {
    const auto through = co_await deps_.outbox.published_through();
    if (!through) co_return std::unexpected(through.error());
    reached_ = committed_ = *through;
  }
  const auto events = co_await deps_.outbox.events_to_publish(*reached_, events_per_round);
  if (!events) co_return std::unexpected(events.error());
  if (events->empty()) co_return 0;

  Round round;
  round.now = deps_.clock.now();
  for (const store::UnpublishedEvent& event : *events) {
    const auto routed = co_await route(event, round);
    if (!routed) co_return std::unexpected(routed.error());
  }
  const std::int64_t through = events->back().event.sequence;
  const std::size_t added = round.entries.size();
  if (added > 0 || through - committed_ >= uncommitted_at_most) {
    const auto put = co_await deps_.outbox.add(std::move(round.entries), through);
    if (!put) co_return std::unexpected(put.error());
    committed_ = through;
  }
  reached_ = through;
  entries_added_ += added;
  co_return events->size();
}

net::Task<store::StoreResult<void>> FanOut::route(const store::UnpublishedEvent& event, Round& round) {
  const bool is_ours = event.accepted_through == store::accepted_through_service;
  const auto told_as = events::told_as(event.event.kind);
  if (!event.message_known || is_ours || !told_as) co_return store::StoreResult<void>{};
  const auto by_identity = co_await to_identity_topic(event, round);
  if (!by_identity) co_return std::unexpected(by_identity.error());
  const auto by_set = co_await to_configuration_set(event, *told_as, round);
  if (!by_set) co_return std::unexpected(by_set.error());

  // An automatic reply is no reason to write to anybody.
  const EventKind kind = event.event.kind;
  if (kind != EventKind::bounce && kind != EventKind::complaint) co_return store::StoreResult<void>{};
  const Round::Name name{event.event.account_id, event.identity};
  auto forwards = round.forwards.find(name);
  if (forwards == round.forwards.end()) {
    const auto identity = co_await deps_.control.find_identity(name.first, name.second);
    if (!identity && identity.error().code != StoreErrc::not_found) co_return std::unexpected(identity.error());
    forwards = round.forwards.emplace(name, !identity || identity->feedback_forwarding).first;
  }
  if (forwards->second || (!*by_identity && !*by_set)) {
    round.entries.push_back(
        entry_for(event.event, OutboxKind::forwarded_feedback, std::string(forwarding_destination), "", round.now));
  }
  co_return store::StoreResult<void>{};
}

net::Task<store::StoreResult<bool>> FanOut::to_identity_topic(const store::UnpublishedEvent& event, Round& round) {
  const auto kind = events::feedback_kind(event.event.kind);
  if (!kind || event.identity.empty()) co_return false;
  const Round::Name name{event.event.account_id, event.identity};
  auto known = round.feedback_topics.find(name);
  if (known == round.feedback_topics.end()) {
    const auto topics = co_await deps_.topics.find_feedback_topics(name.first, name.second);
    if (!topics) co_return std::unexpected(topics.error());
    known = round.feedback_topics.emplace(name, *topics).first;
  }
  const std::optional<std::string> topic_arn = known->second.of(*kind).topic_arn;
  if (!topic_arn) co_return false;
  const auto told = co_await to_topic(event, OutboxKind::identity_feedback, *topic_arn, round);
  if (!told) co_return std::unexpected(told.error());
  if (!*told && *kind != FeedbackKind::delivery) {
    const auto dropped = co_await drop_topic(event, *kind, *topic_arn);
    if (!dropped) co_return std::unexpected(dropped.error());
    known->second.of(*kind).topic_arn.reset();
    round.forwards[name] = true;
  }
  co_return *told;
}

net::Task<store::StoreResult<bool>> FanOut::to_configuration_set(const store::UnpublishedEvent& event,
                                                                 EventKind told_as, Round& round) {
  if (!event.configuration_set) co_return false;
  const Round::Name name{event.event.account_id, *event.configuration_set};
  auto known = round.destinations.find(name);
  if (known == round.destinations.end()) {
    auto set = co_await deps_.control.find_configuration_set(name.first, name.second);
    if (!set && set.error().code != StoreErrc::not_found) co_return std::unexpected(set.error());
    std::vector<store::EventDestination> destinations;
    if (set) destinations = std::move(set->event_destinations);
    known = round.destinations.emplace(name, std::move(destinations)).first;
  }
  bool taken = false;
  for (const store::EventDestination& destination : known->second) {
    if (!destination.matches(told_as)) continue;
    if (const auto* topic = std::get_if<store::TopicTarget>(&destination.target)) {
      const auto told = co_await to_topic(event, OutboxKind::configuration_event, topic->topic_arn, round);
      if (!told) co_return std::unexpected(told.error());
      taken = taken || *told;
    } else {
      round.entries.push_back(entry_for(event.event, OutboxKind::configuration_event,
                                        to_string(WebhookName{name.first, name.second, destination.name}), "",
                                        round.now));
      taken = true;
    }
  }
  co_return taken;
}

net::Task<store::StoreResult<bool>> FanOut::to_topic(const store::UnpublishedEvent& event, OutboxKind kind,
                                                     std::string topic_arn, Round& round) {
  auto known = round.subscribers.find(topic_arn);
  if (known == round.subscribers.end()) {
    const auto topic = co_await deps_.topics.find_topic(topic_arn);
    if (!topic && topic.error().code != StoreErrc::not_found) co_return std::unexpected(topic.error());
    // Topics belong to accounts, and an account tells its own only.
    std::optional<std::vector<store::Subscription>> listed;
    if (topic && topic->account_id == event.event.account_id) {
      auto list = co_await deps_.topics.list_topic_subscriptions(topic_arn, "", max_subscriptions_per_topic);
      if (!list) co_return std::unexpected(list.error());
      listed = std::move(*list);
    }
    known = round.subscribers.emplace(topic_arn, std::move(listed)).first;
  }
  const std::optional<std::vector<store::Subscription>>& subscribers = known->second;
  if (!subscribers) co_return false;
  for (const store::Subscription& subscription : *subscribers) {
    if (!subscription.confirmed) continue;
    round.entries.push_back(entry_for(event.event, kind, subscription.arn, topic_arn, round.now));
  }
  co_return true;
}

net::Task<store::StoreResult<void>> FanOut::drop_topic(const store::UnpublishedEvent& event, FeedbackKind kind,
                                                       std::string topic_arn) {
  const std::string account_id = event.event.account_id, identity = event.identity;
  // Forwarding first: between the two nobody would be told.
  const auto forwarding = co_await deps_.identities.set_feedback_forwarding(account_id, identity, true);
  if (!forwarding && forwarding.error().code != identity::IdentityErrc::not_found) {
    co_return std::unexpected(store::StoreError{StoreErrc::unavailable, forwarding.error().text});
  }
  const auto cleared = co_await deps_.topics.set_feedback_topic(account_id, identity, kind, std::nullopt);
  if (!cleared && cleared.error().code != StoreErrc::not_found) co_return std::unexpected(cleared.error());
  log::warning("publish", "the topic of an identity has gone; its feedback is forwarded by mail",
               {{"identity", identity}, {"topic", topic_arn}});
  const auto account = co_await deps_.control.find_account(account_id);
  if (!account || account->notice_address.empty()) co_return store::StoreResult<void>{};
  identity::Notice notice;
  notice.account_id = account_id;
  notice.to = account->notice_address;
  notice.subject = fmt::format("Feedback about {} is forwarded by mail from now on", identity);
  notice.text = fmt::format(
      "Notifications about {} for the identity {} were to be published to the topic\n\n  {}\n\n"
      "which does not exist any more. The topic has been removed from the identity, and feedback is forwarded\n"
      "by mail from now on, until a topic is set again and forwarding is switched off.\n",
      word(kind), identity, topic_arn);
  const bool sent = co_await deps_.notices.send(std::move(notice));
  if (!sent) log::error("publish", "the account cannot be told of a dropped topic", {{"identity", identity}});
  co_return store::StoreResult<void>{};
}

}  // namespace sesame::publish
