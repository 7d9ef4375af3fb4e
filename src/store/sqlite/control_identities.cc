// Identities, their keys and their diagnoses. The rest of the control store: control_store.cc.
#include <fmt/format.h>

#include "base/text.h"
#include "store/identity_json.h"
#include "store/sqlite/codes.h"
#include "store/sqlite/control_store.h"
#include "store/sqlite/identity_rows.h"
#include "store/sqlite/row_errors.h"

namespace sesame::store::sqlite {
namespace {

constexpr std::int64_t expired_links_per_call = 100;

std::string describe(std::string_view account_id, std::string_view name) {
  return fmt::format("identity {}/{}", account_id, name);
}

std::string recent_key(const std::string& account_id, const std::string& name) { return account_id + "/" + name; }

// As names arrive from the DNS and SMTP: compared without regard to case.
std::optional<std::string> mail_from_column(const IdentityRecord& identity) {
  if (!identity.mail_from) return std::nullopt;
  return ascii_lower(identity.mail_from->domain);
}

// IdentityCommit, with its keys sealed.
struct SealedCommit {
  std::vector<SealedKey> keys;
  bool replace_keys = false;
  std::vector<OwedNotice> notices;
  std::vector<HistoryEntry> history;
  std::optional<AddressVerification> new_link;
  std::string used_link;
};

SealedCommit seal(const Sealer& sealer, IdentityCommit beside) {
  return {seal_keys(sealer, std::move(beside.keys)),
          beside.replace_keys,
          std::move(beside.notices),
          std::move(beside.history),
          std::move(beside.new_link),
          std::move(beside.used_link)};
}

void put_link(Database& db, const AddressVerification& link, Time now) {
  // Links nobody followed go here, a bounded number at a time.
  Query(db,
        "delete from address_verifications where token_sha256 in "
        "(select token_sha256 from address_verifications where expires < ?1 order by expires limit ?2)",
        now, expired_links_per_call)
      .run();
  Query(db,
        "insert or replace into address_verifications (token_sha256, account_id, identity, expires) "
        "values (?1, ?2, ?3, ?4)",
        link.token_sha256, link.account_id, link.identity, link.expires)
      .run();
}

void write_beside(Database& db, std::int64_t identity_id, const SealedCommit& beside) {
  if (beside.replace_keys) remove_keys(db, identity_id);
  put_keys(db, identity_id, beside.keys);
  Time now{};
  for (const OwedNotice& notice : beside.notices) {
    now = std::max(now, notice.created);
    Query(db, "insert into notices (account_id, recipient, subject, text, created) values (?1, ?2, ?3, ?4, ?5)",
          notice.account_id, notice.to, notice.subject, notice.text, notice.created)
        .run();
  }
  put_history(db, identity_id, beside.history);
  if (beside.new_link) put_link(db, *beside.new_link, now);
}

bool has_as_many(Database& db, const std::string& account_id, std::uint64_t most) {
  if (most == std::numeric_limits<std::uint64_t>::max()) return false;
  if (most == 0) return true;
  Query query(db, "select 1 from identities where account_id = ?1 limit 1 offset ?2", account_id, most - 1);
  return query.step();
}

StoreResult<bool> insert_identity(Database& db, const IdentityRecord& identity, const std::string& state,
                                  const SealedCommit& beside, std::uint64_t most) {
  if (find_identity_id(db, identity.account_id, identity.name)) {
    return already_exists(describe(identity.account_id, identity.name));
  }
  if (has_as_many(db, identity.account_id, most)) return false;
  Query(
      db,
      "insert into identities (account_id, name, kind, created, version, next_look, mail_from_domain, state, drifted) "
      "values (?1, ?2, ?3, ?4, 1, ?5, ?6, ?7, ?8)",
      identity.account_id, identity.name, code_of(identity.kind), identity.created, identity.next_look,
      mail_from_column(identity), state, int{has_drifted(identity)})
      .run();
  write_beside(db, db.last_insert_id(), beside);
  return true;
}

// `kind` and `created` never change.
StoreResult<std::uint64_t> replace_identity(Database& db, const IdentityRecord& identity, const std::string& state,
                                            const SealedCommit& beside) {
  const auto identity_id = find_identity_id(db, identity.account_id, identity.name);
  if (!identity_id) return not_found(describe(identity.account_id, identity.name));
  Query(db,
        "update identities set version = version + 1, next_look = ?3, mail_from_domain = ?4, state = ?5, drifted = ?6 "
        "where identity_id = ?1 and version = ?2",
        *identity_id, identity.version, identity.next_look, mail_from_column(identity), state,
        int{has_drifted(identity)})
      .run();
  if (db.changes() == 0) {
    return std::unexpected(StoreError{
        StoreErrc::conflict,
        fmt::format("{} is no longer at version {}", describe(identity.account_id, identity.name), identity.version)});
  }
  if (!beside.used_link.empty()) {
    Query(db, "delete from address_verifications where token_sha256 = ?1", beside.used_link).run();
    if (db.changes() == 0) return not_found("address verification");
  }
  write_beside(db, *identity_id, beside);
  return identity.version + 1;
}

StoreResult<IdentityPage> read_page(Query& query, std::size_t limit) {
  IdentityPage page;
  while (query.step()) {
    if (page.identities.size() == limit) {
      page.next_after = page.identities.back().name;
      break;
    }
    page.identities.push_back(read_identity(query));
  }
  return page;
}

std::vector<std::string> read_texts(Query& query) {
  std::vector<std::string> texts;
  while (query.step()) texts.push_back(query.text(0));
  return texts;
}

}  // namespace

StoreTask<bool> SqliteControlStore::create_identity(IdentityRecord identity, IdentityCommit beside) {
  std::string state = identity_state_to_json(identity);
  const std::uint64_t most = beside.max_identities;
  SealedCommit sealed = seal(sealer_, std::move(beside));
  auto operation = [identity = std::move(identity), state = std::move(state), sealed = std::move(sealed),
                    most](Database& db) { return insert_identity(db, identity, state, sealed, most); };
  return engine_->writer.write(std::move(operation));
}

StoreTask<IdentityRecord> SqliteControlStore::find_identity(std::string account_id, std::string name) {
  auto operation = [account_id = std::move(account_id),
                    name = std::move(name)](Database& db) -> StoreResult<IdentityRecord> {
    Query query(db, "select " SESAME_IDENTITY_COLUMNS " from identities where account_id = ?1 and name = ?2",
                account_id, name);
    if (!query.step()) return not_found(describe(account_id, name));
    return read_identity(query);
  };
  return engine_->readers.read(std::move(operation));
}

StoreTask<std::vector<IdentityRecord>> SqliteControlStore::find_identities(std::string account_id,
                                                                           std::vector<std::string> names) {
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  std::vector<IdentityRecord> found;
  bool all_recent = true;
  for (const std::string& name : names) {
    const auto recent = recent_identities_.find(recent_key(account_id, name));
    all_recent = all_recent && recent;
    if (!recent) continue;
    const auto& known = *recent;
    if (known) found.push_back(*known);
  }
  if (all_recent) co_return found;
  const auto beginning = recent_identities_.begin();
  auto read = co_await read_identities(account_id, names);
  if (!read) co_return read;
  for (const std::string& name : names) {
    const auto identity = std::ranges::find(*read, name, &IdentityRecord::name);
    auto kept = std::make_shared<std::optional<IdentityRecord>>();
    if (identity != read->end()) *kept = *identity;
    recent_identities_.keep(beginning, recent_key(account_id, name), std::move(kept));
  }
  co_return read;
}

StoreTask<std::vector<IdentityRecord>> SqliteControlStore::read_identities(std::string account_id,
                                                                           std::vector<std::string> names) {
  auto operation = [account_id = std::move(account_id),
                    names = std::move(names)](Database& db) -> StoreResult<std::vector<IdentityRecord>> {
    std::vector<IdentityRecord> found;
    for (const std::string& name : names) {
      Query query(db, "select " SESAME_IDENTITY_COLUMNS " from identities where account_id = ?1 and name = ?2",
                  account_id, name);
      if (query.step()) found.push_back(read_identity(query));
    }
    return found;
  };
  return engine_->readers.read(std::move(operation));
}

StoreTask<IdentityPage> SqliteControlStore::list_identities(std::string account_id, std::string after,
                                                            std::size_t limit, std::optional<IdentityKind> kind,
                                                            std::string contains) {
  auto operation = [account_id = std::move(account_id), after = std::move(after), limit, kind,
                    contains = ascii_lower(contains)](Database& db) -> StoreResult<IdentityPage> {
    // Both indexes hold the name: only rows that match are read. SQLite's lower() is that of ASCII.
    if (kind) {
      Query query(db,
                  "select " SESAME_IDENTITY_COLUMNS
                  " from identities "
                  "where account_id = ?1 and kind = ?2 and name > ?3 and instr(lower(name), ?5) > 0 "
                  "order by name limit ?4",
                  account_id, code_of(*kind), after, limit + 1, contains);
      return read_page(query, limit);
    }
    Query query(db,
                "select " SESAME_IDENTITY_COLUMNS
                " from identities "
                "where account_id = ?1 and name > ?2 and instr(lower(name), ?4) > 0 order by name limit ?3",
                account_id, after, limit + 1, contains);
    return read_page(query, limit);
  };
  return engine_->readers.read(std::move(operation));
}

StoreTask<IdentityPage> SqliteControlStore::list_drifted_identities(std::string account_id, std::string after,
                                                                    std::size_t limit, std::string contains) {
  auto operation = [account_id = std::move(account_id), after = std::move(after), limit,
                    contains = ascii_lower(contains)](Database& db) -> StoreResult<IdentityPage> {
    Query query(db,
                "select " SESAME_IDENTITY_COLUMNS
                " from identities "
                "where account_id = ?1 and name > ?2 and drifted = 1 and instr(lower(name), ?4) > 0 "
                "order by name limit ?3",
                account_id, after, limit + 1, contains);
    return read_page(query, limit);
  };
  return engine_->readers.read(std::move(operation));
}

StoreTask<std::uint64_t> SqliteControlStore::count_identities(std::string account_id) {
  auto operation = [account_id = std::move(account_id)](Database& db) -> StoreResult<std::uint64_t> {
    Query query(db, "select count(*) from identities where account_id = ?1", account_id);
    query.step();
    return static_cast<std::uint64_t>(query.integer(0));
  };
  return engine_->readers.read(std::move(operation));
}

StoreTask<std::uint64_t> SqliteControlStore::update_identity(IdentityRecord identity, IdentityCommit beside) {
  std::string state = identity_state_to_json(identity);
  SealedCommit sealed = seal(sealer_, std::move(beside));
  auto operation = [identity = std::move(identity), state = std::move(state),
                    sealed = std::move(sealed)](Database& db) { return replace_identity(db, identity, state, sealed); };
  return engine_->writer.write(std::move(operation));
}

StoreTask<std::vector<HistoryEntry>> SqliteControlStore::identity_history(std::string account_id, std::string name,
                                                                          std::int64_t before, std::size_t limit) {
  auto operation = [account_id = std::move(account_id), name = std::move(name), before,
                    limit](Database& db) -> StoreResult<std::vector<HistoryEntry>> {
    Query query(db,
                "select h.entry_id, h.at, h.document from identities i join identity_history h using (identity_id) "
                "where i.account_id = ?1 and i.name = ?2 and h.entry_id < ?3 order by h.entry_id desc limit ?4",
                account_id, name, before, limit);
    std::vector<HistoryEntry> entries;
    while (query.step()) entries.push_back({query.integer(0), query.time(1), query.text(2)});
    return entries;
  };
  return engine_->readers.read(std::move(operation));
}

StoreTask<void> SqliteControlStore::delete_identity(std::string account_id, std::string name) {
  auto operation = [account_id = std::move(account_id), name = std::move(name)](Database& db) -> StoreResult<void> {
    Query(db, "delete from identities where account_id = ?1 and name = ?2", account_id, name).run();
    if (db.changes() == 0) return not_found(describe(account_id, name));
    Query(db, "delete from address_verifications where account_id = ?1 and identity = ?2", account_id, name).run();
    return {};
  };
  return engine_->writer.write(std::move(operation));
}

StoreTask<DuePage> SqliteControlStore::due_identities(Time now, std::optional<DuePosition> after, std::size_t limit) {
  auto operation = [now, after = after.value_or(DuePosition{Time::min(), 0}),
                    limit](Database& db) -> StoreResult<DuePage> {
    Query query(db,
                "select " SESAME_IDENTITY_COLUMNS
                ", identity_id from identities where next_look <= ?1 and (next_look, identity_id) > (?2, ?3) "
                "order by next_look, identity_id limit ?4",
                now, after.next_look, after.row, limit);
    DuePage page;
    DuePosition last;
    while (query.step()) {
      page.identities.push_back(read_identity(query));
      last = {query.time(5), query.integer(7)};
    }
    if (page.identities.size() == limit) page.next_after = last;
    return page;
  };
  return engine_->readers.read(std::move(operation));
}

StoreTask<std::optional<Time>> SqliteControlStore::next_identity_look() {
  auto operation = [](Database& db) -> StoreResult<std::optional<Time>> {
    Query query(db, "select min(next_look) from identities where next_look is not null");
    query.step();
    return query.optional_time(0);
  };
  return engine_->readers.read(std::move(operation));
}

StoreTask<DkimKey> SqliteControlStore::find_dkim_key(std::string account_id, std::string identity,
                                                     std::string selector) {
  auto operation = [this, account_id = std::move(account_id), identity = std::move(identity),
                    selector = std::move(selector)](Database& db) -> StoreResult<DkimKey> {
    Query query(db,
                "select k.origin, k.bits, k.public_key, k.sealed_private_key, k.created "
                "from identities i join dkim_keys k using (identity_id) "
                "where i.account_id = ?1 and i.name = ?2 and k.selector = ?3",
                account_id, identity, selector);
    if (!query.step()) return not_found(fmt::format("DKIM key {} of {}", selector, describe(account_id, identity)));
    DkimKey key{.account_id = account_id,
                .identity = identity,
                .selector = selector,
                .origin = dkim_origin(query, 0),
                .bits = static_cast<std::uint32_t>(query.integer(1)),
                .public_key = query.text(2),
                .created = query.time(4)};
    key.private_key = open_sealed(sealer_, query.blob(3), dkim_seal_context(key));
    return key;
  };
  return engine_->readers.read(std::move(operation));
}

StoreTask<DkimKey> SqliteControlStore::find_published_key(std::string token) {
  auto operation = [token = std::move(token)](Database& db) -> StoreResult<DkimKey> {
    Query query(db,
                "select i.account_id, i.name, k.bits, k.public_key, k.created "
                "from dkim_keys k join identities i using (identity_id) where k.selector = ?1 and k.origin = 0",
                token);
    if (!query.step()) return not_found("DKIM token " + token);
    return DkimKey{.account_id = query.text(0),
                   .identity = query.text(1),
                   .selector = token,
                   .origin = DkimOrigin::service,
                   .bits = static_cast<std::uint32_t>(query.integer(2)),
                   .public_key = query.text(3),
                   .created = query.time(4)};
  };
  return engine_->readers.read(std::move(operation));
}

StoreTask<std::vector<std::string>> SqliteControlStore::published_tokens(std::string after, std::size_t limit) {
  auto operation = [after = std::move(after), limit](Database& db) -> StoreResult<std::vector<std::string>> {
    Query query(db, "select selector from dkim_keys where origin = 0 and selector > ?1 order by selector limit ?2",
                after, limit);
    return read_texts(query);
  };
  return engine_->readers.read(std::move(operation));
}

StoreTask<std::size_t> SqliteControlStore::forget_replaced_keys(Time before, std::size_t limit) {
  auto operation = [before, limit](Database& db) -> StoreResult<std::size_t> {
    Query(db,
          "delete from dkim_keys where rowid in (select old.rowid from dkim_keys old join dkim_keys new "
          "using (identity_id) where new.created > old.created and new.created < ?1 limit ?2)",
          before, limit)
        .run();
    return static_cast<std::size_t>(db.changes());
  };
  return engine_->writer.write(std::move(operation));
}

StoreTask<bool> SqliteControlStore::is_mail_from_domain(std::string name) {
  auto operation = [name = ascii_lower(name)](Database& db) -> StoreResult<bool> {
    Query query(db, "select 1 from identities where mail_from_domain = ?1 limit 1", name);
    return query.step();
  };
  return engine_->readers.read(std::move(operation));
}

StoreTask<std::vector<std::string>> SqliteControlStore::mail_from_domains(std::string after, std::size_t limit) {
  auto operation = [after = ascii_lower(after), limit](Database& db) -> StoreResult<std::vector<std::string>> {
    Query query(db,
                "select distinct mail_from_domain from identities where mail_from_domain > ?1 "
                "order by mail_from_domain limit ?2",
                after, limit);
    return read_texts(query);
  };
  return engine_->readers.read(std::move(operation));
}

StoreTask<void> SqliteControlStore::put_diagnosis(std::string account_id, std::string identity, Time at,
                                                  std::string json) {
  auto operation = [account_id = std::move(account_id), identity = std::move(identity), at,
                    json = std::move(json)](Database& db) -> StoreResult<void> {
    const auto identity_id = find_identity_id(db, account_id, identity);
    if (!identity_id) return not_found(describe(account_id, identity));
    Query(db, "insert or replace into diagnoses (identity_id, at, document) values (?1, ?2, ?3)", *identity_id, at,
          json)
        .run();
    return {};
  };
  return engine_->writer.write(std::move(operation));
}

StoreTask<std::string> SqliteControlStore::find_diagnosis(std::string account_id, std::string identity) {
  auto operation = [account_id = std::move(account_id),
                    identity = std::move(identity)](Database& db) -> StoreResult<std::string> {
    Query query(db,
                "select d.document from identities i join diagnoses d using (identity_id) "
                "where i.account_id = ?1 and i.name = ?2",
                account_id, identity);
    if (!query.step()) return not_found("diagnosis of " + describe(account_id, identity));
    return query.text(0);
  };
  return engine_->readers.read(std::move(operation));
}

}  // namespace sesame::store::sqlite
