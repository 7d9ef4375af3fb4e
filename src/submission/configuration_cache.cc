#include "submission/configuration_cache.h"

namespace sesame::submission {

bool ConfigurationCache::is_fresh(Time read) const {
  const Time now = clock_.now();
  return read <= now && now - read < max_age;  // also when the clock was set back
}

store::StoreTask<store::AccountAttributes> ConfigurationCache::account(std::string account_id) {
  std::uint64_t seen = 0;
  {
    const std::lock_guard lock(mutex_);
    const auto kept = accounts_.find(account_id);
    if (kept != accounts_.end() && is_fresh(kept->second.read)) co_return kept->second.value;
    seen = changes_;
  }
  const Time began = clock_.now();
  auto read = co_await control_.find_account_attributes(account_id);
  if (!read) co_return read;
  const std::lock_guard lock(mutex_);
  if (changes_ == seen) {
    if (accounts_.size() >= max_entries) accounts_.clear();
    accounts_.insert_or_assign(account_id, Kept<store::AccountAttributes>{*read, began});
  }
  co_return read;
}

store::StoreTask<ConfigurationCache::SharedSet> ConfigurationCache::configuration_set(std::string account_id,
                                                                                      std::string name) {
  const SetName key{account_id, name};
  std::uint64_t seen = 0;
  {
    const std::lock_guard lock(mutex_);
    const auto kept = sets_.find(key);
    if (kept != sets_.end() && is_fresh(kept->second.read)) co_return kept->second.value;
    seen = changes_;
  }
  const Time began = clock_.now();
  auto read = co_await control_.find_configuration_set(std::move(account_id), std::move(name));
  if (!read) co_return std::unexpected(read.error());
  SharedSet set = std::make_shared<const store::ConfigurationSet>(std::move(*read));
  const std::lock_guard lock(mutex_);
  if (changes_ == seen) {
    if (sets_.size() >= max_entries) sets_.clear();
    sets_.insert_or_assign(key, Kept<SharedSet>{set, began});
  }
  co_return set;
}

void ConfigurationCache::forget_account(const std::string& account_id) {
  const std::lock_guard lock(mutex_);
  ++changes_;
  accounts_.erase(account_id);
}

void ConfigurationCache::forget_configuration_set(const std::string& account_id, const std::string& name) {
  const std::lock_guard lock(mutex_);
  ++changes_;
  sets_.erase({account_id, name});
}

}  // namespace sesame::submission
