#include "store/sqlite/session_store.h"

#include "store/sqlite/row_errors.h"

namespace sesame::store::sqlite {
namespace {

#define SESAME_SESSION_COLUMNS "token_sha256, account_id, access_key_id, created, last_used, expires"

// Makes room for one more.
void end_oldest(Database& db, const std::string& account_id) {
  Query(db,
        "delete from console_sessions where token_sha256 in (select token_sha256 from console_sessions "
        "where account_id = ?1 order by last_used desc, token_sha256 limit -1 offset ?2)",
        account_id, SessionStore::max_sessions - 1)
      .run();
}

}  // namespace

StoreTask<void> SqliteSessionStore::create_session(ConsoleSession session) {
  auto operation = [s = std::move(session)](Database& db) -> StoreResult<void> {
    Query(db, "delete from console_sessions where expires <= ?1", s.created).run();
    end_oldest(db, s.account_id);
    Query(db,
          "insert into console_sessions (" SESAME_SESSION_COLUMNS
          ") values (?1, ?2, ?3, ?4, ?5, ?6) on conflict do nothing",
          s.token_sha256, s.account_id, s.access_key_id, s.created, s.last_used, s.expires)
        .run();
    return expect_made(db, "a session");
  };
  return engine_.writer.write(std::move(operation));
}

StoreTask<ConsoleSession> SqliteSessionStore::find_session(std::string token_sha256, Time now) {
  auto operation = [token = std::move(token_sha256), now](Database& db) -> StoreResult<ConsoleSession> {
    Query row(db,
              "select " SESAME_SESSION_COLUMNS
              " from console_sessions s where token_sha256 = ?1 and expires > ?2 and (access_key_id = '' or exists "
              "(select 1 from credentials c where c.access_key_id = s.access_key_id))",
              token, now);
    if (!row.step()) return not_found("a session");
    return ConsoleSession{.token_sha256 = row.text(0),
                          .account_id = row.text(1),
                          .access_key_id = row.text(2),
                          .created = row.time(3),
                          .last_used = row.time(4),
                          .expires = row.time(5)};
  };
  return engine_.readers.read(std::move(operation));
}

StoreTask<void> SqliteSessionStore::touch_session(std::string token_sha256, Time last_used, Time expires) {
  auto operation = [token = std::move(token_sha256), last_used, expires](Database& db) -> StoreResult<void> {
    Query(db, "update console_sessions set last_used = ?2, expires = ?3 where token_sha256 = ?1", token, last_used,
          expires)
        .run();
    return {};
  };
  return engine_.writer.write(std::move(operation));
}

StoreTask<void> SqliteSessionStore::end_session(std::string token_sha256) {
  auto operation = [token = std::move(token_sha256)](Database& db) -> StoreResult<void> {
    Query(db, "delete from console_sessions where token_sha256 = ?1", token).run();
    return {};
  };
  return engine_.writer.write(std::move(operation));
}

StoreTask<std::size_t> SqliteSessionStore::end_sessions(std::string account_id, std::string except) {
  auto operation = [account = std::move(account_id),
                    except = std::move(except)](Database& db) -> StoreResult<std::size_t> {
    Query(db, "delete from console_sessions where account_id = ?1 and token_sha256 <> ?2", account, except).run();
    return static_cast<std::size_t>(db.changes());
  };
  return engine_.writer.write(std::move(operation));
}

}  // namespace sesame::store::sqlite
