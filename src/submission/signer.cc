#include "submission/signer.h"

#include <fmt/format.h>

#include "base/log.h"
#include "identity/governing.h"
#include "mailauth/dkim/sign.h"

namespace sesame::submission {
namespace {

SubmissionError temporary_failure() { return {SubmissionErrc::unavailable, "Temporary service failure", ""}; }

}  // namespace

Signer::Signer(store::ControlStore& store, const Clock& clock, AlsoSign also, std::size_t max_keys)
    : store_(store), clock_(clock), also_(also), max_keys_(max_keys) {}

void Signer::set_service_key(std::string service_domain, ServiceKey key) {
  service_ = {std::move(service_domain), std::move(key.selector), std::move(key.key)};
}

net::Task<SubmissionResult<mailauth::dkim::SigningKey>> Signer::key_for(const store::IdentityRecord& identity,
                                                                        std::string selector) {
  const auto generated = identity.dkim ? identity.dkim->last_key_generated : std::nullopt;
  const std::int64_t made = generated ? to_unix_ms(*generated) : 0;
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

net::Task<SubmissionResult<std::vector<Signer::Use>>> Signer::keys_of(const store::IdentityRecord& identity) {
  std::vector<Use> keys;
  if (!identity.dkim || identity.dkim->selectors.empty() || !identity::signs(identity)) co_return keys;
  const std::vector<std::string>& selectors = identity.dkim->selectors;
  auto first = co_await key_for(identity, selectors.front());
  if (!first) co_return std::unexpected(first.error());
  keys.push_back({identity.name, selectors.front(), std::move(*first)});
  if (!also_.ed25519 || selectors.size() < 2) co_return keys;
  auto last = co_await key_for(identity, selectors.back());
  if (!last) co_return std::unexpected(last.error());
  if (last->algorithm() == mailauth::dkim::Algorithm::ed25519_sha256) {
    keys.push_back({identity.name, selectors.back(), std::move(*last)});
  }
  co_return keys;
}

net::Task<SubmissionResult<std::string>> Signer::sign(const store::IdentityRecord* identity, std::string_view message) {
  std::vector<Use> keys;
  if (identity != nullptr) {
    auto own = co_await keys_of(*identity);
    if (!own) co_return std::unexpected(own.error());
    keys = std::move(*own);
  }
  if (also_.service && service_) keys.push_back(*service_);
  co_return sign_with(keys, message);
}

SubmissionResult<std::string> Signer::sign_own(std::string_view message) const {
  if (!service_) return std::string();
  return sign_with({*service_}, message);
}

SubmissionResult<std::string> Signer::sign_with(const std::vector<Use>& keys, std::string_view octets) const {
  std::string fields;
  if (keys.empty()) return fields;
  using namespace mailauth::dkim;
  const message::ParsedMessage message = message::parse_message(octets);
  const BodyHash body = hash_body(Canonicalization::simple, message.body);
  for (const Use& use : keys) {
    SignOptions options;
    options.signing_domain = use.domain;
    options.selector = use.selector;
    options.key = &use.key;
    options.time = clock_.now();
    const auto field = mailauth::dkim::sign(message, body, options);
    if (!field) {
      log::error("submission", "DKIM signing refused", {{"domain", use.domain}, {"why", name(field.error())}});
      return std::unexpected(temporary_failure());
    }
    fields += *field;
  }
  return fields;
}

}  // namespace sesame::submission
