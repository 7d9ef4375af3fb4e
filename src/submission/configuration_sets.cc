#include "submission/configuration_sets.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/log.h"
#include "base/text.h"
#include "identity/governing.h"
#include "message/address.h"

namespace sesame::submission {
namespace {

using store::ConfigurationSet;
using store::EventDestination;
using store::StoreErrc;

constexpr int attempts_at_change = 5;
constexpr std::size_t max_redirect_domain = 253;

std::unexpected<ConfigurationError> refuse(ConfigurationErrc code, std::string text) {
  return std::unexpected(ConfigurationError{code, std::move(text)});
}

ConfigurationError unavailable(const store::StoreError& error) {
  log::error("submission", "configuration cannot be read or changed", {{"detail", error.detail}});
  return {ConfigurationErrc::unavailable, "Temporary service failure"};
}

ConfigurationError no_such_destination(const std::string& set) {
  return {ConfigurationErrc::destination_missing, fmt::format("No EventDestination found for {}", set)};
}

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= max_configuration_name && std::ranges::all_of(name, [](char c) {
    const char l = ascii_lower(c);
    return (l >= 'a' && l <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

std::optional<ConfigurationError> check_name(std::string_view what, const std::string& name) {
  if (is_name(name)) return std::nullopt;
  return ConfigurationError{
      ConfigurationErrc::invalid_name,
      fmt::format("Invalid {} name <{}>: only alphanumeric ASCII characters, '_', and '-' are allowed, at most {}.",
                  what, printable_utf8(name, max_configuration_name), max_configuration_name)};
}

std::optional<ConfigurationError> check_delivery(std::optional<std::chrono::seconds> max_delivery) {
  if (!max_delivery || (*max_delivery >= least_max_delivery && *max_delivery <= most_max_delivery)) return std::nullopt;
  return ConfigurationError{ConfigurationErrc::invalid_delivery,
                            fmt::format("MaxDeliverySeconds must be between {} and {}.", least_max_delivery.count(),
                                        most_max_delivery.count())};
}

bool is_web_url(std::string_view url) {
  if (url.size() > max_webhook_url) return false;
  std::string_view rest = url;
  if (url.starts_with("https://")) {
    rest.remove_prefix(8);
  } else if (url.starts_with("http://")) {
    rest.remove_prefix(7);
  } else {
    return false;
  }
  return !rest.empty() && rest.front() != '/' && std::ranges::all_of(rest, [](char c) { return c > ' ' && c < 0x7f; });
}

std::vector<EventDestination>::iterator find_destination(ConfigurationSet& set, const std::string& name) {
  return std::ranges::find(set.event_destinations, name, &EventDestination::name);
}

void apply(const ConfigurationSets::Changes& changes, ConfigurationSet& set, Time now) {
  if (changes.tls_policy) set.tls_policy = *changes.tls_policy;
  if (changes.max_delivery) set.max_delivery = *changes.max_delivery;
  if (changes.reputation_metrics_enabled) set.reputation_metrics_enabled = *changes.reputation_metrics_enabled;
  if (changes.suppression) set.suppression = *changes.suppression;
  if (changes.tracking) set.tracking = *changes.tracking;
  if (!changes.sending_enabled) return;
  if (*changes.sending_enabled && !set.sending_enabled) set.last_fresh_start = now;
  set.sending_enabled = *changes.sending_enabled;
}

std::unexpected<ConfigurationError> no_such_pool(std::string_view name) {
  return refuse(ConfigurationErrc::pool_missing,
                fmt::format("Sending pool <{}> does not exist.", printable_utf8(name, 4 * max_configuration_name)));
}

std::unexpected<ConfigurationError> set_exists(std::string_view name) {
  return refuse(ConfigurationErrc::set_exists, fmt::format("Configuration set <{}> already exists.", name));
}

std::unexpected<ConfigurationError> being_changed(std::string_view name) {
  return refuse(ConfigurationErrc::concurrent_change,
                fmt::format("Configuration set <{}> is being changed. Try again.", name));
}

}  // namespace

// A set's name for oneself, as long as it lives; false: somebody else has it.
class ConfigurationSets::SoleUse {
 public:
  SoleUse(ConfigurationSets& sets, std::string account_id, std::string name)
      : sets_(sets), of_(std::move(account_id), std::move(name)) {
    const std::lock_guard lock(sets_.mutex_);
    is_mine_ = sets_.in_use_.insert(of_).second;
  }
  ~SoleUse() {
    if (!is_mine_) return;
    const std::lock_guard lock(sets_.mutex_);
    sets_.in_use_.erase(of_);
  }
  SoleUse(const SoleUse&) = delete;
  SoleUse& operator=(const SoleUse&) = delete;

  explicit operator bool() const { return is_mine_; }

 private:
  ConfigurationSets& sets_;
  std::pair<std::string, std::string> of_;
  bool is_mine_ = false;
};

ConfigurationError no_such_set(const std::string& name) {
  return {ConfigurationErrc::set_missing,
          fmt::format("Configuration set <{}> does not exist.", printable_utf8(name, 4 * max_configuration_name))};
}

ConfigurationTask<store::AccountAttributes> ConfigurationSets::account(std::string account_id) {
  const auto found = co_await control_.find_account_attributes(std::move(account_id));
  if (!found) co_return std::unexpected(unavailable(found.error()));
  co_return *found;
}

ConfigurationTask<void> ConfigurationSets::set_account_sending(std::string account_id, bool enabled) {
  const auto changed = co_await control_.set_account_sending(account_id, enabled);
  if (!changed) co_return std::unexpected(unavailable(changed.error()));
  co_return Result<void, ConfigurationError>();
}

ConfigurationTask<void> ConfigurationSets::set_account_suppression(std::string account_id,
                                                                   store::SuppressionReasons reasons) {
  const auto changed = co_await control_.set_account_suppression(account_id, reasons);
  if (!changed) co_return std::unexpected(unavailable(changed.error()));
  co_return Result<void, ConfigurationError>();
}

ConfigurationTask<SharedSet> ConfigurationSets::find(std::string account_id, std::string name) {
  if (!is_name(name)) co_return std::unexpected(no_such_set(name));
  auto found = co_await control_.find_configuration_set(std::move(account_id), name);
  if (found) co_return std::make_shared<const ConfigurationSet>(std::move(*found));
  if (found.error().code == StoreErrc::not_found) co_return std::unexpected(no_such_set(name));
  co_return std::unexpected(unavailable(found.error()));
}

ConfigurationTask<store::ConfigurationSetPage> ConfigurationSets::list(std::string account_id, std::string after,
                                                                       std::size_t limit) {
  auto page = co_await control_.list_configuration_sets(std::move(account_id), std::move(after), limit);
  if (!page) co_return std::unexpected(unavailable(page.error()));
  co_return std::move(*page);
}

ConfigurationTask<std::optional<std::string>> ConfigurationSets::sending_pool(std::string account_id,
                                                                              std::string name) {
  if (pools_ == nullptr) co_return std::nullopt;
  auto pool = co_await pools_->chosen_pool(std::move(account_id), std::move(name));
  if (!pool) co_return std::unexpected(unavailable(pool.error()));
  co_return std::move(*pool);
}

ConfigurationTask<void> ConfigurationSets::check_pool(std::string account_id, std::optional<std::string> pool) {
  if (!pool || *pool == store::default_pool || *pool == store::shared_pool)
    co_return Result<void, ConfigurationError>();
  bool is_known = false;
  if (pools_ != nullptr) {
    const auto pools = co_await pools_->list_pools();
    if (!pools) co_return std::unexpected(unavailable(pools.error()));
    is_known = std::ranges::any_of(
        *pools, [&](const store::SendingPool& known) { return known.account_id == account_id && known.name == *pool; });
  }
  if (!is_known) {
    co_return no_such_pool(*pool);
  }
  co_return Result<void, ConfigurationError>();
}

// Told to delivery also when nothing was chosen before: a look at the pools costs little.
ConfigurationTask<void> ConfigurationSets::choose_pool(std::string account_id, std::string name,
                                                       std::optional<std::string> pool) {
  if (pools_ == nullptr) co_return Result<void, ConfigurationError>();
  std::optional<std::string> named = pool;
  const auto chosen = co_await pools_->choose_pool(std::move(account_id), std::move(name), std::move(named));
  if (!chosen && chosen.error().code == StoreErrc::not_found) co_return no_such_pool(pool.value_or(""));
  if (!chosen) co_return std::unexpected(unavailable(chosen.error()));
  if (tell_delivery_) tell_delivery_();
  co_return Result<void, ConfigurationError>();
}

ConfigurationTask<void> ConfigurationSets::create(ConfigurationSet set, std::optional<std::string> sending_pool) {
  if (auto wrong = check_name("configuration set", set.name)) co_return std::unexpected(std::move(*wrong));
  if (auto wrong = check_delivery(set.max_delivery)) co_return std::unexpected(std::move(*wrong));
  const auto tracking = co_await check_tracking(set.account_id, set.tracking);
  if (!tracking) co_return std::unexpected(tracking.error());
  const auto pool_known = co_await check_pool(set.account_id, sending_pool);
  if (!pool_known) co_return std::unexpected(pool_known.error());
  const auto count = co_await control_.count_configuration_sets(set.account_id);
  if (!count) co_return std::unexpected(unavailable(count.error()));
  if (*count >= max_configuration_sets) {
    co_return refuse(ConfigurationErrc::limit_exceeded,
                     fmt::format("A maximum of {} configuration sets is allowed per account.", max_configuration_sets));
  }
  const std::string account_id = set.account_id, name = set.name;
  const SoleUse use(*this, account_id, name);
  if (!use) co_return being_changed(name);
  const auto known = co_await find(account_id, name);
  if (known) co_return set_exists(name);
  if (known.error().code != ConfigurationErrc::set_missing) co_return std::unexpected(known.error());
  auto chosen = co_await choose_pool(account_id, name, std::move(sending_pool));
  if (!chosen) co_return chosen;
  set.created = clock_.now();
  const auto created = co_await control_.create_configuration_set(std::move(set));
  if (created) co_return Result<void, ConfigurationError>();
  if (created.error().code == StoreErrc::already_exists) co_return set_exists(name);
  co_return std::unexpected(unavailable(created.error()));
}

ConfigurationTask<void> ConfigurationSets::remove(std::string account_id, std::string name) {
  const SoleUse use(*this, account_id, name);
  if (!use) co_return being_changed(name);
  const auto removed = co_await control_.delete_configuration_set(account_id, name);
  if (!removed && removed.error().code == StoreErrc::not_found) co_return std::unexpected(no_such_set(name));
  if (!removed) co_return std::unexpected(unavailable(removed.error()));
  // The set has gone, whatever becomes of its choice: what is wrong with the store was told of.
  (void)co_await choose_pool(std::move(account_id), std::move(name), std::nullopt);
  co_return Result<void, ConfigurationError>();
}

ConfigurationTask<void> ConfigurationSets::edit(std::string account_id, std::string name, Edit edit) {
  for (int attempt = 0; attempt < attempts_at_change; ++attempt) {
    auto set = co_await control_.find_configuration_set(account_id, name);
    if (!set && set.error().code == StoreErrc::not_found) co_return std::unexpected(no_such_set(name));
    if (!set) co_return std::unexpected(unavailable(set.error()));
    if (auto refused = edit(*set)) co_return std::unexpected(std::move(*refused));
    const auto updated = co_await control_.update_configuration_set(std::move(*set));
    if (updated) co_return Result<void, ConfigurationError>();
    const StoreErrc why = updated.error().code;
    if (why == StoreErrc::not_found) co_return std::unexpected(no_such_set(name));
    if (why != StoreErrc::conflict) co_return std::unexpected(unavailable(updated.error()));
  }
  co_return being_changed(name);
}

ConfigurationTask<void> ConfigurationSets::change(std::string account_id, std::string name, Changes changes) {
  if (changes.max_delivery) {
    if (auto wrong = check_delivery(*changes.max_delivery)) co_return std::unexpected(std::move(*wrong));
  }
  if (changes.tracking) {
    const auto checked = co_await check_tracking(account_id, *changes.tracking);
    if (!checked) co_return std::unexpected(checked.error());
  }
  if (changes.sending_pool) {
    const auto checked = co_await check_pool(account_id, *changes.sending_pool);
    if (!checked) co_return std::unexpected(checked.error());
  }
  const Edit change = [changes, now = clock_.now()](ConfigurationSet& set) -> std::optional<ConfigurationError> {
    apply(changes, set, now);
    return std::nullopt;
  };
  std::optional<SoleUse> use;
  if (changes.sending_pool && !use.emplace(*this, account_id, name)) co_return being_changed(name);
  auto changed = co_await edit(account_id, name, change);
  if (!changed || !changes.sending_pool) co_return changed;
  auto chosen = co_await choose_pool(std::move(account_id), std::move(name), *changes.sending_pool);
  co_return chosen;
}

ConfigurationTask<void> ConfigurationSets::check_tracking(std::string account_id, store::TrackingOptions tracking) {
  if (!tracking.redirect_domain) co_return Result<void, ConfigurationError>();
  const std::string domain = *tracking.redirect_domain;
  const std::string refusal =
      fmt::format("CustomRedirectDomain <{}> is not a verified domain.", printable_utf8(domain, max_redirect_domain));
  const auto address = message::make_addr_spec("links", domain);
  if (!address || address->is_address_literal()) co_return refuse(ConfigurationErrc::invalid_tracking, refusal);
  std::vector<std::string> candidates = identity::candidate_names("links@" + domain);
  const auto found = co_await control_.find_identities(std::move(account_id), std::move(candidates));
  if (!found) co_return std::unexpected(unavailable(found.error()));
  const bool is_verified = std::ranges::any_of(*found, [](const store::IdentityRecord& identity) {
    return identity.kind == store::IdentityKind::domain && identity::may_send(identity);
  });
  if (!is_verified) co_return refuse(ConfigurationErrc::invalid_tracking, refusal);
  co_return Result<void, ConfigurationError>();
}

ConfigurationTask<void> ConfigurationSets::check_target(std::string account_id, const EventDestination& destination) {
  if (destination.matching.empty()) {
    co_return refuse(ConfigurationErrc::invalid_destination, "MatchingEventTypes must name at least one event type.");
  }
  if (const auto* webhook = std::get_if<store::WebhookTarget>(&destination.target)) {
    if (is_web_url(webhook->url)) co_return Result<void, ConfigurationError>();
    co_return refuse(ConfigurationErrc::invalid_destination, "WebhookDestination.Url must be an http or https URL.");
  }
  const std::string arn = std::get<store::TopicTarget>(destination.target).topic_arn;
  TopicCheck checked = TopicCheck::missing;
  if (validate_topic_) checked = co_await validate_topic_(std::move(account_id), arn);
  switch (checked) {
    case TopicCheck::valid: break;
    case TopicCheck::missing:
      co_return refuse(ConfigurationErrc::topic_missing, fmt::format("SNS topic <{}> not found.", arn));
    case TopicCheck::unavailable: co_return refuse(ConfigurationErrc::unavailable, "Temporary service failure");
  }
  co_return Result<void, ConfigurationError>();
}

ConfigurationTask<void> ConfigurationSets::add_destination(std::string account_id, std::string set,
                                                           EventDestination destination) {
  if (auto wrong = check_name("event destination", destination.name)) co_return std::unexpected(std::move(*wrong));
  const auto known = co_await find(account_id, set);  // before a topic hears of it
  if (!known) co_return std::unexpected(known.error());
  const auto checked = co_await check_target(account_id, destination);
  if (!checked) co_return std::unexpected(checked.error());
  const Edit add = [destination](ConfigurationSet& edited) -> std::optional<ConfigurationError> {
    if (find_destination(edited, destination.name) != edited.event_destinations.end()) {
      return ConfigurationError{ConfigurationErrc::destination_exists,
                                fmt::format("Event destination <{}> already exists.", destination.name)};
    }
    if (edited.event_destinations.size() >= max_event_destinations) {
      return ConfigurationError{
          ConfigurationErrc::limit_exceeded,
          fmt::format("A maximum of {} event destinations is allowed per configuration set.", max_event_destinations)};
    }
    edited.event_destinations.push_back(destination);
    return std::nullopt;
  };
  auto added = co_await edit(std::move(account_id), std::move(set), add);
  co_return added;
}

ConfigurationTask<void> ConfigurationSets::replace_destination(std::string account_id, std::string set,
                                                               EventDestination destination) {
  const auto known = co_await find(account_id, set);
  if (!known) co_return std::unexpected(known.error());
  const auto& destinations = (*known)->event_destinations;
  const auto before = std::ranges::find(destinations, destination.name, &EventDestination::name);
  if (before == destinations.end()) co_return std::unexpected(no_such_destination(set));
  const auto checked = co_await check_target(account_id, destination);
  if (!checked) co_return std::unexpected(checked.error());
  const Edit replace = [destination](ConfigurationSet& edited) -> std::optional<ConfigurationError> {
    const auto found = find_destination(edited, destination.name);
    if (found == edited.event_destinations.end()) return no_such_destination(edited.name);
    *found = destination;
    return std::nullopt;
  };
  auto replaced = co_await edit(std::move(account_id), std::move(set), replace);
  co_return replaced;
}

ConfigurationTask<void> ConfigurationSets::remove_destination(std::string account_id, std::string set,
                                                              std::string name) {
  const Edit remove = [name](ConfigurationSet& edited) -> std::optional<ConfigurationError> {
    const auto found = find_destination(edited, name);
    if (found == edited.event_destinations.end()) return no_such_destination(edited.name);
    edited.event_destinations.erase(found);
    return std::nullopt;
  };
  auto removed = co_await edit(std::move(account_id), std::move(set), remove);
  co_return removed;
}

}  // namespace sesame::submission
