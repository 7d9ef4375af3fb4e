// Accounts, credentials, mailed links, notices and secrets. Identities: control_identities.cc.
#include "store/sqlite/control_store.h"

#include <fmt/format.h>

#include "store/sqlite/control_schema.h"
#include "store/sqlite/row_errors.h"

namespace sesame::store::sqlite {
namespace {

std::string credential_context(std::string_view access_key_id) { return fmt::format("credential:{}", access_key_id); }
std::string secret_context(std::string_view name) { return fmt::format("secret:{}", name); }

Credential copy_of(const Credential& credential) {
  return {credential.access_key_id, credential.account_id, credential.secret_access_key.share(), credential.description,
          credential.created};
}

}  // namespace

Secret open_sealed(const Sealer& sealer, std::string_view sealed, std::string_view context) {
  auto opened = sealer.open(sealed, context);
  if (opened) return std::move(*opened);
  const bool is_damaged = opened.error() == SealError::malformed;
  throw EngineFailure(
      {StoreErrc::corrupt,
       fmt::format("{}: {}", context, is_damaged ? "not a sealed value" : "sealed with another key, or damaged")});
}

Result<std::unique_ptr<SqliteControlStore>, std::string> SqliteControlStore::open(const std::filesystem::path& file,
                                                                                  std::shared_ptr<DirectoryLock> lock,
                                                                                  const Sealer& sealer,
                                                                                  OlderSchema older) {
  std::unique_ptr<SqliteControlStore> store(new SqliteControlStore(std::move(lock), sealer));
  const CommitHooks hooks{.after_commit = [opened = store.get()] {
    opened->recent_credentials_.drop_all();
    opened->recent_identities_.drop_all();
    opened->recent_attributes_.drop_all();
    opened->recent_sets_.drop_all();
  }};
  auto engine = Engine::open(file, control_schema, EngineSettings{}, older, hooks);
  if (!engine) return std::unexpected(engine.error());
  store->engine_ = std::move(*engine);
  return store;
}

StoreTask<void> SqliteControlStore::put_account(Account account) {
  auto operation = [account = std::move(account)](Database& db) -> StoreResult<void> {
    Query(db,
          "insert into accounts (account_id, notice_address, created) values (?1, ?2, ?3) on conflict (account_id) "
          "do update set notice_address = excluded.notice_address, created = excluded.created",
          account.id, account.notice_address, account.created)
        .run();
    return {};
  };
  return engine_->writer.write(std::move(operation));
}

StoreTask<Account> SqliteControlStore::find_account(std::string account_id) {
  auto operation = [account_id = std::move(account_id)](Database& db) -> StoreResult<Account> {
    Query query(db, "select notice_address, created from accounts where account_id = ?1", account_id);
    if (!query.step()) return not_found("account " + account_id);
    return Account{.id = account_id, .notice_address = query.text(0), .created = query.time(1)};
  };
  return engine_->readers.read(std::move(operation));
}

StoreTask<void> SqliteControlStore::create_credential(Credential credential) {
  std::string sealed =
      sealer_.seal(credential.secret_access_key.reveal(), credential_context(credential.access_key_id));
  auto operation = [credential = std::move(credential), sealed = std::move(sealed)](Database& db) -> StoreResult<void> {
    Query(db,
          "insert into credentials (access_key_id, account_id, sealed_secret, description, created) "
          "values (?1, ?2, ?3, ?4, ?5) on conflict do nothing",
          credential.access_key_id, credential.account_id, Blob{sealed}, credential.description, credential.created)
        .run();
    return expect_made(db, "credential " + credential.access_key_id);
  };
  return engine_->writer.write(std::move(operation));
}

Credential SqliteControlStore::read_credential(Query& row) const {
  Credential credential;
  credential.access_key_id = row.text(0);
  credential.account_id = row.text(1);
  credential.secret_access_key = open_sealed(sealer_, row.blob(2), credential_context(credential.access_key_id));
  credential.description = row.text(3);
  credential.created = row.time(4);
  return credential;
}

StoreTask<Credential> SqliteControlStore::find_credential(std::string access_key_id) {
  const auto recent = recent_credentials_.find(access_key_id);
  if (recent) co_return copy_of(*recent);
  const auto beginning = recent_credentials_.begin();
  auto read = co_await read_credential_of(access_key_id);
  if (read) {
    recent_credentials_.keep(beginning, std::move(access_key_id), std::make_shared<const Credential>(copy_of(*read)));
  }
  co_return read;
}

StoreTask<Credential> SqliteControlStore::read_credential_of(std::string access_key_id) {
  auto operation = [this, access_key_id = std::move(access_key_id)](Database& db) -> StoreResult<Credential> {
    Query query(db,
                "select access_key_id, account_id, sealed_secret, description, created from credentials "
                "where access_key_id = ?1",
                access_key_id);
    if (!query.step()) return not_found("credential " + access_key_id);
    return read_credential(query);
  };
  return engine_->readers.read(std::move(operation));
}

StoreTask<std::vector<Credential>> SqliteControlStore::list_credentials(std::string account_id) {
  auto operation = [this, account_id = std::move(account_id)](Database& db) -> StoreResult<std::vector<Credential>> {
    Query query(db,
                "select access_key_id, account_id, sealed_secret, description, created from credentials "
                "where account_id = ?1 order by access_key_id",
                account_id);
    std::vector<Credential> credentials;
    while (query.step()) credentials.push_back(read_credential(query));
    return credentials;
  };
  return engine_->readers.read(std::move(operation));
}

StoreTask<void> SqliteControlStore::delete_credential(std::string access_key_id) {
  auto operation = [access_key_id = std::move(access_key_id)](Database& db) -> StoreResult<void> {
    Query(db, "delete from credentials where access_key_id = ?1", access_key_id).run();
    return expect_found(db, "credential " + access_key_id);
  };
  return engine_->writer.write(std::move(operation));
}

StoreTask<AddressVerification> SqliteControlStore::find_address_verification(std::string token_sha256, Time now) {
  auto operation = [token_sha256 = std::move(token_sha256), now](Database& db) -> StoreResult<AddressVerification> {
    Query query(db,
                "select account_id, identity, expires from address_verifications "
                "where token_sha256 = ?1 and expires >= ?2",
                token_sha256, now);
    if (!query.step()) return not_found("address verification");
    return AddressVerification{token_sha256, query.text(0), query.text(1), query.time(2)};
  };
  return engine_->readers.read(std::move(operation));
}

StoreTask<std::vector<OwedNotice>> SqliteControlStore::owed_notices(std::int64_t after_id, std::size_t limit) {
  auto operation = [after_id, limit](Database& db) -> StoreResult<std::vector<OwedNotice>> {
    Query query(db,
                "select notice_id, account_id, recipient, subject, text, created from notices "
                "where notice_id > ?1 order by notice_id limit ?2",
                after_id, limit);
    std::vector<OwedNotice> notices;
    while (query.step()) {
      notices.push_back({query.integer(0), query.text(1), query.text(2), query.text(3), query.text(4), query.time(5)});
    }
    return notices;
  };
  return engine_->readers.read(std::move(operation));
}

StoreTask<void> SqliteControlStore::settle_notice(std::int64_t notice_id) {
  auto operation = [notice_id](Database& db) -> StoreResult<void> {
    Query(db, "delete from notices where notice_id = ?1", notice_id).run();
    return {};
  };
  return engine_->writer.write(std::move(operation));
}

StoreTask<void> SqliteControlStore::put_secret(std::string name, Secret value) {
  std::string sealed = sealer_.seal(value.reveal(), secret_context(name));
  auto operation = [name = std::move(name), sealed = std::move(sealed)](Database& db) -> StoreResult<void> {
    Query(db, "insert or replace into secrets (name, sealed_value) values (?1, ?2)", name, Blob{sealed}).run();
    return {};
  };
  return engine_->writer.write(std::move(operation));
}

StoreTask<std::vector<std::pair<std::string, Secret>>> SqliteControlStore::secrets_with_prefix(std::string prefix) {
  using Named = std::vector<std::pair<std::string, Secret>>;
  auto operation = [this, prefix = std::move(prefix)](Database& db) -> StoreResult<Named> {
    Query query(db, "select name, sealed_value from secrets where name >= ?1 order by name", prefix);
    Named secrets;
    while (query.step()) {
      std::string name = query.text(0);
      if (!name.starts_with(prefix)) break;
      Secret value = open_sealed(sealer_, query.blob(1), secret_context(name));
      secrets.emplace_back(std::move(name), std::move(value));
    }
    return secrets;
  };
  return engine_->readers.read(std::move(operation));
}

}  // namespace sesame::store::sqlite
