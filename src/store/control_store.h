// store/control_store.h: accounts, credentials, identities and secrets. The store's verbs, not SQL.
//
// Two engines stand behind it (SQLite; PostgreSQL later) and pass the same suite (store/testing/control_conformance.h).
// Implementations are thread-safe. Reads see every write that has returned. Every operation may also fail with full
// (too many wait, or the disk is full), unavailable or corrupt; the errors named at an operation are its own. Lists are
// as long as `limit` at most; `after` is the last value of the page before, "" at the start. No operation may be under
// way when the store is destroyed.
#pragma once

#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/secret.h"
#include "store/configuration_record.h"
#include "store/error.h"
#include "store/identity_record.h"
#include "store/waiting.h"

namespace sesame::store {

struct Account {
  std::string id;              // 12 digits
  std::string notice_address;  // where notices about identities go; empty: nowhere
  Time created{};
};

struct Credential {
  std::string access_key_id;  // also the SMTP user name
  std::string account_id;
  Secret secret_access_key;  // sealed at rest
  std::string description;
  Time created{};
};

struct IdentityPage {
  std::vector<IdentityRecord> identities;  // ordered by name
  std::optional<std::string> next_after;   // pass as `after` for the next page; unset at the end
};

struct ConfigurationSetPage {
  std::vector<std::string> names;         // in order
  std::optional<std::string> next_after;  // pass as `after` for the next page; unset at the end
};

// A mailed link (address identities). Only a digest of the token is kept.
struct AddressVerification {
  std::string token_sha256;
  std::string account_id, identity;
  Time expires{};
};

// A mail of the service that is owed to somebody, until it has been queued.
struct OwedNotice {
  std::int64_t notice_id = 0;  // set by the store; strictly increasing
  std::string account_id;
  std::string to;  // empty: the account's notice address, as it is when the mail is sent
  std::string subject;
  std::string text;
  Time created{};
};

// What is written in one commit with an identity.
struct IdentityCommit {
  std::vector<DkimKey> keys;  // replace those of the same selector
  bool replace_keys = false;  // all other keys of the identity go (update only)
  std::vector<OwedNotice> notices;
  std::vector<HistoryEntry> history;  // oldest first; what is beyond max_history goes
  std::optional<AddressVerification> new_link;
  std::string used_link;  // digest of the token of a link that works once: not_found if it has gone (update only)
  std::uint64_t max_identities = std::numeric_limits<std::uint64_t>::max();  // of the account (creation only)
};

// Where a page of due identities ended.
struct DuePosition {
  Time next_look{};
  std::int64_t row = 0;
};

struct DuePage {
  std::vector<IdentityRecord> identities;
  std::optional<DuePosition> next_after;  // pass as `after` for the next page; unset at the end
};

class ControlStore {
 public:
  virtual ~ControlStore() = default;

  virtual StoreTask<void> put_account(Account account) = 0;             // insert or replace
  virtual StoreTask<Account> find_account(std::string account_id) = 0;  // not_found

  // The defaults for an account that never changed them, also for one that does not exist.
  virtual StoreTask<AccountAttributes> find_account_attributes(std::string account_id) = 0;
  virtual StoreTask<void> set_account_sending(std::string account_id, bool enabled) = 0;
  virtual StoreTask<void> set_account_suppression(std::string account_id, SuppressionReasons reasons) = 0;

  // A set and its event destinations are one record. It begins at version 1. already_exists
  virtual StoreTask<void> create_configuration_set(ConfigurationSet set) = 0;
  virtual StoreTask<ConfigurationSet> find_configuration_set(std::string account_id,
                                                             std::string name) = 0;  // not_found
  virtual StoreTask<ConfigurationSetPage> list_configuration_sets(std::string account_id, std::string after,
                                                                  std::size_t limit) = 0;
  virtual StoreTask<std::uint64_t> count_configuration_sets(std::string account_id) = 0;
  // `set.version` must be the version read: conflict otherwise; not_found when the set has gone. `created` stays as it
  // is. Returns the new version.
  virtual StoreTask<std::uint64_t> update_configuration_set(ConfigurationSet set) = 0;
  virtual StoreTask<void> delete_configuration_set(std::string account_id, std::string name) = 0;  // not_found

  virtual StoreTask<void> create_credential(Credential credential) = 0;          // already_exists
  virtual StoreTask<Credential> find_credential(std::string access_key_id) = 0;  // not_found
  virtual StoreTask<std::vector<Credential>> list_credentials(std::string account_id) = 0;
  virtual StoreTask<void> delete_credential(std::string access_key_id) = 0;  // not_found

  // It begins at version 1. already_exists: the name is taken in the account, or an Easy DKIM token is taken in the
  // installation. False, and nothing written: the account has `beside.max_identities` already.
  virtual StoreTask<bool> create_identity(IdentityRecord identity, IdentityCommit beside) = 0;
  virtual StoreTask<IdentityRecord> find_identity(std::string account_id, std::string name) = 0;  // not_found
  // Those of `names` that exist, in no particular order: one read for all candidates that might govern a From address.
  virtual StoreTask<std::vector<IdentityRecord>> find_identities(std::string account_id,
                                                                 std::vector<std::string> names) = 0;
  // In order of name: those whose name holds `contains`, without regard to the case of ASCII letters. Names alone are
  // looked through for that, so a search of 10,000 that finds nothing takes milliseconds.
  virtual StoreTask<IdentityPage> list_identities(std::string account_id, std::string after, std::size_t limit,
                                                  std::optional<IdentityKind> kind, std::string contains) = 0;
  // In order of name: those with a part that was found before and is lost: in its grace (temporary_failure), or failed
  // after it. `contains` as above.
  virtual StoreTask<IdentityPage> list_drifted_identities(std::string account_id, std::string after, std::size_t limit,
                                                          std::string contains) = 0;
  virtual StoreTask<std::uint64_t> count_identities(std::string account_id) = 0;
  // `identity.version` must be the version read: conflict otherwise; not_found when the identity has gone;
  // already_exists as at creation (tokens). `kind` and `created` stay as they are. Returns the new version.
  virtual StoreTask<std::uint64_t> update_identity(IdentityRecord identity, IdentityCommit beside) = 0;
  // Newest first, those before the entry `before`. Empty also for an identity that does not exist.
  virtual StoreTask<std::vector<HistoryEntry>> identity_history(std::string account_id, std::string name,
                                                                std::int64_t before, std::size_t limit) = 0;
  // not_found. Its keys, its diagnosis, its history and its mailed links go with it.
  virtual StoreTask<void> delete_identity(std::string account_id, std::string name) = 0;

  // Identities whose next_look is at or before `now`, the earliest first.
  virtual StoreTask<DuePage> due_identities(Time now, std::optional<DuePosition> after, std::size_t limit) = 0;
  virtual StoreTask<std::optional<Time>> next_identity_look() = 0;

  virtual StoreTask<DkimKey> find_dkim_key(std::string account_id, std::string identity,
                                           std::string selector) = 0;  // not_found
  // By Easy DKIM token alone: what the built-in name server publishes. The private key is left empty. not_found
  virtual StoreTask<DkimKey> find_published_key(std::string token) = 0;
  virtual StoreTask<std::vector<std::string>> published_tokens(std::string after, std::size_t limit) = 0;
  // Removes keys of identities that were made new keys before `before`, as far as they are older than those. Bounded
  // work; returns how many.
  virtual StoreTask<std::size_t> forget_replaced_keys(Time before, std::size_t limit) = 0;
  // Is `name` (in any case) the MAIL FROM domain of any identity?
  virtual StoreTask<bool> is_mail_from_domain(std::string name) = 0;
  // Each once, in lower case.
  virtual StoreTask<std::vector<std::string>> mail_from_domains(std::string after, std::size_t limit) = 0;

  // The JSON of the last look at an identity's records (DESIGN 3.4, diagnosis). Kept as it is. not_found: no such
  // identity.
  virtual StoreTask<void> put_diagnosis(std::string account_id, std::string identity, Time at, std::string json) = 0;
  virtual StoreTask<std::string> find_diagnosis(std::string account_id, std::string identity) = 0;  // not_found

  // Links come and go with their identities (IdentityCommit). not_found also when it is past `expires` at `now`.
  virtual StoreTask<AddressVerification> find_address_verification(std::string token_sha256, Time now) = 0;

  // In the order they came.
  virtual StoreTask<std::vector<OwedNotice>> owed_notices(std::int64_t after_id, std::size_t limit) = 0;
  virtual StoreTask<void> settle_notice(std::int64_t notice_id) = 0;  // also when it has gone

  // Small named secrets of the installation (return-path keys). Sealed at rest.
  virtual StoreTask<void> put_secret(std::string name, Secret value) = 0;  // insert or replace
  // In order of name.
  virtual StoreTask<std::vector<std::pair<std::string, Secret>>> secrets_with_prefix(std::string prefix) = 0;

  virtual WaitingOperations waiting() const = 0;  // thread-safe
};

}  // namespace sesame::store
