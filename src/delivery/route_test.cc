#include "delivery/route.h"

#include <gtest/gtest.h>

namespace sesame::delivery {
namespace {

using namespace std::chrono_literals;
using Moment = std::chrono::steady_clock::time_point;
const Moment start = Moment(1h);

MxHost host(std::string name, std::uint16_t preference) { return {std::move(name), {}, preference}; }

TEST(Site, DomainsWithTheSameHostsAreOneWhateverTheShuffle) {
  const GroupRules rules({}, {});
  const auto one = make_site("a.example", {host("mx1.p", 10), host("mx2.p", 20), host("mx3.p", 20)}, rules, start);
  const auto two = make_site("b.example", {host("mx1.p", 1), host("mx3.p", 5), host("mx2.p", 5)}, rules, start);
  EXPECT_EQ(one->name, "mx1.p|mx2.p,mx3.p");
  EXPECT_EQ(two->name, one->name);
  EXPECT_EQ(two->group, "mx1.p,mx2.p,mx3.p");
}

TEST(Site, AnotherOrderOfTheSameHostsSharesTheLimitsAlone) {
  const GroupRules rules({}, {});
  const auto one = make_site("a.example", {host("mx1.p", 10), host("mx2.p", 20)}, rules, start);
  const auto two = make_site("b.example", {host("mx2.p", 10), host("mx1.p", 20)}, rules, start);
  EXPECT_NE(one->name, two->name);
  EXPECT_EQ(one->group, two->group);
}

TEST(Site, RulesAndProvidersPutSitesTogether) {
  const GroupRules rules({{.mx = "*.p", .max_connections = 3}, {.domain = "slow.example", .max_rate = 1}}, {});
  const auto one = make_site("a.example", {host("mx1.p", 10)}, rules, start);
  const auto two = make_site("b.example", {host("mx2.p", 10)}, rules, start);
  EXPECT_EQ(one->group, "*.p");
  EXPECT_EQ(two->group, "*.p");
  EXPECT_NE(one->name, two->name);
  EXPECT_EQ(one->limits.max_connections, 3u);
  const auto slow = make_site("slow.example", {host("mx1.p", 10)}, rules, start);
  EXPECT_EQ(slow->group, "slow.example");
  EXPECT_NE(slow->name, one->name);  // a lane of its own, though the hosts are the same
  EXPECT_EQ(slow->limits.max_rate, 1.0);
  const auto tenant = make_site("c.example", {host("c-example.mail.protection.outlook.com", 0)}, rules, start);
  EXPECT_EQ(tenant->group, "*.mail.protection.outlook.com");
}

TEST(Routes, AreKnownForAWhile) {
  Routes routes(60s);
  const GroupRules rules({}, {});
  routes.put("a.example", make_site("a.example", {host("mx1.p", 10)}, rules, start));
  ASSERT_NE(routes.find("a.example", start + 59s), nullptr);
  EXPECT_EQ(routes.find("a.example", start + 60s), nullptr);
  EXPECT_EQ(routes.find("b.example", start), nullptr);
}

TEST(Routes, AreBounded) {
  Routes routes(60s);
  const auto site = make_site("a.example", {host("mx1.p", 10)}, GroupRules({}, {}), start);
  for (std::size_t i = 0; i <= Routes::max_domains; ++i) routes.put(std::to_string(i) + ".example", site);
  EXPECT_EQ(routes.find("0.example", start), nullptr);
  EXPECT_NE(routes.find(std::to_string(Routes::max_domains) + ".example", start), nullptr);
}

}  // namespace
}  // namespace sesame::delivery
