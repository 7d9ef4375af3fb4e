// sqlite/topic_store.h: topics, subscriptions and feedback topics on control.db.
#pragma once

#include "store/sqlite/engine.h"
#include "store/topic_store.h"

namespace sesame::store::sqlite {

// `engine` is the control store's and must outlive it. No operation may be under way when it is destroyed.
class SqliteTopicStore final : public TopicStore {
 public:
  explicit SqliteTopicStore(Engine& engine) : engine_(engine) {}

  StoreTask<Topic> create_topic(Topic topic) override;
  StoreTask<Topic> find_topic(std::string arn) override;
  StoreTask<void> update_topic(Topic topic) override;
  StoreTask<void> delete_topic(std::string arn) override;
  StoreTask<std::vector<Topic>> list_topics(std::string account_id, std::string after, std::size_t limit) override;
  StoreTask<std::uint64_t> count_topics(std::string account_id) override;

  StoreTask<Subscription> put_subscription(Subscription subscription) override;
  StoreTask<void> set_raw_message_delivery(std::string subscription_arn, bool raw) override;
  StoreTask<Subscription> find_subscription(std::string arn) override;
  StoreTask<Subscription> find_subscription_to(std::string topic_arn, std::string endpoint) override;
  StoreTask<Subscription> confirm_subscription(std::string topic_arn, std::string token_sha256, Time not_before,
                                               bool authenticate_on_unsubscribe) override;
  StoreTask<void> delete_subscription(std::string arn) override;
  StoreTask<std::vector<Subscription>> list_subscriptions(std::string account_id, std::string after,
                                                          std::size_t limit) override;
  StoreTask<std::vector<Subscription>> list_topic_subscriptions(std::string topic_arn, std::string after,
                                                                std::size_t limit) override;
  StoreTask<SubscriptionCounts> count_subscriptions(std::string topic_arn) override;
  StoreTask<std::size_t> forget_pending_subscriptions(Time before) override;

  StoreTask<void> set_feedback_topic(std::string account_id, std::string identity, FeedbackKind kind,
                                     std::optional<std::string> topic_arn) override;
  StoreTask<void> set_feedback_headers(std::string account_id, std::string identity, FeedbackKind kind,
                                       bool with_headers) override;
  StoreTask<FeedbackTopics> find_feedback_topics(std::string account_id, std::string identity) override;

 private:
  Engine& engine_;
};

}  // namespace sesame::store::sqlite
