// publish/pace.h: how many entries of one destination are sent at the same time. Pure.
//
// Each is a connection of its own, and a receiver that may let only a few wait to be accepted drops the rest of them,
// unheard: their openings are sent again after one second, then after two more, and everything behind them waits. So a
// round begins with few, twice as many follow while all goes well, and one in which some were held up halves the
// number. From there it grows by one every ten seconds.
// A receiver that is slow with all of them alike is only slow: more at a time is what helps there. One that takes
// nothing at all says nothing about how many it can bear: after that all begins anew.
//
// delivery/adaptive_limit.h answers another question. There a receiver's reply says "too much"; here what was too much
// is never told, and growing by one with every round would overflow a short queue every few rounds.
#pragma once

#include <chrono>
#include <cstddef>

#include "base/clock.h"

namespace sesame::publish {

constexpr std::size_t entries_at_once = 32;  // at most

// What one round showed. `sent`: how many, at least 1. `failed`: of those, for the destination's sake.
struct Round {
  std::size_t sent = 0, failed = 0;
  std::chrono::milliseconds quickest{}, slowest{};  // of the attempts
};

class Pace {
 public:
  std::size_t at_once() const { return at_once_; }
  void ended(const Round& round, Time now);

 private:
  std::size_t at_once_ = 8, ceiling_ = entries_at_once;
  Time raise_at_{};
};

}  // namespace sesame::publish
