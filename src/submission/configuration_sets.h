// submission/configuration_sets.h: the verbs on configuration sets, their event destinations and the attributes of an
// account, with the rules for them (spec 3.5, 4.1, 7).
//
// Everything that changes them goes through here. Thread-safe; what the constructor is given must outlive it.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "net/task.h"
#include "store/control_store.h"
#include "store/pool_store.h"

namespace sesame::submission {

constexpr std::size_t max_configuration_sets = 10'000;  // per account; spec 4.1, as are the next three
constexpr std::size_t max_configuration_name = 64;      // of [A-Za-z0-9_-], also of an event destination
constexpr std::size_t max_event_destinations = 10;
constexpr std::chrono::seconds least_max_delivery{300}, most_max_delivery{50400};  // spec 3.2
constexpr std::size_t max_webhook_url = 2048;

enum class ConfigurationErrc {
  set_missing,
  set_exists,
  destination_missing,
  destination_exists,
  topic_missing,
  pool_missing,
  invalid_name,
  invalid_destination,  // no kind of event, not a URL
  invalid_delivery,     // out of its bounds
  invalid_tracking,     // the redirect domain is not verified
  limit_exceeded,
  concurrent_change,  // somebody else was faster, again and again; try again
  unavailable,        // the store failed; nothing was changed
};
struct ConfigurationError {
  ConfigurationErrc code = ConfigurationErrc::unavailable;
  std::string text;  // in the words the service is known for
};
template <class T>
using ConfigurationTask = net::Task<Result<T, ConfigurationError>>;

using SharedSet = std::shared_ptr<const store::ConfigurationSet>;

ConfigurationError no_such_set(const std::string& name);

enum class TopicCheck { valid, missing, unavailable };
// Asked when a destination is given a topic: whether it is there; a topic that is gets a message saying so (spec 3.4).
using TopicValidator = std::function<net::Task<TopicCheck>(std::string account_id, std::string topic_arn)>;

class ConfigurationSets {
 public:
  ConfigurationSets(store::ControlStore& control, const Clock& clock) : control_(control), clock_(clock) {}

  // Before the first call. Without one, no topic exists.
  void set_topic_validator(TopicValidator validator) { validate_topic_ = std::move(validator); }

  ConfigurationTask<store::AccountAttributes> account(std::string account_id);
  ConfigurationTask<void> set_account_sending(std::string account_id, bool enabled);
  ConfigurationTask<void> set_account_suppression(std::string account_id, store::SuppressionReasons reasons);

  ConfigurationTask<SharedSet> find(std::string account_id, std::string name);
  ConfigurationTask<store::ConfigurationSetPage> list(std::string account_id, std::string after, std::size_t limit);

  // Before the first call. Without them, no pool exists. `tell_delivery`: the pool of a set was changed; any thread.
  void set_pools(store::PoolStore& pools, std::function<void()> tell_delivery) {
    pools_ = &pools;
    tell_delivery_ = std::move(tell_delivery);
  }

  // A set and its pool are kept in two stores. Who makes, removes or moves a set has its name for himself meanwhile (a
  // second one is refused with concurrent_change), and the pool is chosen before the set is there and forgotten when it
  // has gone: a crash between the two leaves a choice that nothing uses, and that the next set of the name replaces.
  //
  // A set is made without event destinations. Errors: set_exists, invalid_name, invalid_delivery, invalid_tracking,
  // pool_missing, limit_exceeded
  ConfigurationTask<void> create(store::ConfigurationSet set, std::optional<std::string> sending_pool = std::nullopt);
  ConfigurationTask<void> remove(std::string account_id, std::string name);

  // The pool that mail sent with the set leaves from; nullopt: the account's default one.
  ConfigurationTask<std::optional<std::string>> sending_pool(std::string account_id, std::string name);

  // What is changed of a set; what is not given stays. `suppression`: the inner nullopt lets the account's rules hold.
  struct Changes {
    std::optional<store::TlsPolicy> tls_policy;
    std::optional<std::optional<std::chrono::seconds>> max_delivery;
    std::optional<bool> sending_enabled;
    std::optional<bool> reputation_metrics_enabled;
    std::optional<std::optional<store::SuppressionReasons>> suppression;
    std::optional<store::TrackingOptions> tracking;
    std::optional<std::optional<std::string>> sending_pool;
  };
  ConfigurationTask<void> change(std::string account_id, std::string name, Changes changes);

  ConfigurationTask<void> add_destination(std::string account_id, std::string set, store::EventDestination destination);
  // The one of the same name becomes `destination`.
  ConfigurationTask<void> replace_destination(std::string account_id, std::string set,
                                              store::EventDestination destination);
  ConfigurationTask<void> remove_destination(std::string account_id, std::string set, std::string name);

 private:
  // Changes the set in place or says why not.
  using Edit = std::function<std::optional<ConfigurationError>(store::ConfigurationSet& set)>;
  ConfigurationTask<void> edit(std::string account_id, std::string name, Edit edit);
  // The domain links of an account's mail may lead to: one that the account has verified, or below it.
  ConfigurationTask<void> check_tracking(std::string account_id, store::TrackingOptions tracking);
  ConfigurationTask<void> check_pool(std::string account_id, std::optional<std::string> pool);
  class SoleUse;
  // Errors: pool_missing
  ConfigurationTask<void> choose_pool(std::string account_id, std::string name, std::optional<std::string> pool);
  ConfigurationTask<void> check_target(std::string account_id, const store::EventDestination& destination);

  store::ControlStore& control_;
  const Clock& clock_;
  TopicValidator validate_topic_;
  store::PoolStore* pools_ = nullptr;
  std::function<void()> tell_delivery_;

  std::mutex mutex_;
  std::set<std::pair<std::string, std::string>> in_use_;  // account and set; under mutex_
};

}  // namespace sesame::submission
