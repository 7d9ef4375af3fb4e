// sqlite/pause_store.h: pauses on queue.db.
#pragma once

#include "store/pause_store.h"
#include "store/sqlite/engine.h"

namespace sesame::store::sqlite {

// `engine` is the queue store's and must outlive it. No operation may be under way when it is destroyed.
class SqlitePauseStore final : public PauseStore {
 public:
  explicit SqlitePauseStore(Engine& engine) : engine_(engine) {}

  StoreTask<void> put_pause(Pause pause) override;
  StoreTask<void> delete_pause(std::string account_id, PauseScope scope, std::string value) override;
  StoreTask<std::vector<Pause>> list_pauses() override;

 private:
  Engine& engine_;
};

}  // namespace sesame::store::sqlite
