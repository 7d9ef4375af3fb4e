#include "net/network_limit.h"

#include <gtest/gtest.h>

namespace sesame::net {
namespace {

using namespace std::chrono_literals;

struct NetworkLimitTest : testing::Test {
  bool take(NetworkLimit& limit, const char* client, std::chrono::seconds after) {
    return limit.of(*parse_ip(client)).take(TokenBucket::Moment{} + 1h + after);
  }
  SeededRandom random{7};
};

TEST_F(NetworkLimitTest, AddressesOfOneNetworkShareItsRate) {
  NetworkLimit limit({.per_second = 1, .burst = 2}, random);
  EXPECT_TRUE(take(limit, "192.0.2.1", 0s));
  EXPECT_TRUE(take(limit, "::ffff:192.0.2.2", 0s));
  EXPECT_FALSE(take(limit, "192.0.2.3", 0s));
  EXPECT_TRUE(take(limit, "192.0.3.1", 0s));
  EXPECT_TRUE(take(limit, "192.0.2.1", 1s));

  EXPECT_TRUE(take(limit, "2001:db8:0:1::1", 0s));
  EXPECT_TRUE(take(limit, "2001:db8:0:2::1", 0s));
  EXPECT_FALSE(take(limit, "2001:db8:0:3::1", 0s));
  EXPECT_TRUE(take(limit, "2001:db8:0:100::1", 0s));
}

// The table before this one forgot, or let pass, whoever came when it was full.
TEST_F(NetworkLimitTest, AFloodFromMoreNetworksThanBucketsLetsNobodyPassTheRate) {
  NetworkLimit limit({.per_second = 1, .burst = 2}, random);
  std::size_t taken = 0;
  for (std::uint32_t i = 0; i < 4 * NetworkLimit::buckets; ++i) {
    const IpAddress client = boost::asio::ip::address_v4(0x0B000000 + (i << 8));
    if (limit.of(client).take(TokenBucket::Moment{} + 1h)) ++taken;
  }
  EXPECT_LE(taken, 2 * NetworkLimit::buckets);
  EXPECT_GE(taken, NetworkLimit::buckets);  // and they are spread over the buckets
}

TEST_F(NetworkLimitTest, AnotherKeyMakesOthersNeighbours) {
  NetworkLimit one({}, random), other({}, random);
  const auto bucket = [](NetworkLimit& limit, std::uint32_t network) {
    return &limit.of(boost::asio::ip::address_v4(network << 8)) - &limit.of(boost::asio::ip::address_v4(0));
  };
  std::size_t same = 0;
  for (std::uint32_t network = 1; network <= 1000; ++network) same += bucket(one, network) == bucket(other, network);
  EXPECT_LT(same, 5U);
}

}  // namespace
}  // namespace sesame::net
