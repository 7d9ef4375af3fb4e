#include "http/body_budget.h"

#include <gtest/gtest.h>

namespace sesame::http {
namespace {

net::IpAddress ip(const char* text) { return net::parse_ip(text).value(); }

TEST(BodyBudget, OneClientLeavesRoomForTheOthers) {
  BodyBudget budget({.octets = 100, .octets_per_client = 60});
  BodyBudget::Share first(budget, ip("192.0.2.1")), second(budget, ip("192.0.2.1")), other(budget, ip("192.0.2.2"));
  EXPECT_TRUE(first.grow_to(40));
  EXPECT_FALSE(second.grow_to(21));
  EXPECT_TRUE(second.grow_to(20));
  EXPECT_TRUE(other.grow_to(40));
  EXPECT_FALSE(other.grow_to(41));  // of all together
  EXPECT_EQ(budget.held(), 100U);
  first.release();
  EXPECT_TRUE(second.grow_to(60));
}

TEST(BodyBudget, AnIPv6NetworkIsOneClient) {
  BodyBudget budget({.octets = 100, .octets_per_client = 60});
  BodyBudget::Share first(budget, ip("2001:db8::1")), second(budget, ip("2001:db8::2")),
      other(budget, ip("2001:db8:0:1::1"));
  EXPECT_TRUE(first.grow_to(60));
  EXPECT_FALSE(second.grow_to(1));
  EXPECT_TRUE(other.grow_to(40));
}

TEST(BodyBudget, WhatAShareHeldComesBackWithIt) {
  BodyBudget budget({.octets = 10, .octets_per_client = 10});
  for (int i = 0; i < 3; ++i) {
    BodyBudget::Share share(budget, ip("192.0.2.1"));
    EXPECT_TRUE(share.grow_to(10));
    EXPECT_EQ(budget.held(), 10U);
  }
  EXPECT_EQ(budget.held(), 0U);
}

}  // namespace
}  // namespace sesame::http
