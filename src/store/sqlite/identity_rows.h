// sqlite/identity_rows.h: identities and DKIM keys as rows. Called on database threads with a connection.
#pragma once

#include "base/seal.h"
#include "store/control_store.h"
#include "store/sqlite/database.h"

namespace sesame::store::sqlite {

// The columns read_identity() expects, in order.
#define SESAME_IDENTITY_COLUMNS "account_id, name, kind, created, version, next_look, state"

// The current row of a query that selects SESAME_IDENTITY_COLUMNS. Throws EngineFailure(corrupt).
IdentityRecord read_identity(Query& row);

std::optional<std::int64_t> find_identity_id(Database& db, const std::string& account_id, const std::string& name);

// A key ready to be written: `private_key` of `key` is empty, its sealed form beside it.
struct SealedKey {
  DkimKey key;
  std::string sealed_private_key;
};
std::vector<SealedKey> seal_keys(const Sealer& sealer, std::vector<DkimKey> keys);
// "dkim:<account>:<identity>:<selector>": the row a sealed key belongs to.
std::string dkim_seal_context(const DkimKey& key);

// Inserts or replaces by selector. An Easy DKIM token that another identity holds: EngineFailure(already_exists).
void put_keys(Database& db, std::int64_t identity_id, const std::vector<SealedKey>& keys);
void remove_keys(Database& db, std::int64_t identity_id);

// Adds, and forgets what is beyond max_history.
void put_history(Database& db, std::int64_t identity_id, const std::vector<HistoryEntry>& entries);

}  // namespace sesame::store::sqlite
