#include "net/endpoint.h"

#include <gtest/gtest.h>

namespace sesame::net {
namespace {

TEST(Endpoint, TextRoundTripsForBothFamilies) {
  for (const char* text : {"192.0.2.1:25", "[2001:db8::1]:2525", "0.0.0.0:0", "[::]:65535"}) {
    const auto endpoint = parse_endpoint(text);
    ASSERT_TRUE(endpoint) << text;
    EXPECT_EQ(to_string(*endpoint), text);
  }
}

TEST(Endpoint, DefaultPortIsTakenWhenNoneIsWritten) {
  for (const char* text : {"192.0.2.1", "2001:db8::1", "[2001:db8::1]"}) {
    ASSERT_TRUE(parse_endpoint(text, 53)) << text;
    EXPECT_EQ(parse_endpoint(text, 53)->port, 53);
    EXPECT_FALSE(parse_endpoint(text)) << text;
  }
}

TEST(Endpoint, RefusesNamesAndDamage) {
  for (const char* text :
       {"", "localhost:25", "192.0.2.1:", "192.0.2.1:65536", "192.0.2.1:-1", "192.0.2:25", "[192.0.2.1]:25",
        "[2001:db8::1", "[2001:db8::1]25", "[]:25", "192.0.2.1:25 ", "fe80::1%lo", "01.2.3.4:25", ":25"}) {
    EXPECT_FALSE(parse_endpoint(text, 53)) << text;
  }
}

TEST(Endpoint, OrdersByAddressThenPort) {
  const auto at = [](const char* text) { return *parse_endpoint(text); };
  EXPECT_LT(at("192.0.2.1:25"), at("192.0.2.1:26"));
  EXPECT_LT(at("192.0.2.1:26"), at("192.0.2.2:25"));
  EXPECT_EQ(at("192.0.2.1:25"), at("192.0.2.1:25"));
}

TEST(Endpoint, LoopbackIncludesMappedAddresses) {
  for (const char* text : {"127.0.0.1", "127.255.0.3", "::1", "::ffff:127.0.0.1"}) {
    EXPECT_TRUE(is_loopback(*parse_ip(text))) << text;
  }
  for (const char* text : {"128.0.0.1", "::2", "::ffff:192.0.2.1", "0.0.0.0"}) {
    EXPECT_FALSE(is_loopback(*parse_ip(text))) << text;
  }
}

}  // namespace
}  // namespace sesame::net
