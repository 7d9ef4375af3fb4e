// zone/rate_limit.h: how many responses a client network gets over UDP, where sender addresses can be forged.
#pragma once

#include <optional>

#include "net/network_limit.h"

namespace sesame::zone {

// A /24 or a /56 is one network. However many there are, memory stays and no network gets more (net/network_limit.h).
// Loopback is not limited. Not thread-safe.
class ResponseRateLimit {
 public:
  enum class Verdict { respond, respond_truncated, drop };

  // `per_second` 0: no limit.
  ResponseRateLimit(double per_second, RandomSource& random);
  Verdict check(const net::IpAddress& client, TokenBucket::Moment now);

 private:
  std::optional<net::NetworkLimit> limit_;
  bool slip_ = false;  // alternates between truncated and dropped
};

}  // namespace sesame::zone
