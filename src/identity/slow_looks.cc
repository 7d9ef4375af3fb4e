#include "identity/slow_looks.h"

namespace sesame::identity {

void SlowLooks::note(const std::string& key, bool slow) {
  const std::lock_guard lock(mutex_);
  const auto known = by_key_.find(key);
  if (known == by_key_.end() && !slow) return;
  if (known == by_key_.end()) {
    by_age_.push_front({key});
    by_key_.emplace(key, by_age_.begin());
    if (by_key_.size() <= capacity_) return;
    by_key_.erase(by_age_.back().key);
    by_age_.pop_back();
    return;
  }
  const auto entry = known->second;
  if (slow) {
    entry->quick_in_a_row = 0;
    by_age_.splice(by_age_.begin(), by_age_, entry);
  } else if (++entry->quick_in_a_row == quick_again_after) {
    by_key_.erase(known);
    by_age_.erase(entry);
  }
}

bool SlowLooks::is_slow(const std::string& key) const {
  const std::lock_guard lock(mutex_);
  return by_key_.contains(key);
}

}  // namespace sesame::identity
