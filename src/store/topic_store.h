// store/topic_store.h: topics, who is subscribed to them, and which identities tell their feedback to which topic.
//
// Part of control.db. As of store/control_store.h: implementations are thread-safe, reads see every write that has
// returned, every operation may also fail with full, unavailable or corrupt, lists are as long as `limit` at most and
// go on after `after` ("" at the start).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "store/error.h"

namespace sesame::store {

struct Topic {
  std::string arn;  // arn:aws:sns:<region>:<account>:<name>
  std::string account_id;
  std::string display_name;
  std::string policy;         // JSON as given, kept and shown; empty: none was given
  int signature_version = 1;  // 1 (SHA-1) or 2 (SHA-256)
  Time created{};
  friend bool operator==(const Topic&, const Topic&) = default;
};

struct Subscription {
  std::string arn;  // <topic arn>:<uuid>
  std::string topic_arn;
  std::string account_id;
  std::string endpoint;  // URL; its scheme is the protocol
  bool confirmed = false;
  bool raw_message_delivery = false;
  bool authenticate_on_unsubscribe = false;
  std::string token_sha256;  // of the token the endpoint was sent last
  Time created{};            // of the token while it is not confirmed
  friend bool operator==(const Subscription&, const Subscription&) = default;
};

struct SubscriptionCounts {
  std::uint64_t confirmed = 0, pending = 0;
  friend bool operator==(const SubscriptionCounts&, const SubscriptionCounts&) = default;
};

// What an identity tells of (spec 3.2, 3.4), each kind to a topic of its own.
enum class FeedbackKind { bounce, complaint, delivery };
inline constexpr std::size_t feedback_kind_count = 3;

struct FeedbackTopic {
  std::optional<std::string> topic_arn;
  bool with_headers = false;
  friend bool operator==(const FeedbackTopic&, const FeedbackTopic&) = default;
};

// An identity that never set anything has the defaults.
struct FeedbackTopics {
  std::array<FeedbackTopic, feedback_kind_count> kinds;

  const FeedbackTopic& of(FeedbackKind kind) const { return kinds[static_cast<std::size_t>(kind)]; }
  FeedbackTopic& of(FeedbackKind kind) { return kinds[static_cast<std::size_t>(kind)]; }
  friend bool operator==(const FeedbackTopics&, const FeedbackTopics&) = default;
};

class TopicStore {
 public:
  virtual ~TopicStore() = default;

  // The topic of that ARN if there is one, else `topic`, now stored.
  virtual StoreTask<Topic> create_topic(Topic topic) = 0;
  virtual StoreTask<Topic> find_topic(std::string arn) = 0;   // not_found
  virtual StoreTask<void> update_topic(Topic topic) = 0;      // not_found
  virtual StoreTask<void> delete_topic(std::string arn) = 0;  // with its subscriptions; it may have gone before
  virtual StoreTask<std::vector<Topic>> list_topics(std::string account_id, std::string after, std::size_t limit) = 0;
  virtual StoreTask<std::uint64_t> count_topics(std::string account_id) = 0;

  // One for each topic and endpoint: inserts it, or gives the one that waits for confirmation the new token; what has
  // been confirmed stays as it is. Returns what is stored then. not_found: the topic has gone.
  virtual StoreTask<Subscription> put_subscription(Subscription subscription) = 0;
  virtual StoreTask<void> set_raw_message_delivery(std::string subscription_arn, bool raw) = 0;  // not_found
  virtual StoreTask<Subscription> find_subscription(std::string arn) = 0;                        // not_found
  // The one of that topic and endpoint. not_found
  virtual StoreTask<Subscription> find_subscription_to(std::string topic_arn, std::string endpoint) = 0;
  // Confirms the subscription that was sent this token, or returns it as it is when that was done before. not_found:
  // none, or it waits since before `not_before`.
  virtual StoreTask<Subscription> confirm_subscription(std::string topic_arn, std::string token_sha256, Time not_before,
                                                       bool authenticate_on_unsubscribe) = 0;
  virtual StoreTask<void> delete_subscription(std::string arn) = 0;  // it may have gone before
  virtual StoreTask<std::vector<Subscription>> list_subscriptions(std::string account_id, std::string after,
                                                                  std::size_t limit) = 0;
  virtual StoreTask<std::vector<Subscription>> list_topic_subscriptions(std::string topic_arn, std::string after,
                                                                        std::size_t limit) = 0;
  virtual StoreTask<SubscriptionCounts> count_subscriptions(std::string topic_arn) = 0;
  // Those never confirmed that wait since before `before`; returns how many.
  virtual StoreTask<std::size_t> forget_pending_subscriptions(Time before) = 0;

  // not_found: no such identity. They go with the identity.
  virtual StoreTask<void> set_feedback_topic(std::string account_id, std::string identity, FeedbackKind kind,
                                             std::optional<std::string> topic_arn) = 0;
  virtual StoreTask<void> set_feedback_headers(std::string account_id, std::string identity, FeedbackKind kind,
                                               bool with_headers) = 0;
  // The defaults also for an identity that does not exist.
  virtual StoreTask<FeedbackTopics> find_feedback_topics(std::string account_id, std::string identity) = 0;
};

}  // namespace sesame::store
