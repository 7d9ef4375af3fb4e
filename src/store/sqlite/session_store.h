// sqlite/session_store.h: sessions of the console on control.db.
#pragma once

#include "store/session_store.h"
#include "store/sqlite/engine.h"

namespace sesame::store::sqlite {

// `engine` is the control store's and must outlive it. No operation may be under way when it is destroyed.
class SqliteSessionStore final : public SessionStore {
 public:
  explicit SqliteSessionStore(Engine& engine) : engine_(engine) {}

  StoreTask<void> create_session(ConsoleSession session) override;
  StoreTask<ConsoleSession> find_session(std::string token_sha256, Time now) override;
  StoreTask<void> touch_session(std::string token_sha256, Time last_used, Time expires) override;
  StoreTask<void> end_session(std::string token_sha256) override;
  StoreTask<std::size_t> end_sessions(std::string account_id, std::string except) override;

 private:
  Engine& engine_;
};

}  // namespace sesame::store::sqlite
