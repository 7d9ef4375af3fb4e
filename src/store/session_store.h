// store/session_store.h: who is signed in to the console.
//
// Part of control.db. As of store/control_store.h: implementations are thread-safe, reads see every write that has
// returned, every operation may also fail with full, unavailable or corrupt.
#pragma once

#include <cstdint>
#include <string>

#include "base/clock.h"
#include "store/error.h"

namespace sesame::store {

struct ConsoleSession {
  std::string token_sha256;  // of what the browser holds; the token itself is nowhere
  std::string account_id;
  std::string access_key_id;  // signed in with it; empty: with the operator's password
  Time created{};
  Time last_used{};  // to some minutes
  Time expires{};
  friend bool operator==(const ConsoleSession&, const ConsoleSession&) = default;
};

class SessionStore {
 public:
  // Of each account; a further one ends the one used longest ago.
  static constexpr std::size_t max_sessions = 200;

  virtual ~SessionStore() = default;

  // Sessions that have expired by `session.created` go in the same commit. already_exists
  virtual StoreTask<void> create_session(ConsoleSession session) = 0;
  // not_found: there is none, it has expired at `now`, or its access key has been deleted.
  virtual StoreTask<ConsoleSession> find_session(std::string token_sha256, Time now) = 0;
  // It may have ended before.
  virtual StoreTask<void> touch_session(std::string token_sha256, Time last_used, Time expires) = 0;
  virtual StoreTask<void> end_session(std::string token_sha256) = 0;
  // All of the account but `except` (a digest; may be empty); returns how many.
  virtual StoreTask<std::size_t> end_sessions(std::string account_id, std::string except) = 0;
};

}  // namespace sesame::store
