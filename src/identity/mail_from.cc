#include "identity/mail_from.h"

#include "dns/name.h"

namespace sesame::identity {
namespace {

using store::MailFromStatus;

Phase phase_of(MailFromStatus status) {
  switch (status) {
    case MailFromStatus::pending: return Phase::pending;
    case MailFromStatus::success: return Phase::success;
    case MailFromStatus::temporary_failure: return Phase::temporary_failure;
    case MailFromStatus::failed: break;
  }
  return Phase::failed;
}

MailFromStatus status_of(Phase phase) {
  switch (phase) {
    case Phase::pending: return MailFromStatus::pending;
    case Phase::success: return MailFromStatus::success;
    case Phase::temporary_failure: return MailFromStatus::temporary_failure;
    case Phase::failed: break;
  }
  return MailFromStatus::failed;
}

}  // namespace

store::MailFromState on_set(const std::optional<store::MailFromState>& current, std::string domain,
                            store::BehaviorOnMxFailure behavior, Time now) {
  if (current && current->status == MailFromStatus::success && dns::equal(current->domain, domain)) {
    store::MailFromState kept = *current;
    kept.behavior = behavior;
    return kept;
  }
  store::MailFromState state;
  state.domain = std::move(domain);
  state.status = MailFromStatus::pending;
  state.behavior = behavior;
  state.timer = open_search(now);
  state.status_since = now;
  return state;
}

MailFromStep on_look(store::MailFromState state, Finding finding, store::LookError error, bool watched, Time now,
                     RandomSource& random) {
  SearchStep step =
      after_look(phase_of(state.status), state.timer, finding, error, Pace{mail_from_review, watched}, now, random);
  state.status = status_of(step.phase);
  state.timer = step.timer;
  if (step.change != Change::none) state.status_since = now;
  return MailFromStep{std::move(state), step.change};
}

EnvelopeChoice choose_envelope(const std::optional<store::MailFromState>& state) {
  if (!state) return EnvelopeChoice::service_default;
  if (state->status == MailFromStatus::success) return EnvelopeChoice::custom;
  return state->behavior == store::BehaviorOnMxFailure::reject ? EnvelopeChoice::refuse
                                                               : EnvelopeChoice::service_default;
}

bool is_allowed_mail_from(std::string_view mail_from_domain, std::string_view identity_domain) {
  return dns::is_below(mail_from_domain, identity_domain);
}

}  // namespace sesame::identity
