#include "identity/watch_list.h"

namespace sesame::identity {
namespace {

std::string key_of(const std::string& account_id, const std::string& identity) { return account_id + '/' + identity; }

}  // namespace

void WatchList::mark(const std::string& account_id, const std::string& identity, Time now) {
  const std::string key = key_of(account_id, identity);
  const std::lock_guard lock(mutex_);
  if (const auto known = by_key_.find(key); known != by_key_.end()) {
    known->second->asked = now;
    by_age_.splice(by_age_.begin(), by_age_, known->second);
    return;
  }
  if (by_age_.size() >= capacity_) {
    by_key_.erase(by_age_.back().key);
    by_age_.pop_back();
  }
  by_age_.push_front(Entry{key, now});
  by_key_[key] = by_age_.begin();
}

bool WatchList::is_watched(const std::string& account_id, const std::string& identity, Time now) const {
  const std::lock_guard lock(mutex_);
  const auto known = by_key_.find(key_of(account_id, identity));
  return known != by_key_.end() && now - known->second->asked <= attention_span;
}

}  // namespace sesame::identity
