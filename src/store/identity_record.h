// store/identity_record.h: what is kept of an identity: a domain or address registered for sending, its verification,
// its DKIM keys and its MAIL FROM domain. The rules that change these values live in identity/.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/secret.h"

namespace sesame::store {

enum class IdentityKind { domain, email_address };

enum class VerificationStatus { not_started, pending, success, failed, temporary_failure };

// There is no "not started": a MAIL FROM domain exists only once it has been set (spec 2.3).
enum class MailFromStatus { pending, success, failed, temporary_failure };

enum class BehaviorOnMxFailure { use_default, reject };

// Why the last look did not find what it sought.
enum class LookError {
  none,
  service_error,     // our own side failed
  dns_server_error,  // SERVFAIL, refusals, time-outs: says nothing about the records
  host_not_found,    // NXDOMAIN
  type_not_found,    // the name exists without such a record
  invalid_value,     // the record is there and is not the one expected (also: more than one)
};

enum class DkimOrigin { service, external };  // Easy DKIM; the customer's own key

struct SoaFacts {
  std::string primary, mailbox;
  std::uint32_t serial = 0;
  friend bool operator==(const SoaFacts&, const SoaFacts&) = default;
};

// A thing looked for in the DNS on behalf of an identity: when the search began, when it is looked at next.
struct LookTimer {
  std::optional<Time> window_opened;  // start of the 72 h search or grace; unset when not searching
  std::optional<Time> next_look;      // unset: no more look-ups
  std::optional<Time> last_checked, last_success;
  std::uint32_t bad_looks = 0;  // consecutive wrong answers since the last good one
  LookError last_error = LookError::none;
  friend bool operator==(const LookTimer&, const LookTimer&) = default;
};

struct DkimState {
  bool signing_enabled = true;
  VerificationStatus status = VerificationStatus::not_started;
  DkimOrigin origin = DkimOrigin::service;
  // Easy DKIM: three tokens, the first signs. Own key: the one selector. Keys are rows of their own (DkimKey).
  std::vector<std::string> selectors;
  std::uint32_t current_key_bits = 2048, next_key_bits = 2048;
  std::optional<Time> last_key_generated;
  LookTimer timer;
  friend bool operator==(const DkimState&, const DkimState&) = default;
};

struct MailFromState {
  std::string domain;
  MailFromStatus status = MailFromStatus::pending;
  BehaviorOnMxFailure behavior = BehaviorOnMxFailure::use_default;
  LookTimer timer;
  std::optional<Time> status_since;
  friend bool operator==(const MailFromState&, const MailFromState&) = default;
};

struct IdentityRecord {
  std::string account_id;
  std::string name;  // domain: lower case A-labels; address: as given (compared case-sensitively, spec 1.1)
  IdentityKind kind = IdentityKind::domain;
  Time created{};
  std::uint64_t version = 0;  // set by the store; update_identity demands the version that was read

  // The overall state: success by any one way (DKIM, legacy TXT, address link).
  VerificationStatus verification = VerificationStatus::pending;
  std::optional<std::string> txt_token;  // v1 VerifyDomainIdentity
  LookTimer txt_timer;                   // only while txt_token is set
  std::optional<DkimState> dkim;         // nullopt: DKIM was never set up for this identity
  std::optional<MailFromState> mail_from;
  bool feedback_forwarding = true;
  std::optional<std::string> configuration_set;
  std::optional<SoaFacts> soa;  // of the zone, as last seen
  std::vector<std::pair<std::string, std::string>> tags;

  // The earliest of the timers' next_look; what due_identities orders by. Set by identity/.
  std::optional<Time> next_look;
  friend bool operator==(const IdentityRecord&, const IdentityRecord&) = default;
};

// Whether something that was found before is lost: within its grace, or failed after it. Kept in a column of its own.
bool has_drifted(const IdentityRecord& identity);

// Something that changed of an identity. The document is JSON, as identity/history.h writes it; kept as it is.
struct HistoryEntry {
  std::int64_t entry_id = 0;  // set by the store; strictly increasing
  Time at{};
  std::string document;
  friend bool operator==(const HistoryEntry&, const HistoryEntry&) = default;
};
inline constexpr std::size_t max_history = 200;  // entries kept of an identity: the newest

// A DKIM key pair. `token` is unique in the installation for Easy DKIM keys: `<token>.dkim.<service domain>` publishes
// it.
struct DkimKey {
  std::string account_id, identity;
  std::string selector;
  DkimOrigin origin = DkimOrigin::service;
  std::uint32_t bits = 2048;
  std::string public_key;  // base64 of the SubjectPublicKeyInfo, the p= of the record
  Secret private_key;      // PKCS#8 DER; sealed at rest
  Time created{};
};

}  // namespace sesame::store
