// net/network_limit.h: a rate for each client network, in memory that does not grow.
//
// The networks share a fixed number of token buckets, chosen by a keyed hash: whoever floods us from any number of
// networks (or forges them) empties buckets and frees none. Networks that fall into one bucket share its rate; without
// the key nobody can aim at another's bucket.
#pragma once

#include <vector>

#include "base/random.h"
#include "base/token_bucket.h"
#include "net/endpoint.h"

namespace sesame::net {

struct NetworkRate {
  double per_second = 1;                    // above 0
  double burst = 1;                         // at least 1
  unsigned v4_prefix = 24, v6_prefix = 56;  // what counts as one network; at most 32 and 64 bits
};

// Not thread-safe.
class NetworkLimit {
 public:
  static constexpr std::size_t buckets = 65'536;  // 32 octets each

  NetworkLimit(NetworkRate rate, RandomSource& random);

  // The bucket `client` draws from; an IPv4-mapped address is its IPv4 address.
  TokenBucket& of(const IpAddress& client);

 private:
  const NetworkRate rate_;
  const std::uint64_t key_;
  std::vector<TokenBucket> buckets_;
};

}  // namespace sesame::net
