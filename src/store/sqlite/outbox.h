// sqlite/outbox.h: the outbox on queue.db.
#pragma once

#include "store/outbox.h"
#include "store/sqlite/engine.h"

namespace sesame::store::sqlite {

// `engine` is the queue store's and must outlive it. No operation may be under way when it is destroyed.
class SqliteOutbox final : public Outbox {
 public:
  explicit SqliteOutbox(Engine& engine) : engine_(engine) {}

  StoreTask<std::vector<UnpublishedEvent>> events_to_publish(std::int64_t sequence, std::size_t limit) override;
  StoreTask<std::int64_t> published_through() override;
  StoreTask<void> add(std::vector<OutboxEntry> entries, std::optional<std::int64_t> published_through) override;

  StoreTask<std::vector<DueDestination>> waiting_destinations() override;
  StoreTask<std::vector<ReadyEntry>> ready(std::string destination, Time now, std::size_t limit) override;
  StoreTask<void> settle(std::vector<OutboxOutcome> outcomes) override;
  StoreTask<std::size_t> give_up(std::string destination, Time created_before, std::string error) override;
  StoreTask<std::size_t> discard(std::string destination) override;

  StoreTask<std::vector<DestinationState>> destination_states(std::string account_id, std::size_t limit) override;
  StoreTask<std::vector<ReadyEntry>> dead_entries(std::string account_id, std::string destination,
                                                  std::int64_t entry_id, std::size_t limit) override;
  StoreTask<std::size_t> revive(std::string account_id, std::string destination, Time now) override;
  StoreTask<std::size_t> forget_dead(Time created_before) override;
  StoreTask<Depth> outbox_depth() override;

 private:
  Engine& engine_;
};

}  // namespace sesame::store::sqlite
