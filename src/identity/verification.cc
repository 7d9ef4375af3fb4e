#include "identity/verification.h"

#include <algorithm>
#include <array>

#include "dns/name.h"
#include "identity/governing.h"
#include "identity/mail_from.h"

namespace sesame::identity {
namespace {

using store::IdentityKind;
using store::VerificationStatus;

// Nothing of the kind "not started" is searched for, so it has no phase.
Phase phase_of(VerificationStatus status) {
  switch (status) {
    case VerificationStatus::pending: return Phase::pending;
    case VerificationStatus::success: return Phase::success;
    case VerificationStatus::temporary_failure: return Phase::temporary_failure;
    case VerificationStatus::not_started:
    case VerificationStatus::failed: break;
  }
  return Phase::failed;
}

VerificationStatus status_of(Phase phase) {
  switch (phase) {
    case Phase::pending: return VerificationStatus::pending;
    case Phase::success: return VerificationStatus::success;
    case Phase::temporary_failure: return VerificationStatus::temporary_failure;
    case Phase::failed: break;
  }
  return VerificationStatus::failed;
}

bool is_searched(VerificationStatus status) {
  return status != VerificationStatus::failed && status != VerificationStatus::not_started;
}

bool has_ended(Change change) { return change == Change::failed || change == Change::given_up; }

std::optional<Time> earlier(std::optional<Time> a, std::optional<Time> b) {
  if (!a || !b) return a ? a : b;
  return std::min(*a, *b);
}

// `way_ended`: one of the ways has just failed for good, which is what takes a verification away (spec 1.3).
VerificationStatus combined(const store::IdentityRecord& identity, bool way_ended) {
  const std::array ways{identity.dkim ? identity.dkim->status : VerificationStatus::not_started, txt_status(identity)};
  const auto any = [&](VerificationStatus status) { return std::ranges::find(ways, status) != ways.end(); };
  if (any(VerificationStatus::success)) return VerificationStatus::success;
  if (any(VerificationStatus::temporary_failure)) return VerificationStatus::temporary_failure;
  if (any(VerificationStatus::pending)) {
    return may_send(identity) && !way_ended ? identity.verification : VerificationStatus::pending;
  }
  return any(VerificationStatus::failed) ? VerificationStatus::failed : VerificationStatus::not_started;
}

void settle(store::IdentityRecord& identity, bool way_ended) {
  if (identity.kind == IdentityKind::domain) identity.verification = combined(identity, way_ended);
  identity.next_look = identity.txt_timer.next_look;
  if (identity.dkim) identity.next_look = earlier(identity.next_look, identity.dkim->timer.next_look);
  if (identity.mail_from) identity.next_look = earlier(identity.next_look, identity.mail_from->timer.next_look);
}

// Does the domain live on nothing but what DKIM found before: no record verifies it now, and TXT never did or no
// longer?
bool lives_on_old_dkim(const store::IdentityRecord& identity, const store::DkimState& dkim) {
  return may_send(identity) && txt_status(identity) != VerificationStatus::success &&
         txt_status(identity) != VerificationStatus::temporary_failure && dkim.status != VerificationStatus::success;
}

// `dkim` is the identity's own.
void search_anew(store::IdentityRecord& identity, store::DkimState& dkim, Time now) {
  std::optional<Time> kept_window;
  if (lives_on_old_dkim(identity, dkim)) kept_window = dkim.timer.window_opened;
  // Looks may have been too late, or dropped because keys were set meanwhile: a window that is over ends here too.
  const bool is_over = kept_window && now - *kept_window >= search_window;
  dkim.status = VerificationStatus::pending;
  dkim.timer = open_search(now);
  if (kept_window && !is_over) dkim.timer.window_opened = kept_window;
  settle(identity, is_over);
}

Change apply_dkim(store::DkimState& dkim, const Observed& observed, Pace pace, Time now, RandomSource& random) {
  if (!is_searched(dkim.status)) return Change::none;
  SearchStep step = after_look(phase_of(dkim.status), dkim.timer, observed.finding, observed.error, pace, now, random);
  dkim.status = status_of(step.phase);
  dkim.timer = step.timer;
  return step.change;
}

Change apply_txt(store::IdentityRecord& identity, const Observed& observed, Pace pace, Time now, RandomSource& random) {
  const VerificationStatus status = txt_status(identity);
  if (!is_searched(status)) return Change::none;
  SearchStep step =
      after_look(phase_of(status), identity.txt_timer, observed.finding, observed.error, pace, now, random);
  identity.txt_timer = step.timer;
  return step.change;
}

Change apply_mail_from(store::MailFromState& mail_from, const Observed& observed, bool watched, Time now,
                       RandomSource& random) {
  MailFromStep step = on_look(std::move(mail_from), observed.finding, observed.error, watched, now, random);
  mail_from = std::move(step.state);
  return step.change;
}

Change expire_link(store::IdentityRecord& identity, Time now) {
  const auto mailed = identity.txt_timer.window_opened;
  if (identity.verification != VerificationStatus::pending || !mailed || now - *mailed < link_lifetime) {
    return Change::none;
  }
  identity.verification = VerificationStatus::failed;
  identity.txt_timer = store::LookTimer{};
  return Change::failed;
}

}  // namespace

VerificationStatus txt_status(const store::IdentityRecord& identity) {
  const store::LookTimer& timer = identity.txt_timer;
  if (identity.kind != IdentityKind::domain || !identity.txt_token) return VerificationStatus::not_started;
  if (!timer.next_look) return VerificationStatus::failed;  // only a search that has ended has no next look
  if (!timer.window_opened) return VerificationStatus::success;
  return timer.last_success ? VerificationStatus::temporary_failure : VerificationStatus::pending;
}

void start_dkim(store::IdentityRecord& identity, store::DkimOrigin origin, std::vector<std::string> selectors,
                std::uint32_t key_bits, Time now) {
  store::DkimState& dkim = identity.dkim ? *identity.dkim : identity.dkim.emplace();
  dkim.origin = origin;
  dkim.selectors = std::move(selectors);
  dkim.current_key_bits = dkim.next_key_bits = key_bits;
  dkim.last_key_generated = now;
  search_anew(identity, dkim, now);
}

void restart_dkim(store::IdentityRecord& identity, Time now) {
  if (identity.dkim) search_anew(identity, *identity.dkim, now);
}

void start_txt(store::IdentityRecord& identity, std::string token, Time now) {
  identity.txt_token = std::move(token);
  identity.txt_timer = open_search(now);
  settle(identity);
}

bool may_mail_link(const store::IdentityRecord& identity, Time now) {
  if (identity.verification == VerificationStatus::success) return false;
  const auto mailed = identity.txt_timer.window_opened;
  return !mailed || now - *mailed >= link_interval;
}

void start_link(store::IdentityRecord& identity, Time now) {
  if (identity.verification == VerificationStatus::success) return;
  identity.verification = VerificationStatus::pending;
  identity.txt_timer = store::LookTimer{};
  identity.txt_timer.window_opened = now;
  identity.txt_timer.next_look = now + link_lifetime;
  settle(identity);
}

void confirm_link(store::IdentityRecord& identity, Time now) {
  identity.verification = VerificationStatus::success;
  identity.txt_timer = store::LookTimer{};
  identity.txt_timer.last_checked = identity.txt_timer.last_success = now;
  settle(identity);
}

KeyChange may_change_key_bits(const store::DkimState& state, std::uint32_t bits, Time now) {
  if (state.origin != store::DkimOrigin::service) return KeyChange::allowed;  // back from an own key
  if (bits == state.next_key_bits) return KeyChange::same_length;
  const bool downgrade = bits < state.next_key_bits;
  const bool within_a_day = state.last_key_generated && now - *state.last_key_generated < std::chrono::hours(24);
  return within_a_day && !downgrade ? KeyChange::too_soon : KeyChange::allowed;
}

Applied apply_findings(store::IdentityRecord identity, const Findings& findings, bool watched, Time now,
                       RandomSource& random) {
  Applied applied{std::move(identity), {}};
  store::IdentityRecord& record = applied.identity;
  const Pace review{verification_review, watched};
  const auto tell = [&](Subject subject, Change change) {
    if (change != Change::none) applied.changes.push_back(Told{subject, change});
  };

  Change dkim = Change::none, txt = Change::none;
  if (findings.dkim && record.dkim) dkim = apply_dkim(*record.dkim, *findings.dkim, review, now, random);
  if (findings.txt) txt = apply_txt(record, *findings.txt, review, now, random);
  tell(Subject::dkim, dkim);
  const bool dkim_verifies = record.dkim && record.dkim->status == VerificationStatus::success;
  if (!dkim_verifies) tell(Subject::domain, txt);
  if (findings.mail_from && record.mail_from) {
    tell(Subject::mail_from, apply_mail_from(*record.mail_from, *findings.mail_from, watched, now, random));
  }
  if (record.kind == IdentityKind::email_address) tell(Subject::address, expire_link(record, now));
  if (findings.soa) record.soa = findings.soa;
  settle(record, has_ended(dkim) || has_ended(txt));
  return applied;
}

namespace {

// Another look has been applied since; what this one did not find may have been published in between.
bool is_stale(const store::LookTimer& asked, const store::LookTimer& current, const Observed& observed) {
  return asked.last_checked != current.last_checked && observed.finding != Finding::right;
}

}  // namespace

Findings still_asked(const store::IdentityRecord& asked, const store::IdentityRecord& current, Findings findings) {
  const bool same_dkim = asked.dkim && current.dkim && asked.dkim->selectors == current.dkim->selectors &&
                         asked.dkim->origin == current.dkim->origin &&
                         asked.dkim->last_key_generated == current.dkim->last_key_generated;
  const bool same_mail_from =
      asked.mail_from && current.mail_from && asked.mail_from->domain == current.mail_from->domain;
  const bool same_txt = asked.txt_token == current.txt_token;
  if (findings.dkim && (!same_dkim || is_stale(asked.dkim->timer, current.dkim->timer, *findings.dkim))) {
    findings.dkim.reset();
  }
  if (findings.txt && (!same_txt || is_stale(asked.txt_timer, current.txt_timer, *findings.txt))) findings.txt.reset();
  if (findings.mail_from &&
      (!same_mail_from || is_stale(asked.mail_from->timer, current.mail_from->timer, *findings.mail_from))) {
    findings.mail_from.reset();
  }
  return findings;
}

void settle(store::IdentityRecord& identity) { settle(identity, false); }

namespace {

bool in_suspense(const store::LookTimer& timer) {
  return timer.next_look && (timer.window_opened.has_value() || timer.bad_looks > 0);
}

bool pull_forward(store::LookTimer& timer, Time latest) {
  if (!timer.next_look || *timer.next_look <= latest || !in_suspense(timer)) return false;
  timer.next_look = latest;
  return true;
}

bool is_due(const store::LookTimer& timer, Time now) { return timer.next_look && *timer.next_look <= now; }

}  // namespace

bool has_suspense(const store::IdentityRecord& identity) {
  if (identity.dkim && in_suspense(identity.dkim->timer)) return true;
  if (identity.mail_from && in_suspense(identity.mail_from->timer)) return true;
  return identity.kind == IdentityKind::domain && in_suspense(identity.txt_timer);
}

bool pull_looks_forward(store::IdentityRecord& identity, Time latest) {
  bool moved = false;
  if (identity.dkim) moved |= pull_forward(identity.dkim->timer, latest);
  if (identity.mail_from) moved |= pull_forward(identity.mail_from->timer, latest);
  // An address' timer is the life of its link, which nobody can hurry.
  if (identity.kind == IdentityKind::domain) moved |= pull_forward(identity.txt_timer, latest);
  if (moved) settle(identity);
  return moved;
}

DueParts due_parts(const store::IdentityRecord& identity, Time now) {
  DueParts due;
  due.dkim = identity.dkim && is_due(identity.dkim->timer, now);
  due.txt = identity.kind == IdentityKind::domain && identity.txt_token && is_due(identity.txt_timer, now);
  due.mail_from = identity.mail_from && is_due(identity.mail_from->timer, now);
  return due;
}

}  // namespace sesame::identity
