#include "net/network_limit.h"

#include <cstring>

namespace sesame::net {
namespace {

std::uint64_t random_key(RandomSource& random) {
  const std::string octets = random.octets(sizeof(std::uint64_t));
  std::uint64_t key = 0;
  std::memcpy(&key, octets.data(), sizeof key);
  return key;
}

// The finaliser of splitmix64: every bit of the input changes every bit of the result with even chance.
std::uint64_t mixed(std::uint64_t bits) {
  bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
  bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
  return bits ^ (bits >> 31);
}

// The first bits of the address, at most 64.
std::uint64_t network_of(const IpAddress& client, const NetworkRate& rate) {
  const bool mapped = client.is_v6() && client.to_v6().is_v4_mapped();
  if (client.is_v4() || mapped) {
    const auto v4 =
        mapped ? boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, client.to_v6()) : client.to_v4();
    return std::uint64_t{v4.to_uint()} >> (32 - rate.v4_prefix);
  }
  std::uint64_t front = 0;
  const auto octets = client.to_v6().to_bytes();
  for (std::size_t i = 0; i < 8; ++i) front = front << 8 | octets[i];
  return front >> (64 - rate.v6_prefix);
}

}  // namespace

NetworkLimit::NetworkLimit(NetworkRate rate, RandomSource& random)
    : rate_(rate), key_(random_key(random)), buckets_(buckets, TokenBucket(rate.per_second, rate.burst, {})) {}

TokenBucket& NetworkLimit::of(const IpAddress& client) {
  return buckets_[mixed(mixed(network_of(client, rate_) ^ key_) + key_) % buckets];
}

}  // namespace sesame::net
