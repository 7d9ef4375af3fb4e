// sqlite/pool_store.h: pools of dedicated addresses on queue.db.
#pragma once

#include "store/pool_store.h"
#include "store/sqlite/engine.h"

namespace sesame::store::sqlite {

// `engine` is the queue store's and must outlive it. No operation may be under way when it is destroyed.
class SqlitePoolStore final : public PoolStore {
 public:
  explicit SqlitePoolStore(Engine& engine) : engine_(engine) {}

  StoreTask<void> create_pool(SendingPool pool) override;
  StoreTask<void> delete_pool(std::string account_id, std::string name) override;
  StoreTask<std::vector<SendingPool>> list_pools() override;

  StoreTask<void> add_addresses(std::vector<DedicatedAddress> addresses) override;
  StoreTask<void> move_address(std::string account_id, std::string address, std::string pool) override;
  StoreTask<void> set_warmup(std::string account_id, std::string address, std::optional<Time> began) override;
  StoreTask<std::vector<DedicatedAddress>> list_addresses() override;

  StoreTask<void> choose_pool(std::string account_id, std::string configuration_set,
                              std::optional<std::string> pool) override;
  StoreTask<std::optional<std::string>> chosen_pool(std::string account_id, std::string configuration_set) override;
  StoreTask<std::vector<PoolChoice>> list_choices() override;

  StoreTask<void> set_auto_warmup(std::string account_id, bool enabled) override;
  StoreTask<bool> auto_warmup(std::string account_id) override;

  StoreTask<void> add_warmup_counts(std::chrono::sys_days day, std::vector<WarmupCount> counts) override;
  StoreTask<std::vector<WarmupCount>> warmup_counts(std::chrono::sys_days day) override;

 private:
  Engine& engine_;
};

}  // namespace sesame::store::sqlite
