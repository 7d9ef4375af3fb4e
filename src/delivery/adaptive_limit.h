// delivery/adaptive_limit.h: how hard a destination group may be pushed right now.
//
// The number of sessions follows what the receiver says, as TCP's window follows the network: it begins small and grows
// by one with each message taken (slow start) up to what was last too much, then by one for each window of messages
// (additive increase). A receiver that says "too much" halves it (multiplicative decrease) and is left alone for a
// while; after that one session asks whether it is over (probing). Each further refusal doubles the pause.
//
// The operator's limits are bounds of it. Pure: time is an argument. Not thread-safe.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/token_bucket.h"

namespace sesame::delivery {

struct LimitSettings {
  std::size_t max_connections = 10;
  std::size_t max_messages_per_connection = 100;
  std::optional<double> max_rate;  // messages a second; nullopt: as many as come

  friend bool operator==(const LimitSettings&, const LimitSettings&) = default;
};

class AdaptiveLimit {
 public:
  using Moment = std::chrono::steady_clock::time_point;

  static constexpr std::size_t first_sessions = 2;
  static constexpr std::chrono::seconds first_pause{1}, longest_pause{600};
  static constexpr std::chrono::minutes silence{5};  // after it, what was learned of the window is old

  AdaptiveLimit(LimitSettings settings, Moment now);

  // How many sessions there may be: 0 in a pause, 1 while probing.
  std::size_t sessions(Moment now) const;
  // When the pause ends; nullopt outside of one.
  std::optional<Moment> resumes_at(Moment now) const;
  // What one connection may carry: the operator's limit, or what this receiver has shown to be its own.
  std::size_t messages_per_connection(Moment now) const;

  // Takes the right to send one message. False: not yet, see next_send().
  bool take_send(Moment now);
  // When take_send() is next true, `now` or later.
  Moment next_send(Moment now);

  // A message was taken.
  void delivered(Moment now);
  // The receiver wants less. What is said about messages sent before the last step back changes nothing.
  void throttled(Moment now);
  // Another session was not let in while so many others are at work: no more for now.
  void crowded(std::size_t at_work, Moment now);
  // No host of the group could be reached: the next to get through begins small.
  void unreachable(Moment now);
  // The receiver ended a connection that had carried `messages`, before it took another.
  void connection_ended(std::size_t messages, Moment now);

  std::uint64_t backoffs() const { return backoffs_; }
  const LimitSettings& settings() const { return settings_; }

 private:
  bool is_silent(Moment now) const { return now - active_ > silence; }
  double most() const { return double(settings_.max_connections); }

  LimitSettings settings_;
  std::optional<TokenBucket> rate_;
  double window_;
  double threshold_;                     // slow start ends here
  Moment active_;                        // when something was last heard
  Moment resume_at_ = Moment::min();     // the end of the pause, running or past
  std::chrono::seconds pause_{0};        // the last one
  bool probing_ = false;                 // since a pause began, until a message was taken after it
  std::size_t own_messages_ = SIZE_MAX;  // the receiver's limit of messages on a connection
  Moment own_messages_at_ = Moment::min();
  std::uint64_t backoffs_ = 0;
};

}  // namespace sesame::delivery
