#include "delivery/group_rules.h"

#include <gtest/gtest.h>

namespace sesame::delivery {
namespace {

TEST(GroupRules, AStarStandsForWhatIsBelow) {
  EXPECT_TRUE(matches_name("mx.example.net", "mx.example.net"));
  EXPECT_FALSE(matches_name("mx.example.net", "a.mx.example.net"));
  EXPECT_TRUE(matches_name("*.example.net", "a.b.example.net"));
  EXPECT_FALSE(matches_name("*.example.net", "example.net"));
  EXPECT_FALSE(matches_name("*.example.net", "badexample.net"));
}

TEST(GroupRules, RulesOfDomainsComeFirstThenTheOrderGiven) {
  const GroupRules rules({{.mx = "*.example.net", .max_connections = 3},
                          {.mx = "mx.example.net", .max_connections = 4},
                          {.domain = "special.example", .max_connections = 5}},
                         {});
  EXPECT_EQ(rules.limits(rules.find("any.example", "mx.example.net")).max_connections, 3u);
  EXPECT_EQ(rules.limits(rules.find("special.example", "mx.example.net")).max_connections, 5u);
  EXPECT_EQ(rules.find("any.example", "mx.example.org"), nullptr);
}

TEST(GroupRules, WhatARuleDoesNotSayStaysAsItIsElsewhere) {
  const LimitSettings defaults{.max_connections = 7, .max_messages_per_connection = 50};
  const GroupRules rules({{.domain = "slow.example", .max_rate = 0.5}}, defaults);
  const LimitSettings slow = rules.limits(rules.find("slow.example", "mx"));
  EXPECT_EQ(slow, (LimitSettings{.max_connections = 7, .max_messages_per_connection = 50, .max_rate = 0.5}));
  EXPECT_EQ(rules.limits(nullptr), defaults);
}

TEST(GroupRules, ProvidersWithAHostNameForEachCustomerAreOneReceiver) {
  EXPECT_EQ(provider_pattern("contoso-com.mail.protection.outlook.com"), "*.mail.protection.outlook.com");
  EXPECT_EQ(provider_pattern("mx.example.net"), "");
}

}  // namespace
}  // namespace sesame::delivery
