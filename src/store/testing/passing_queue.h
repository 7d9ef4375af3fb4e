// store/testing/passing_queue.h: a queue store that does everything as the store behind it; what a test wants
// otherwise, it overrides.
#pragma once

#include <utility>

#include "store/queue_store.h"

namespace sesame::store {

// `behind` must outlive it.
class PassingQueue : public QueueStore {
 public:
  explicit PassingQueue(QueueStore& behind) : behind_(behind) {}

  void set_take_over(TakeOver take_over) override { behind_.set_take_over(std::move(take_over)); }
  using QueueStore::enqueue;
  StoreTask<QueueId> enqueue(NewMessage message, std::vector<Event> events, SuppressionCheck check) override {
    return behind_.enqueue(std::move(message), std::move(events), std::move(check));
  }
  StoreTask<std::vector<DueRecipient>> lease_due(Time now, std::size_t limit) override {
    return behind_.lease_due(now, limit);
  }
  StoreTask<void> release(std::vector<RecipientId> recipients) override {
    return behind_.release(std::move(recipients));
  }
  StoreTask<std::vector<DueRecipient>> read_leased(std::vector<RecipientId> recipients) override {
    return behind_.read_leased(std::move(recipients));
  }
  StoreTask<std::optional<Time>> next_due() override { return behind_.next_due(); }
  StoreTask<Contents> content(QueueId queue_id) override { return behind_.content(queue_id); }
  StoreTask<void> record_outcomes(std::vector<RecipientOutcome> outcomes, std::vector<Event> events) override {
    return behind_.record_outcomes(std::move(outcomes), std::move(events));
  }
  StoreTask<void> append_events(std::vector<Event> events) override { return behind_.append_events(std::move(events)); }
  StoreTask<std::size_t> retry_now(QueueId queue_id, Time now) override { return behind_.retry_now(queue_id, now); }
  StoreTask<std::size_t> drop(QueueId queue_id, Time now, std::string reason, std::vector<Event> events) override {
    return behind_.drop(queue_id, now, std::move(reason), std::move(events));
  }
  StoreTask<MessageRecord> find_message(std::string account_id, std::string api_message_id) override {
    return behind_.find_message(std::move(account_id), std::move(api_message_id));
  }
  StoreTask<MessageRecord> find_message_any_account(std::string api_message_id) override {
    return behind_.find_message_any_account(std::move(api_message_id));
  }
  StoreTask<std::vector<MessageRecord>> list_messages(MessageFilter filter) override {
    return behind_.list_messages(std::move(filter));
  }
  StoreTask<std::vector<Event>> events_of(std::string api_message_id) override {
    return behind_.events_of(std::move(api_message_id));
  }
  StoreTask<std::vector<Event>> events_after(std::string account_id, std::int64_t sequence,
                                             std::size_t limit) override {
    return behind_.events_after(std::move(account_id), sequence, limit);
  }
  StoreTask<std::int64_t> last_event_sequence() override { return behind_.last_event_sequence(); }
  StoreTask<Depth> depth() override { return behind_.depth(); }
  WaitingOperations waiting() const override { return behind_.waiting(); }
  StoreTask<std::uint64_t> recipients_since(std::string account_id, Time since) override {
    return behind_.recipients_since(std::move(account_id), since);
  }
  StoreTask<std::size_t> forget_finished(Time before, std::size_t limit) override {
    return behind_.forget_finished(before, limit);
  }
  StoreTask<void> put_suppressed(std::vector<SuppressedDestination> destinations) override {
    return behind_.put_suppressed(std::move(destinations));
  }
  StoreTask<SuppressedDestination> find_suppressed(std::string account_id, std::string address) override {
    return behind_.find_suppressed(std::move(account_id), std::move(address));
  }
  StoreTask<SuppressionPage> list_suppressed(SuppressionFilter filter) override {
    return behind_.list_suppressed(std::move(filter));
  }
  StoreTask<void> delete_suppressed(std::string account_id, std::string address) override {
    return behind_.delete_suppressed(std::move(account_id), std::move(address));
  }
  StoreTask<std::vector<std::pair<Time, std::uint64_t>>> recipients_by_minute(std::string account_id,
                                                                              Time since) override {
    return behind_.recipients_by_minute(std::move(account_id), since);
  }
  StoreTask<std::vector<MetricPoint>> metrics(std::string account_id, MetricDimension dimension,
                                              std::optional<std::string> name, Time since, std::size_t limit) override {
    return behind_.metrics(std::move(account_id), dimension, std::move(name), since, limit);
  }
  StoreTask<std::size_t> forget_metrics(Time before, std::size_t limit) override {
    return behind_.forget_metrics(before, limit);
  }

 private:
  QueueStore& behind_;
};

}  // namespace sesame::store
