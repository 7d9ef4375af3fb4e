// delivery/warmup.h: how much mail an address may send that receivers do not know yet.
//
// A plan of 45 days, as long as SES's: on day d at most 50 · 1.5^d recipients of each destination group, since it is
// the receiver that gets to know an address. That is 50, 75, 112, … 2,883 on day 10, 166,262 on day 20, 9.6 million
// on day 30. After the last day the address is warm. Pure: time is an argument; what was sent is for WarmupCounts.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "store/pool_store.h"

namespace sesame::delivery {

inline constexpr std::chrono::days warmup_days{45};
inline constexpr double warmup_first_day = 50, warmup_growth = 1.5;

// Recipients of one group that may be tried in the present day; nullopt: any number, the address is warm. A beginning
// that lies in the future (the clock was moved) is the first day.
std::optional<std::uint64_t> warmup_cap(Time began, Time now);

// How much of the plan is over, 0 to 100; 100: it is warm.
int warmup_percentage(Time began, Time now);

// The beginning that makes so much of the plan be over now; nullopt for 100: warm.
std::optional<Time> warmup_began_at(int percentage, Time now);

// What was tried today (UTC) from each address that is being warmed up, by group. Bounded: groups beyond max_counted
// are counted together, under the name "". Not thread-safe.
class WarmupCounts {
 public:
  static constexpr std::size_t max_counted = 10'000;

  using Day = std::chrono::sys_days;
  static Day day_of(Time at) { return std::chrono::floor<std::chrono::days>(at); }

  // What the store had of `day`.
  void load(Day day, const std::vector<store::WarmupCount>& counts);

  std::uint64_t tried(const std::string& address, const std::string& group, Day today) const;
  void add(const std::string& address, const std::string& group, std::uint64_t recipients, Day today);

  struct Unsaved {
    Day day{};
    std::vector<store::WarmupCount> counts;
  };
  // What was added since the last time, to be stored; put back() if that fails.
  Unsaved take_unsaved();
  void put_back(const Unsaved& unsaved);

 private:
  using Key = std::pair<std::string, std::string>;  // address, group

  Day day_{};
  std::map<Key, std::uint64_t> tried_, unsaved_;
};

}  // namespace sesame::delivery
