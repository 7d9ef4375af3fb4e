// identity/verification.h: the life of an identity's verification, as pure functions (spec 1.2, 1.3).
//
// A domain is verified by any one of two ways: its DKIM records, or the legacy TXT token. Each is a search of its own
// (identity/search.h); `IdentityRecord::verification` is what they make together:
//
//   any way found                                  -> success
//   else any way lost, within its 72 h of grace    -> temporary_failure: mail may still be sent (spec 1.3)
//   else verified until now and a way searched anew -> stays as it was: new DKIM keys do not stop sending
//   else any way searched                          -> pending
//   else                                           -> failed, or not_started if nothing was ever begun
//
// A status that only stays as it was ends 72 h after DKIM was lost or first given new keys: keys set after that share
// the window already open, until a record is found. Otherwise new keys every three days would verify a domain for ever.
//
// An address is verified by a mailed link within 24 h and never reviewed. Until then its txt_timer holds when the link
// was mailed (window_opened) and when it expires (next_look).
#pragma once

#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "identity/search.h"
#include "store/identity_record.h"

namespace sesame::identity {

constexpr std::chrono::hours link_lifetime{24};
constexpr std::chrono::minutes link_interval{1};  // at most one link per address in this time

// State of the legacy TXT way, which the record keeps in its timer alone. not_started without a token.
store::VerificationStatus txt_status(const store::IdentityRecord& identity);

// Begin a search: DKIM with these selectors (the keys are made), or the TXT token.
void start_dkim(store::IdentityRecord& identity, store::DkimOrigin origin, std::vector<std::string> selectors,
                std::uint32_t key_bits, Time now);
void restart_dkim(store::IdentityRecord& identity, Time now);  // same selectors, after a failure; nothing without DKIM
void start_txt(store::IdentityRecord& identity, std::string token, Time now);

// May another link be mailed? Not to a verified address, and not within link_interval of the last.
bool may_mail_link(const store::IdentityRecord& identity, Time now);
// The link was mailed; was followed.
void start_link(store::IdentityRecord& identity, Time now);
void confirm_link(store::IdentityRecord& identity, Time now);

// The key length may change at most once in 24 h, except the first change down to 1024; the same again is refused.
enum class KeyChange { allowed, same_length, too_soon };
KeyChange may_change_key_bits(const store::DkimState& state, std::uint32_t bits, Time now);

// What one look found out. A part that was not looked at is left out.
struct Observed {
  Finding finding = Finding::unknown;
  store::LookError error = store::LookError::none;
};
struct Findings {
  std::optional<Observed> dkim, txt, mail_from;
  std::optional<store::SoaFacts> soa;
};

enum class Subject { domain, dkim, mail_from, address };
struct Told {  // a change of state somebody is told about
  Subject subject = Subject::domain;
  Change change = Change::none;
  friend bool operator==(const Told&, const Told&) = default;
};

struct Applied {
  store::IdentityRecord identity;
  std::vector<Told> changes;
};

// Takes every search one step on, then derives `verification` and `next_look`. Parts whose search has ended are left
// alone. An unconfirmed address whose link has expired becomes failed. While DKIM verifies the domain, what becomes of
// the TXT token is nobody's concern (spec 1.2) and is not told.
Applied apply_findings(store::IdentityRecord identity, const Findings& findings, bool watched, Time now,
                       RandomSource& random);

// What still counts when a look ends: only what belongs to the same search as when it began, not to one set anew
// meanwhile; and of looks that ran side by side only one may find something wrong (two in a row lose a success).
Findings still_asked(const store::IdentityRecord& asked, const store::IdentityRecord& current, Findings findings);

// Derives `verification` and `next_look` after something was started, set or cleared.
void settle(store::IdentityRecord& identity);

// Is there something that somebody who looks on would like to see change: a search under way, or a wrong look?
bool has_suspense(const store::IdentityRecord& identity);
// Moves the looks of such parts forward to `latest` at the latest. False if all were due by then already.
bool pull_looks_forward(store::IdentityRecord& identity, Time latest);

// Which parts are due at `now`.
struct DueParts {
  bool dkim = false, txt = false, mail_from = false;
};
DueParts due_parts(const store::IdentityRecord& identity, Time now);

}  // namespace sesame::identity
