// base/token_bucket.h: a rate with a burst, for pacing questions and limiting answers.
#pragma once

#include <algorithm>
#include <chrono>

namespace sesame {

// Starts full: `burst` at once, then `per_second` on average. Not thread-safe.
class TokenBucket {
 public:
  using Moment = std::chrono::steady_clock::time_point;

  TokenBucket(double per_second, double burst, Moment now)
      : per_second_(per_second), burst_(burst), tokens_(burst), at_(now) {}

  bool take(Moment now) {
    refill(now);
    if (tokens_ < 1) return false;
    tokens_ -= 1;
    return true;
  }

  // Whether take() would.
  bool has_token(Moment now) const {
    return tokens_ + std::chrono::duration<double>(now - at_).count() * per_second_ >= 1;
  }

  // Takes a token in any case, and returns when it may be used. Callers that wait in turn are thus served in turn.
  Moment reserve(Moment now) {
    refill(now);
    tokens_ -= 1;
    if (tokens_ >= 0) return now;
    return now + std::chrono::duration_cast<Moment::duration>(std::chrono::duration<double>(-tokens_ / per_second_));
  }
  // Gives back a reserved token that will not be used.
  void give_back() { tokens_ = std::min(burst_, tokens_ + 1); }

 private:
  void refill(Moment now) {
    if (now <= at_) return;
    tokens_ = std::min(burst_, tokens_ + std::chrono::duration<double>(now - at_).count() * per_second_);
    at_ = now;
  }

  double per_second_, burst_, tokens_;
  Moment at_;
};

}  // namespace sesame
