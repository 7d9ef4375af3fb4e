// sqlite/recent_reads.h: what was read lately, kept in memory for the questions that every message asks.
//
// A value is good until this process commits anything to the database, which drops them all, and for max_age: that is
// when a change by another process is seen. A reading that overlaps a commit is not kept, so nobody who has seen a
// write return reads what was there before it. Thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "store/error.h"

namespace sesame::store::sqlite {

template <class Value>
class RecentReads {
 public:
  using Clock = std::chrono::steady_clock;
  using Shared = std::shared_ptr<const Value>;
  static constexpr std::chrono::milliseconds max_age{1000};
  static constexpr std::size_t max_entries = 10'000;  // one more, and all are read anew

  // To be taken before the reading begins.
  struct Beginning {
    std::uint64_t commits = 0;
    Clock::time_point at;
  };
  Beginning begin(Clock::time_point now = Clock::now()) const {
    const std::lock_guard lock(mutex_);
    return {commits_, now};
  }

  // nullptr: to be read.
  Shared find(const std::string& key, Clock::time_point now = Clock::now()) const {
    const std::lock_guard lock(mutex_);
    const auto found = kept_.find(key);
    if (found == kept_.end() || now - found->second.read_at >= max_age) return nullptr;
    return found->second.value;
  }

  void keep(const Beginning& beginning, std::string key, Shared value) {
    const std::lock_guard lock(mutex_);
    if (beginning.commits != commits_) return;
    if (kept_.size() >= max_entries) kept_.clear();
    kept_.insert_or_assign(std::move(key), Kept{std::move(value), beginning.at});
  }

  // After a commit, before anybody hears of it.
  void drop_all() {
    const std::lock_guard lock(mutex_);
    ++commits_;
    kept_.clear();
  }

 private:
  struct Kept {
    Shared value;
    Clock::time_point read_at;
  };
  mutable std::mutex mutex_;
  std::uint64_t commits_ = 0;
  std::unordered_map<std::string, Kept> kept_;
};

// What `key` stands for: as it was kept, or as `reading`, which is not begun before, finds it now.
template <class Value>
StoreTask<Value> read_recent(RecentReads<Value>& recent, std::string key, StoreTask<Value> reading) {
  if (const auto kept = recent.find(key)) co_return *kept;
  const auto beginning = recent.begin();
  auto read = co_await std::move(reading);
  if (read) recent.keep(beginning, std::move(key), std::make_shared<const Value>(*read));
  co_return read;
}

}  // namespace sesame::store::sqlite
