#include "delivery/pool_book.h"

#include <gtest/gtest.h>

#include <set>

namespace sesame::delivery {
namespace {

using namespace std::chrono_literals;

const std::string account = "000000000000";
const HostBook::Moment start = HostBook::Moment(1h);

OwnAddress own(const std::string& address, std::string pool = "", std::uint32_t weight = 1) {
  return {.address = *net::parse_ip(address), .helo_name = "", .weight = weight, .pool = std::move(pool)};
}
store::DedicatedAddress known(std::string address, std::string pool) {
  return {std::move(address), account, std::move(pool), std::nullopt};
}
std::set<std::string> names(const Pool& pool) {
  std::set<std::string> found;
  for (const SourcePtr& source : pool.sources) found.insert(source->name());
  return found;
}
MxHost host(std::uint16_t preference, const std::vector<std::string>& addresses) {
  MxHost made{.name = "mx", .addresses = {}, .preference = preference};
  for (const std::string& address : addresses) made.addresses.push_back(*net::parse_ip(address));
  return made;
}

TEST(PoolBookTest, WithoutAddressesTheSystemChooses) {
  const PoolBook book({}, "mail.example");
  EXPECT_FALSE(book.has_choice());
  ASSERT_EQ(book.shared().sources.size(), 1u);
  const Source& source = *book.shared().sources.front();
  EXPECT_EQ(source.name(), "");
  EXPECT_TRUE(source.v4 && source.v6);
  EXPECT_EQ(source.helo_name, "mail.example");
}

TEST(PoolBookTest, TheSystemChoosesForAFamilyWithoutAddress) {
  const PoolBook book({own("192.0.2.1")}, "mail.example");
  ASSERT_EQ(book.shared().sources.size(), 2u);
  EXPECT_TRUE(book.shared().sources[0]->v4);
  EXPECT_FALSE(book.shared().sources[0]->v6);
  EXPECT_FALSE(book.shared().sources[1]->v4);
  EXPECT_TRUE(book.shared().sources[1]->v6);
}

TEST(PoolBookTest, MailLeavesFromThePoolItsSetNames) {
  PoolBook book({own("192.0.2.1"), own("192.0.2.2", "a"), own("192.0.2.3", "a"), own("2001:db8::1", "b")}, "h");
  EXPECT_EQ(&book.pool_of(account, std::nullopt), &book.shared());
  book.replace({known("192.0.2.2", "news"), known("192.0.2.3", std::string(store::default_pool)),
                known("2001:db8::1", "news"), known("192.0.2.99", "news")},
               {{account, "letters", "news"},
                {account, "empty", "nothing"},
                {account, "open", std::string(store::shared_pool)}});
  EXPECT_EQ(names(book.pool_of(account, "letters")), (std::set<std::string>{"192.0.2.2", "2001:db8::1"}));
  EXPECT_EQ(names(book.pool_of(account, "other")), (std::set<std::string>{"192.0.2.3"}));
  EXPECT_EQ(names(book.pool_of(account, std::nullopt)), (std::set<std::string>{"192.0.2.3"}));
  EXPECT_EQ(&book.pool_of(account, "empty"), &book.shared());
  EXPECT_EQ(&book.pool_of(account, "open"), &book.shared());
  EXPECT_EQ(&book.pool_of("111122223333", "letters"), &book.shared());
}

TEST(PoolBookTest, WeightsAreShares) {
  const PoolBook book({own("192.0.2.1", "", 1), own("192.0.2.2", "", 3)}, "h");
  const std::vector<SourcePtr> both(book.shared().sources.begin(), book.shared().sources.begin() + 2);
  SecureRandom random;
  int heavy = 0;
  for (int i = 0; i < 4000; ++i) heavy += draw(both, random)->name() == "192.0.2.2" ? 1 : 0;
  EXPECT_GT(heavy, 2800);
  EXPECT_LT(heavy, 3200);
  EXPECT_EQ(draw({}, random), nullptr);
}

TEST(FamiliesOf, AreThoseOfTheBestHostsThatAnswer) {
  Site site;
  site.hosts = {host(10, {"2001:db8::9"}), host(20, {"198.51.100.1"}), host(20, {"2001:db8::8"})};
  HostBook hosts;
  auto families = families_of(site, hosts, start);
  ASSERT_EQ(families.size(), 3u);
  EXPECT_TRUE(families[0].v6 && !families[0].v4);
  EXPECT_TRUE(families[1].v6 && families[1].v4);
  hosts.failed(*net::parse_ip("2001:db8::9"), start);
  hosts.failed(*net::parse_ip("2001:db8::8"), start);
  families = families_of(site, hosts, start);
  ASSERT_EQ(families.size(), 2u);
  EXPECT_TRUE(families[0].v4 && !families[0].v6);
  EXPECT_TRUE(families[1].v6 && families[1].v4);
  hosts.failed(*net::parse_ip("198.51.100.1"), start);
  families = families_of(site, hosts, start);
  ASSERT_EQ(families.size(), 1u);
  EXPECT_TRUE(families[0].v6 && families[0].v4);
}

}  // namespace
}  // namespace sesame::delivery
