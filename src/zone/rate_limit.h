// zone/rate_limit.h: how many responses a client network gets over UDP, where sender addresses can be forged.
#pragma once

#include <string>
#include <unordered_map>

#include "dns/token_bucket.h"
#include "net/endpoint.h"

namespace sesame::zone {

// Memory is bounded: beyond max_networks the idle ones are forgotten, and if none is idle a new network is answered
// unlimited until one is. Not thread-safe.
class ResponseRateLimit {
 public:
  enum class Verdict { respond, respond_truncated, drop };
  static constexpr std::size_t max_networks = 50'000;

  explicit ResponseRateLimit(double per_second) : per_second_(per_second) {}
  Verdict check(const net::IpAddress& client, dns::TokenBucket::Moment now);

 private:
  void forget_idle(dns::TokenBucket::Moment now);

  double per_second_;
  bool slip_ = false;  // alternates between truncated and dropped
  dns::TokenBucket::Moment last_forgotten_{};
  std::unordered_map<std::string, dns::TokenBucket> networks_;
};

}  // namespace sesame::zone
