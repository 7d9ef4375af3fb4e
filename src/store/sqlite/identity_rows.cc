#include "store/sqlite/identity_rows.h"

#include <fmt/format.h>

#include "store/identity_json.h"
#include "store/sqlite/codes.h"

namespace sesame::store::sqlite {

IdentityRecord read_identity(Query& row) {
  IdentityRecord identity;
  identity.account_id = row.text(0);
  identity.name = row.text(1);
  identity.kind = identity_kind(row, 2);
  identity.created = row.time(3);
  identity.version = static_cast<std::uint64_t>(row.integer(4));
  identity.next_look = row.optional_time(5);
  const auto state = read_identity_state(row.text(6), identity);
  if (!state) {
    throw EngineFailure(
        {StoreErrc::corrupt, fmt::format("{}/{}: {}", identity.account_id, identity.name, state.error())});
  }
  return identity;
}

std::optional<std::int64_t> find_identity_id(Database& db, const std::string& account_id, const std::string& name) {
  Query query(db, "select identity_id from identities where account_id = ?1 and name = ?2", account_id, name);
  if (!query.step()) return std::nullopt;
  return query.integer(0);
}

std::vector<SealedKey> seal_keys(const Sealer& sealer, std::vector<DkimKey> keys) {
  std::vector<SealedKey> sealed;
  for (DkimKey& key : keys) {
    std::string octets = sealer.seal(key.private_key.reveal(), dkim_seal_context(key));
    key.private_key = Secret();
    sealed.push_back({std::move(key), std::move(octets)});
  }
  return sealed;
}

std::string dkim_seal_context(const DkimKey& key) {
  return fmt::format("dkim:{}:{}:{}", key.account_id, key.identity, key.selector);
}

void put_keys(Database& db, std::int64_t identity_id, const std::vector<SealedKey>& keys) {
  for (const auto& [key, sealed_private_key] : keys) {
    Query(db,
          "insert into dkim_keys (identity_id, selector, origin, bits, public_key, sealed_private_key, created) "
          "values (?1, ?2, ?3, ?4, ?5, ?6, ?7) on conflict (identity_id, selector) do update set origin = "
          "excluded.origin, "
          "bits = excluded.bits, public_key = excluded.public_key, sealed_private_key = excluded.sealed_private_key, "
          "created = excluded.created",
          identity_id, key.selector, code_of(key.origin), key.bits, key.public_key, Blob{sealed_private_key},
          key.created)
        .run();
  }
}

void remove_keys(Database& db, std::int64_t identity_id) {
  Query(db, "delete from dkim_keys where identity_id = ?1", identity_id).run();
}

void put_history(Database& db, std::int64_t identity_id, const std::vector<HistoryEntry>& entries) {
  if (entries.empty()) return;
  for (const HistoryEntry& entry : entries) {
    Query(db, "insert into identity_history (identity_id, at, document) values (?1, ?2, ?3)", identity_id, entry.at,
          entry.document)
        .run();
  }
  Query(db,
        "delete from identity_history where identity_id = ?1 and entry_id <= (select entry_id from identity_history "
        "where identity_id = ?1 order by entry_id desc limit 1 offset ?2)",
        identity_id, max_history)
      .run();
}

}  // namespace sesame::store::sqlite
