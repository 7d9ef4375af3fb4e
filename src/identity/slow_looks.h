// identity/slow_looks.h: which identities' last looks took long.
//
// In memory only: after a restart the next look says it again. Bounded: beyond `capacity` the one that was slow longest
// ago is forgotten. Thread-safe.
#pragma once

#include <list>
#include <mutex>
#include <string>
#include <unordered_map>

namespace sesame::identity {

class SlowLooks {
 public:
  // Quick looks in a row after which an identity is no longer slow. Silent name servers are probed every 10 s
  // (dns::GateLimits), so of the looks at a dead zone, at most one every 2 s, one in five is slow.
  static constexpr unsigned quick_again_after = 8;

  explicit SlowLooks(std::size_t capacity = 10'000) : capacity_(capacity) {}

  void note(const std::string& key, bool slow);
  bool is_slow(const std::string& key) const;

 private:
  struct Entry {
    std::string key;
    unsigned quick_in_a_row = 0;
  };

  const std::size_t capacity_;
  mutable std::mutex mutex_;
  std::list<Entry> by_age_;  // the latest slow one in front
  std::unordered_map<std::string, std::list<Entry>::iterator> by_key_;
};

}  // namespace sesame::identity
