// base/clock.h: the time of day, injected.
//
// Nothing outside this header and net/ (deadlines of sockets) asks the operating system for the time. Stored times,
// windows, expiries and retry schedules are `Time`; a test moves ManualClock 72 hours forward in no time.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace sesame {

// UTC, millisecond resolution (what the store keeps).
using Time = std::chrono::sys_time<std::chrono::milliseconds>;

inline std::int64_t to_unix_ms(Time t) { return t.time_since_epoch().count(); }
inline Time from_unix_ms(std::int64_t ms) { return Time(std::chrono::milliseconds(ms)); }
inline std::int64_t to_unix_seconds(Time t) {
  return std::chrono::floor<std::chrono::seconds>(t.time_since_epoch()).count();
}

// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Time now() const = 0;
};

class SystemClock final : public Clock {
 public:
  Time now() const override { return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()); }
};

// Stands still until told to move. Starts at 2026-01-01T00:00:00Z.
class ManualClock final : public Clock {
 public:
  Time now() const override { return from_unix_ms(now_ms_.load()); }
  void advance(std::chrono::milliseconds by) { now_ms_ += by.count(); }
  void set(Time t) { now_ms_ = to_unix_ms(t); }

 private:
  std::atomic<std::int64_t> now_ms_{1767225600000};
};

}  // namespace sesame
