// sqlite/control_store.h: the control store on control.db.
//
// Writes go through the writer's group commit, reads through the readers. Secrets are sealed and opened on the caller's
// thread or a reader's, never on the writer's. What every message asks for (its sender's credential and identities) is
// kept in memory for a moment (sqlite/recent_reads.h), as are its account's attributes and configuration set.
#pragma once

#include <filesystem>
#include <memory>

#include "base/seal.h"
#include "store/control_store.h"
#include "store/sqlite/directory_lock.h"
#include "store/sqlite/engine.h"
#include "store/sqlite/recent_reads.h"

namespace sesame::store::sqlite {

// No operation may be under way when it is destroyed.
class SqliteControlStore final : public ControlStore {
 public:
  // `lock` is held as long as the store lives. `sealer` must outlive it. The error is one line naming the file.
  static Result<std::unique_ptr<SqliteControlStore>, std::string> open(const std::filesystem::path& file,
                                                                       std::shared_ptr<DirectoryLock> lock,
                                                                       const Sealer& sealer,
                                                                       OlderSchema older = OlderSchema::bring_forward);

  StoreTask<void> put_account(Account account) override;
  StoreTask<Account> find_account(std::string account_id) override;

  StoreTask<AccountAttributes> find_account_attributes(std::string account_id) override;
  StoreTask<void> set_account_sending(std::string account_id, bool enabled) override;
  StoreTask<void> set_account_suppression(std::string account_id, SuppressionReasons reasons) override;

  StoreTask<void> create_configuration_set(ConfigurationSet set) override;
  StoreTask<ConfigurationSet> find_configuration_set(std::string account_id, std::string name) override;
  StoreTask<ConfigurationSetPage> list_configuration_sets(std::string account_id, std::string after,
                                                          std::size_t limit) override;
  StoreTask<std::uint64_t> count_configuration_sets(std::string account_id) override;
  StoreTask<std::uint64_t> update_configuration_set(ConfigurationSet set) override;
  StoreTask<void> delete_configuration_set(std::string account_id, std::string name) override;

  StoreTask<void> create_credential(Credential credential) override;
  StoreTask<Credential> find_credential(std::string access_key_id) override;
  StoreTask<std::vector<Credential>> list_credentials(std::string account_id) override;
  StoreTask<void> delete_credential(std::string access_key_id) override;

  StoreTask<bool> create_identity(IdentityRecord identity, IdentityCommit beside) override;
  StoreTask<IdentityRecord> find_identity(std::string account_id, std::string name) override;
  StoreTask<std::vector<IdentityRecord>> find_identities(std::string account_id,
                                                         std::vector<std::string> names) override;
  StoreTask<IdentityPage> list_identities(std::string account_id, std::string after, std::size_t limit,
                                          std::optional<IdentityKind> kind, std::string contains) override;
  StoreTask<IdentityPage> list_drifted_identities(std::string account_id, std::string after, std::size_t limit,
                                                  std::string contains) override;
  StoreTask<std::uint64_t> count_identities(std::string account_id) override;
  StoreTask<std::uint64_t> update_identity(IdentityRecord identity, IdentityCommit beside) override;
  StoreTask<std::vector<HistoryEntry>> identity_history(std::string account_id, std::string name, std::int64_t before,
                                                        std::size_t limit) override;
  StoreTask<void> delete_identity(std::string account_id, std::string name) override;

  StoreTask<DuePage> due_identities(Time now, std::optional<DuePosition> after, std::size_t limit) override;
  StoreTask<std::optional<Time>> next_identity_look() override;

  StoreTask<DkimKey> find_dkim_key(std::string account_id, std::string identity, std::string selector) override;
  StoreTask<DkimKey> find_published_key(std::string token) override;
  StoreTask<std::vector<std::string>> published_tokens(std::string after, std::size_t limit) override;
  StoreTask<std::size_t> forget_replaced_keys(Time before, std::size_t limit) override;
  StoreTask<bool> is_mail_from_domain(std::string name) override;
  StoreTask<std::vector<std::string>> mail_from_domains(std::string after, std::size_t limit) override;

  StoreTask<void> put_diagnosis(std::string account_id, std::string identity, Time at, std::string json) override;
  StoreTask<std::string> find_diagnosis(std::string account_id, std::string identity) override;

  StoreTask<AddressVerification> find_address_verification(std::string token_sha256, Time now) override;

  StoreTask<std::vector<OwedNotice>> owed_notices(std::int64_t after_id, std::size_t limit) override;
  StoreTask<void> settle_notice(std::int64_t notice_id) override;

  StoreTask<void> put_secret(std::string name, Secret value) override;
  StoreTask<std::vector<std::pair<std::string, Secret>>> secrets_with_prefix(std::string prefix) override;

  WaitingOperations waiting() const override { return engine_->waiting(); }

  // For what else is kept in the same file.
  Engine& engine() { return *engine_; }

 private:
  SqliteControlStore(std::shared_ptr<DirectoryLock> lock, const Sealer& sealer)
      : lock_(std::move(lock)), sealer_(sealer) {}
  Credential read_credential(Query& row) const;
  StoreTask<Credential> read_credential_of(std::string access_key_id);
  StoreTask<std::vector<IdentityRecord>> read_identities(std::string account_id, std::vector<std::string> names);

  std::shared_ptr<DirectoryLock> lock_;  // let go of after the engine is closed
  const Sealer& sealer_;
  RecentReads<Credential> recent_credentials_;
  RecentReads<std::optional<IdentityRecord>> recent_identities_;  // unset: there is none of that name
  RecentReads<AccountAttributes> recent_attributes_;
  RecentReads<ConfigurationSet> recent_sets_;
  std::unique_ptr<Engine> engine_;  // drops what is recent with each commit
};

// For both stores: opens a sealed column or throws EngineFailure(corrupt) naming the context.
Secret open_sealed(const Sealer& sealer, std::string_view sealed, std::string_view context);

}  // namespace sesame::store::sqlite
