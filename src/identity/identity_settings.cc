// What can be set of an identity that exists: MAIL FROM domain, DKIM, feedback, configuration set.
#include "base/log.h"
#include "identity/identity_service.h"
#include "identity/mail_from.h"
#include "identity/refusals.h"

namespace sesame::identity {
namespace {

using store::IdentityRecord;
using StepResult = Result<void, IdentityError>;

Result<void, IdentityError> done_or_error(const Result<IdentityRecord, IdentityError>& changed) {
  if (!changed) return std::unexpected(changed.error());
  return {};
}

Result<store::DkimState, IdentityError> dkim_of(const Result<IdentityRecord, IdentityError>& changed) {
  if (!changed) return std::unexpected(changed.error());
  const IdentityRecord& identity = *changed;
  if (!identity.dkim) return std::unexpected(not_set_up_for_dkim(identity.name));
  return *identity.dkim;
}

IdentityError refused_key_length(KeyChange why) {
  return {IdentityErrc::key_change_refused, why == KeyChange::same_length
                                                ? "The signing key already has, or is about to have, that length."
                                                : "The signing key length can be changed once in 24 hours only."};
}

StepResult check_key_length(const IdentityRecord& identity, std::uint32_t bits, Time now) {
  const KeyChange allowed = identity.dkim ? may_change_key_bits(*identity.dkim, bits, now) : KeyChange::allowed;
  if (allowed != KeyChange::allowed) return std::unexpected(refused_key_length(allowed));
  return {};
}

}  // namespace

IdentityTask<void> IdentityService::set_mail_from(std::string account_id, std::string name,
                                                  std::string mail_from_domain, store::BehaviorOnMxFailure behavior) {
  const Time now = deps_.clock.now();
  const auto set = [=](IdentityRecord& identity) -> StepResult {
    if (mail_from_domain.empty()) {
      identity.mail_from.reset();
    } else {
      auto domain = parse_mail_from_domain(mail_from_domain, identity.name);
      if (!domain) return std::unexpected(domain.error());
      identity.mail_from = on_set(identity.mail_from, std::move(*domain), behavior, now);
    }
    settle(identity);
    return {};
  };
  const auto changed = co_await change(account_id, name, set, DkimKeySet{});
  if (!changed && changed.error().code == IdentityErrc::not_found) {
    co_return std::unexpected(no_such_identity_for_mail_from(name));
  }
  if (changed)
    log::info("identity", "MAIL FROM domain set", {{"identity", name}, {"mail_from_domain", mail_from_domain}});
  co_return done_or_error(changed);
}

IdentityTask<void> IdentityService::set_dkim_signing(std::string account_id, std::string name, bool enabled) {
  const std::string domain = domain_of(name);
  if (name.find('@') != std::string::npos) {
    const auto parent = co_await find(account_id, domain);
    if (parent) co_return StepResult{};
    if (parent.error().code != IdentityErrc::not_found) co_return std::unexpected(parent.error());
    co_return std::unexpected(not_set_up_for_dkim(domain));
  }
  const auto set = [=](IdentityRecord& identity) -> StepResult {
    if (!identity.dkim) return std::unexpected(not_set_up_for_dkim(domain));
    identity.dkim->signing_enabled = enabled;
    return {};
  };
  const auto changed = co_await change(account_id, name, set, DkimKeySet{});
  if (!changed && changed.error().code == IdentityErrc::not_found)
    co_return std::unexpected(not_set_up_for_dkim(domain));
  co_return done_or_error(changed);
}

IdentityTask<store::DkimState> IdentityService::set_easy_dkim(std::string account_id, std::string name,
                                                              std::optional<std::uint32_t> next_key_bits) {
  const auto known = co_await find(account_id, name);
  if (!known) co_return std::unexpected(known.error());
  if (known->kind != store::IdentityKind::domain) {
    co_return refuse(IdentityErrc::not_a_domain, "DKIM can only be set up for a domain.");
  }
  const Time now = deps_.clock.now();
  const std::optional<store::DkimState>& dkim = known->dkim;
  if (dkim && dkim->origin == store::DkimOrigin::service && !next_key_bits) {
    const auto restart = [now](IdentityRecord& identity) -> StepResult {
      if (identity.dkim && identity.dkim->status == store::VerificationStatus::failed) restart_dkim(identity, now);
      return {};
    };
    const auto kept = co_await change(account_id, name, restart, DkimKeySet{});
    co_return dkim_of(kept);
  }

  // Asked before keys are made, which is the dear part; the step decides.
  const std::uint32_t bits = next_key_bits.value_or(2048);
  if (const auto allowed = check_key_length(*known, bits, now); !allowed) co_return std::unexpected(allowed.error());
  auto keys = co_await new_easy_keys(KeyOwner{known->account_id, known->name}, bits);
  if (!keys) co_return std::unexpected(keys.error());
  const auto begin = [selectors = keys->selectors(), bits, now](IdentityRecord& identity) -> StepResult {
    if (auto allowed = check_key_length(identity, bits, now); !allowed) return allowed;
    start_dkim(identity, store::DkimOrigin::service, selectors, bits, now);
    return {};
  };
  const auto changed = co_await change(account_id, name, begin, std::move(*keys));
  if (!changed) co_return std::unexpected(changed.error());
  log::info("identity", "Easy DKIM keys made", {{"identity", changed->name}, {"bits", bits}});
  co_return dkim_of(changed);
}

IdentityTask<store::DkimState> IdentityService::set_own_dkim_key(std::string account_id, std::string name,
                                                                 OwnDkimKey key) {
  const auto known = co_await find(account_id, name);
  if (!known) co_return std::unexpected(known.error());
  if (known->kind != store::IdentityKind::domain) {
    co_return refuse(IdentityErrc::not_a_domain, "DKIM can only be set up for a domain.");
  }
  const std::string selector = key.selector;
  auto keys = co_await imported_keys(KeyOwner{known->account_id, known->name}, std::move(key));
  if (!keys) co_return std::unexpected(keys.error());
  const Time now = deps_.clock.now();
  const auto begin = [selectors = keys->selectors(), bits = keys->bits, now](IdentityRecord& identity) -> StepResult {
    start_dkim(identity, store::DkimOrigin::external, selectors, bits, now);
    return {};
  };
  const auto changed = co_await change(account_id, name, begin, std::move(*keys));
  if (!changed) co_return std::unexpected(changed.error());
  log::info("identity", "own DKIM key set", {{"identity", changed->name}, {"selector", selector}});
  co_return dkim_of(changed);
}

IdentityTask<void> IdentityService::set_feedback_forwarding(std::string account_id, std::string name, bool enabled) {
  const auto set = [enabled](IdentityRecord& identity) -> StepResult {
    identity.feedback_forwarding = enabled;
    return {};
  };
  const auto changed = co_await change(account_id, name, set, DkimKeySet{});
  co_return done_or_error(changed);
}

IdentityTask<void> IdentityService::set_configuration_set(std::string account_id, std::string name,
                                                          std::optional<std::string> configuration_set) {
  const auto set = [=](IdentityRecord& identity) -> StepResult {
    identity.configuration_set = configuration_set;
    return {};
  };
  const auto changed = co_await change(account_id, name, set, DkimKeySet{});
  co_return done_or_error(changed);
}

}  // namespace sesame::identity
