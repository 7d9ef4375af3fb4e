#include "store/sqlite/pause_store.h"

#include "store/sqlite/codes.h"
#include "store/sqlite/row_errors.h"

namespace sesame::store::sqlite {

StoreTask<void> SqlitePauseStore::put_pause(Pause pause) {
  auto operation = [pause = std::move(pause)](Database& db) -> StoreResult<void> {
    Query(db,
          "insert into pauses (account_id, scope, value, since, note) values (?1, ?2, ?3, ?4, ?5) "
          "on conflict do nothing",
          pause.account_id, code_of(pause.scope), pause.value, pause.since, pause.note)
        .run();
    return {};
  };
  return engine_.writer.write(std::move(operation));
}

StoreTask<void> SqlitePauseStore::delete_pause(std::string account_id, PauseScope scope, std::string value) {
  auto operation = [account_id = std::move(account_id), scope,
                    value = std::move(value)](Database& db) -> StoreResult<void> {
    Query(db, "delete from pauses where account_id = ?1 and scope = ?2 and value = ?3", account_id, code_of(scope),
          value)
        .run();
    return expect_found(db, "pause of " + value);
  };
  return engine_.writer.write(std::move(operation));
}

StoreTask<std::vector<Pause>> SqlitePauseStore::list_pauses() {
  auto operation = [](Database& db) -> StoreResult<std::vector<Pause>> {
    std::vector<Pause> pauses;
    Query query(db, "select account_id, scope, value, since, note from pauses order by account_id, scope, value");
    while (query.step()) {
      pauses.push_back({.account_id = query.text(0),
                        .scope = pause_scope(query, 1),
                        .value = query.text(2),
                        .since = query.time(3),
                        .note = query.text(4)});
    }
    return pauses;
  };
  return engine_.readers.read(std::move(operation));
}

}  // namespace sesame::store::sqlite
