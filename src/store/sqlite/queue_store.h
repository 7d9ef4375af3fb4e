// sqlite/queue_store.h: the queue on queue.db.
//
// Writes, leases and schedule questions belong to the writer's thread: leasing runs between transactions, so a
// recipient whose outcome has been recorded cannot be leased from an older view of the table. Everything else reads
// beside it.
#pragma once

#include <filesystem>
#include <memory>

#include "store/queue_store.h"
#include "store/sqlite/directory_lock.h"
#include "store/sqlite/engine.h"
#include "store/sqlite/hand_over.h"
#include "store/sqlite/hot_contents.h"
#include "store/sqlite/lease_table.h"
#include "store/sqlite/message_rows.h"
#include "store/sqlite/metric_rows.h"

namespace sesame::store::sqlite {

// No operation may be under way when it is destroyed.
class SqliteQueueStore final : public QueueStore {
 public:
  // `lock` is held as long as the store lives. The error is one line naming the file.
  static Result<std::unique_ptr<SqliteQueueStore>, std::string> open(const std::filesystem::path& file,
                                                                     std::shared_ptr<DirectoryLock> lock);

  void set_take_over(TakeOver take_over) override { hand_over_.set(std::move(take_over)); }
  using QueueStore::enqueue;
  StoreTask<QueueId> enqueue(NewMessage message, std::vector<Event> events, SuppressionCheck check) override;

  StoreTask<std::vector<DueRecipient>> lease_due(Time now, std::size_t limit) override;
  StoreTask<void> release(std::vector<RecipientId> recipients) override;
  StoreTask<std::vector<DueRecipient>> read_leased(std::vector<RecipientId> recipients) override;
  StoreTask<std::optional<Time>> next_due() override;
  StoreTask<Contents> content(QueueId queue_id) override;

  StoreTask<void> record_outcomes(std::vector<RecipientOutcome> outcomes, std::vector<Event> events) override;
  StoreTask<void> append_events(std::vector<Event> events) override;
  StoreTask<std::size_t> retry_now(QueueId queue_id, Time now) override;
  StoreTask<std::size_t> drop(QueueId queue_id, Time now, std::string reason, std::vector<Event> events) override;

  StoreTask<MessageRecord> find_message(std::string account_id, std::string api_message_id) override;
  StoreTask<MessageRecord> find_message_any_account(std::string api_message_id) override;
  StoreTask<std::vector<MessageRecord>> list_messages(MessageFilter filter) override;
  StoreTask<std::vector<Event>> events_of(std::string api_message_id) override;
  StoreTask<std::vector<Event>> events_after(std::string account_id, std::int64_t sequence, std::size_t limit) override;
  StoreTask<std::int64_t> last_event_sequence() override;

  StoreTask<Depth> depth() override;
  WaitingOperations waiting() const override { return engine_->waiting(); }
  StoreTask<std::uint64_t> recipients_since(std::string account_id, Time since) override;
  StoreTask<std::size_t> forget_finished(Time before, std::size_t limit) override;

  StoreTask<void> put_suppressed(std::vector<SuppressedDestination> destinations) override;
  StoreTask<SuppressedDestination> find_suppressed(std::string account_id, std::string address) override;
  StoreTask<SuppressionPage> list_suppressed(SuppressionFilter filter) override;
  StoreTask<void> delete_suppressed(std::string account_id, std::string address) override;

  StoreTask<std::vector<std::pair<Time, std::uint64_t>>> recipients_by_minute(std::string account_id,
                                                                              Time since) override;
  StoreTask<std::vector<MetricPoint>> metrics(std::string account_id, MetricDimension dimension,
                                              std::optional<std::string> name, Time since, std::size_t limit) override;
  StoreTask<std::size_t> forget_metrics(Time before, std::size_t limit) override;

  // For what else is kept in the same file.
  Engine& engine() { return *engine_; }

 private:
  SqliteQueueStore(std::shared_ptr<DirectoryLock> lock, std::filesystem::path contents)
      : lock_(std::move(lock)), hot_(HotContents::Limits{}), files_(std::move(contents)) {}

  // What the writer does around its transactions.
  CommitHooks hooks();
  void forget_content(const Finished& message);

  std::shared_ptr<DirectoryLock> lock_;  // let go of after the engine is closed
  LeaseTable leases_;                    // the writer's thread
  MetricTally tally_;                    // the writer's thread: of the transaction that is open
  HotContents hot_;
  ContentFiles files_;  // the writer's thread, but for reading
  HandOver hand_over_;
  std::unique_ptr<Engine> engine_;
};

}  // namespace sesame::store::sqlite
