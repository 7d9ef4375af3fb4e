#include "submission/signer.h"

#include <fmt/format.h>

#include "base/log.h"
#include "identity/governing.h"
#include "mailauth/dkim/sign.h"

namespace sesame::submission {
namespace {

SubmissionError temporary_failure() { return {SubmissionErrc::unavailable, "Temporary service failure", ""}; }

}  // namespace

Signer::Signer(store::ControlStore& store, const Clock& clock, std::size_t max_keys)
    : store_(store), clock_(clock), max_keys_(max_keys) {}

net::Task<SubmissionResult<mailauth::dkim::SigningKey>> Signer::key_for(const store::IdentityRecord& identity,
                                                                        const store::DkimState& dkim) {
  const std::string& selector = dkim.selectors.front();
  const std::int64_t made = dkim.last_key_generated ? to_unix_ms(*dkim.last_key_generated) : 0;
  const KeyName name = fmt::format("{}/{}/{}/{}", identity.account_id, identity.name, selector, made);
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = by_name_.find(name); found != by_name_.end()) {
      newest_first_.splice(newest_first_.begin(), newest_first_, found->second);
      co_return found->second->second;
    }
  }
  auto stored = co_await store_.find_dkim_key(identity.account_id, identity.name, selector);
  if (!stored) {
    log::error("submission", "DKIM key cannot be read",
               {{"identity", identity.name}, {"selector", selector}, {"detail", stored.error().detail}});
    co_return std::unexpected(temporary_failure());
  }
  auto key = mailauth::dkim::SigningKey::from_der(stored->private_key.reveal());
  if (!key) {
    log::error("submission", "DKIM key is damaged", {{"identity", identity.name}, {"selector", selector}});
    co_return std::unexpected(temporary_failure());
  }
  const std::lock_guard lock(mutex_);
  if (!by_name_.contains(name)) {
    newest_first_.emplace_front(name, *key);
    by_name_[name] = newest_first_.begin();
    if (newest_first_.size() > max_keys_) {
      by_name_.erase(newest_first_.back().first);
      newest_first_.pop_back();
    }
  }
  co_return *key;
}

net::Task<SubmissionResult<std::string>> Signer::sign(const store::IdentityRecord& identity, std::string_view message) {
  if (!identity.dkim || identity.dkim->selectors.empty() || !identity::signs(identity)) co_return std::string();
  const store::DkimState& dkim = *identity.dkim;
  auto key = co_await key_for(identity, dkim);
  if (!key) co_return std::unexpected(key.error());
  mailauth::dkim::SignOptions options;
  options.signing_domain = identity.name;
  options.selector = dkim.selectors.front();
  options.key = &*key;
  co_return sign_with(std::move(options), message);
}

SubmissionResult<std::string> Signer::sign(std::string signing_domain, const ServiceKey& key,
                                           std::string_view message) {
  mailauth::dkim::SignOptions options;
  options.signing_domain = std::move(signing_domain);
  options.selector = key.selector;
  options.key = &key.key;
  return sign_with(std::move(options), message);
}

SubmissionResult<std::string> Signer::sign_with(mailauth::dkim::SignOptions options, std::string_view message) {
  options.time = clock_.now();
  auto field = mailauth::dkim::sign(message, options);
  if (!field) {
    log::error("submission", "DKIM signing refused",
               {{"domain", options.signing_domain}, {"why", mailauth::dkim::name(field.error())}});
    return std::unexpected(temporary_failure());
  }
  return std::move(*field);
}

}  // namespace sesame::submission
