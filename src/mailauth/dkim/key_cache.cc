#include "mailauth/dkim/key_cache.h"

namespace sesame::mailauth::dkim {

Result<KeyRecord, KeyRecordError> KeyCache::parse(std::string_view txt) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto known = records_.find(txt); known != records_.end()) return known->second;
  }
  auto record = parse_key_record(txt);
  if (!record || txt.size() > max_kept_octets) return record;
  const std::lock_guard lock(mutex_);
  if (records_.size() >= capacity_) records_.clear();
  records_.try_emplace(std::string(txt), *record);
  return record;
}

std::size_t KeyCache::size() const {
  const std::lock_guard lock(mutex_);
  return records_.size();
}

}  // namespace sesame::mailauth::dkim
