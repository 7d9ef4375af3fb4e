// identity/watch_list.h: which identities somebody is looking at right now.
//
// In memory only: after a restart the next question says it again. Bounded: beyond `capacity` the one asked about
// longest ago is forgotten, which costs it nothing but pace. Thread-safe.
#pragma once

#include <list>
#include <mutex>
#include <string>
#include <unordered_map>

#include "base/clock.h"

namespace sesame::identity {

class WatchList {
 public:
  static constexpr std::chrono::minutes attention_span{1};  // DESIGN 4: asked within the last minute

  explicit WatchList(std::size_t capacity = 4096) : capacity_(capacity) {}

  void mark(const std::string& account_id, const std::string& identity, Time now);
  bool is_watched(const std::string& account_id, const std::string& identity, Time now) const;

 private:
  struct Entry {
    std::string key;
    Time asked;
  };

  const std::size_t capacity_;
  mutable std::mutex mutex_;
  std::list<Entry> by_age_;  // the latest asked about in front
  std::unordered_map<std::string, std::list<Entry>::iterator> by_key_;
};

}  // namespace sesame::identity
