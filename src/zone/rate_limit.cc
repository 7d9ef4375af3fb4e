#include "zone/rate_limit.h"

namespace sesame::zone {

ResponseRateLimit::ResponseRateLimit(double per_second, RandomSource& random) {
  if (per_second > 0) limit_.emplace(net::NetworkRate{per_second, per_second, 24, 56}, random);
}

ResponseRateLimit::Verdict ResponseRateLimit::check(const net::IpAddress& client, TokenBucket::Moment now) {
  if (!limit_ || net::is_loopback(client) || limit_->of(client).take(now)) return Verdict::respond;
  slip_ = !slip_;
  return slip_ ? Verdict::respond_truncated : Verdict::drop;
}

}  // namespace sesame::zone
