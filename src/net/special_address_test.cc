#include "net/special_address.h"

#include <gtest/gtest.h>

namespace sesame::net {
namespace {

bool is_special(const char* text) {
  const auto address = parse_ip(text);
  EXPECT_TRUE(address) << text;
  return address && is_special_purpose(*address);
}

TEST(SpecialAddress, EveryRegisteredBlockIsSpecialFromItsFirstAddressToItsLast) {
  for (const char* text : {"0.0.0.0",
                           "0.255.255.255",
                           "10.0.0.0",
                           "10.255.255.255",
                           "100.64.0.0",
                           "100.127.255.255",
                           "127.0.0.1",
                           "127.255.0.3",
                           "169.254.0.0",
                           "169.254.169.254",
                           "172.16.0.0",
                           "172.31.255.255",
                           "192.0.0.1",
                           "192.0.2.1",
                           "192.88.99.1",
                           "192.168.0.0",
                           "192.168.9.9",
                           "198.18.0.0",
                           "198.19.255.255",
                           "198.51.100.7",
                           "203.0.113.255",
                           "224.0.0.1",
                           "239.1.1.1",
                           "240.0.0.1",
                           "255.255.255.255",
                           "::",
                           "::1",
                           "::192.168.0.1",
                           "100::1",
                           "64:ff9b:1::1",
                           "2001::1",
                           "2001:1ff::1",
                           "2001:db8::1",
                           "3fff:fff::1",
                           "5f00::1",
                           "fc00::1",
                           "fdff::1",
                           "fe80::1",
                           "febf::1",
                           "fec0::1",
                           "ff02::1",
                           "4000::1"}) {
    EXPECT_TRUE(is_special(text)) << text;
  }
}

TEST(SpecialAddress, TheirNeighboursAreNot) {
  for (const char* text : {"1.0.0.0",         "9.255.255.255", "11.0.0.0",        "100.63.255.255",  "100.128.0.0",
                           "126.255.255.255", "128.0.0.0",     "169.253.255.255", "169.255.0.0",     "172.15.255.255",
                           "172.32.0.0",      "192.0.1.0",     "192.0.3.0",       "192.167.255.255", "192.169.0.0",
                           "198.17.255.255",  "198.20.0.0",    "223.255.255.255", "2000::1",         "2001:200::1",
                           "2001:db7::1",     "2001:db9::1",   "2a00:1450::1",    "3ffe:ffff::1",    "3fff:1000::1"}) {
    EXPECT_FALSE(is_special(text)) << text;
  }
}

TEST(SpecialAddress, AnAddressThatStandsForAnotherIsWhatThatOneIs) {
  for (const char* text : {"::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::10.0.0.1", "2002:7f00:1::1"}) {
    EXPECT_TRUE(is_special(text)) << text;
  }
  for (const char* text : {"::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2002:808:808::1"}) {
    EXPECT_FALSE(is_special(text)) << text;
  }
}

}  // namespace
}  // namespace sesame::net
