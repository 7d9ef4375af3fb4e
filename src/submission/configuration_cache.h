// submission/configuration_cache.h: account attributes and configuration sets in memory, because every message asks.
//
// What is read is kept until it is changed here, or for max_age, after which another process's change is seen. A change
// and a reading that overlap leave nothing old behind. Thread-safe; the store must outlive it.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "base/clock.h"
#include "store/control_store.h"

namespace sesame::submission {

class ConfigurationCache {
 public:
  static constexpr std::chrono::seconds max_age{30};
  static constexpr std::size_t max_entries = 10'000;  // of each kind; more, and all are read anew

  using SharedSet = std::shared_ptr<const store::ConfigurationSet>;

  ConfigurationCache(store::ControlStore& control, const Clock& clock) : control_(control), clock_(clock) {}

  store::StoreTask<store::AccountAttributes> account(std::string account_id);
  store::StoreTask<SharedSet> configuration_set(std::string account_id, std::string name);  // not_found

  // To be called when a change has been committed.
  void forget_account(const std::string& account_id);
  void forget_configuration_set(const std::string& account_id, const std::string& name);

 private:
  template <class T>
  struct Kept {
    T value;
    Time read{};
  };
  using SetName = std::pair<std::string, std::string>;
  bool is_fresh(Time read) const;

  store::ControlStore& control_;
  const Clock& clock_;
  std::mutex mutex_;
  std::uint64_t changes_ = 0;  // a reading that began before the last one is not kept
  std::map<std::string, Kept<store::AccountAttributes>> accounts_;
  std::map<SetName, Kept<SharedSet>> sets_;
};

}  // namespace sesame::submission
