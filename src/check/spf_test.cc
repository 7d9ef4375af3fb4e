// The tree of an SPF record and what is said about it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "check/spf_look.h"
#include "check/spf_tree.h"
#include "mailauth/testing/zone_resolver.h"
#include "net/testing/run_task.h"

namespace sesame::check {
namespace {

using dns::RecordType;
using mailauth::spf::SpfResult;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr const char* domain = "bounce.example.com";

struct SpfOfADomain : testing::Test {
  SpfNode tree() { return net::run_task(spf_tree(zone, domain, net::after(std::chrono::seconds(5)))); }
  SpfFinding look(bool is_mail_from = true) {
    return net::run_task(look_at_spf(zone, domain, is_mail_from, Time{}, net::after(std::chrono::seconds(5))));
  }
  void address(const std::string& name, const std::string& ip) { zone.add(name, RecordType::a, dns::A{ip}); }

  mailauth::testing::ZoneResolver zone;
};

TEST_F(SpfOfADomain, ShowsEachBranchWithItsCost) {
  zone.add_txt(domain, "v=spf1 include:svc.example a:host.example ip4:192.0.2.0/24 ~all");
  zone.add_txt("svc.example", "v=spf1 include:deep.example ip6:2001:db8::/32 -all");
  zone.add_txt("deep.example", "v=spf1 ip4:198.51.100.7 -all");
  address("host.example", "203.0.113.5");
  const SpfNode root = tree();
  EXPECT_EQ(root.lookups, 3u);
  ASSERT_THAT(root.terms, SizeIs(4));
  EXPECT_EQ(root.terms[0].lookups, 2u);
  ASSERT_THAT(root.terms[0].below, SizeIs(1));
  EXPECT_EQ(root.terms[0].below[0].domain, "svc.example");
  EXPECT_EQ(root.terms[1].lookups, 1u);
  EXPECT_EQ(root.terms[2].lookups, 0u);
  EXPECT_THAT(allowed_networks(root), ElementsAre("198.51.100.7", "2001:db8::/32", "203.0.113.5", "192.0.2.0/24"));
  EXPECT_EQ(ipv4_addresses(allowed_networks(root)), 258u);
  EXPECT_EQ(result_for_others(root), SpfResult::softfail);
}

TEST_F(SpfOfADomain, CountsAsAnEvaluationDoes) {
  zone.add_txt(domain, "v=spf1 mx a include:a.example exists:%{i}.list.example redirect=b.example");
  zone.add_txt("a.example", "v=spf1 a:one.example ?include:b.example -all");
  zone.add_txt("b.example", "v=spf1 ip4:192.0.2.1 ptr -all");
  zone.add(domain, RecordType::mx, dns::Mx{10, "mx.example"});
  address("mx.example", "192.0.2.2");
  address(domain, "192.0.2.3");
  address("one.example", "192.0.2.4");
  const SpfFinding found = look();
  EXPECT_EQ(found.tree.lookups, found.others.lookups);
  EXPECT_EQ(found.tree.lookups, 9u);
  EXPECT_EQ(found.others.result, SpfResult::fail) << found.others.problem;
}

TEST_F(SpfOfADomain, InOrderHasNothingToSay) {
  zone.add_txt(domain, "v=spf1 ip4:192.0.2.0/24 ~all");
  const SpfFinding found = look();
  EXPECT_THAT(found.problems, IsEmpty());
  EXPECT_TRUE(found.is_usable());
}

TEST_F(SpfOfADomain, WithoutARecordIsBad) {
  const SpfFinding found = look();
  ASSERT_THAT(found.problems, SizeIs(1));
  EXPECT_EQ(found.problems[0].severity, Severity::bad);
  EXPECT_EQ(found.problems[0].asked, "bounce.example.com TXT");
  EXPECT_EQ(found.problems[0].found, "no SPF record");
  EXPECT_FALSE(found.is_usable());
}

TEST_F(SpfOfADomain, WithTwoRecordsHasNone) {
  zone.add_txt(domain, "v=spf1 -all");
  zone.add_txt(domain, "v=spf1 ~all");
  const SpfFinding found = look();
  ASSERT_THAT(found.problems, SizeIs(1));
  EXPECT_THAT(found.problems[0].change, HasSubstr("2 SPF records"));
}

TEST_F(SpfOfADomain, OfElevenLookUpsIsBadAndSaysWhichTermsTakeThem) {
  std::string record = "v=spf1 include:many.example";
  for (int i = 0; i < 5; ++i) {
    record += " a:h" + std::to_string(i) + ".example";
    address("h" + std::to_string(i) + ".example", "192.0.2.1");
  }
  zone.add_txt(domain, record + " -all");
  std::string many = "v=spf1";
  for (int i = 0; i < 5; ++i) many += " a:h" + std::to_string(i) + ".example";
  zone.add_txt("many.example", many + " -all");
  const SpfFinding found = look();
  EXPECT_EQ(found.tree.lookups, 11u);
  EXPECT_EQ(found.others.result, SpfResult::permerror);
  ASSERT_THAT(found.problems, SizeIs(1));
  EXPECT_EQ(found.problems[0].found, "11 look-ups, at most 10 are allowed");
  EXPECT_THAT(found.problems[0].change, HasSubstr("include:many.example takes 6"));
}

TEST_F(SpfOfADomain, OfManyMoreLookUpsIsCountedToTheEnd) {
  std::string record = "v=spf1";
  for (int i = 0; i < 14; ++i) {
    record += " a:h" + std::to_string(i) + ".example";
    address("h" + std::to_string(i) + ".example", "192.0.2.1");
  }
  zone.add_txt(domain, record + " -all");
  EXPECT_EQ(look().tree.lookups, 14u);
}

TEST_F(SpfOfADomain, WithThreeVoidLookUpsIsBadAndSaysWhichTerms) {
  zone.add_txt(domain, "v=spf1 a:n1.example a:n2.example mx:n3.example -all");
  const SpfFinding found = look();
  EXPECT_EQ(found.tree.void_lookups, 3u);
  EXPECT_EQ(found.others.result, SpfResult::permerror);
  ASSERT_THAT(found.problems, SizeIs(1));
  EXPECT_THAT(found.problems[0].change, HasSubstr("Remove: a:n1.example, a:n2.example, mx:n3.example"));
}

TEST_F(SpfOfADomain, ThatLetsEverybodyInIsBad) {
  zone.add_txt(domain, "v=spf1 ip4:192.0.2.1 +all");
  ASSERT_THAT(look().problems, SizeIs(1));
  EXPECT_THAT(look().problems[0].change, HasSubstr("Everybody may send"));
}

TEST_F(SpfOfADomain, ThatIncludesWhoLetsEverybodyInIsBadToo) {
  zone.add_txt(domain, "v=spf1 include:open.example -all");
  zone.add_txt("open.example", "v=spf1 all");
  ASSERT_THAT(look().problems, SizeIs(1));
  EXPECT_THAT(look().problems[0].change, HasSubstr("Everybody may send"));
}

TEST_F(SpfOfADomain, WithAnOpenEndCouldBeBetter) {
  zone.add_txt(domain, "v=spf1 ip4:192.0.2.1");
  ASSERT_THAT(look().problems, SizeIs(1));
  EXPECT_EQ(look().problems[0].severity, Severity::advice);
}

TEST_F(SpfOfADomain, WithABrokenIncludeNamesTheDomain) {
  zone.add_txt(domain, "v=spf1 include:gone.example -all");
  const SpfFinding found = look();
  ASSERT_THAT(found.problems, SizeIs(1));
  EXPECT_THAT(found.problems[0].change, HasSubstr("gone.example publishes no SPF record"));
}

TEST_F(SpfOfADomain, ThatIncludesItselfEnds) {
  zone.add_txt(domain, "v=spf1 include:loop.example -all");
  zone.add_txt("loop.example", "v=spf1 include:bounce.example.com -all");
  const SpfFinding found = look();
  ASSERT_FALSE(found.problems.empty());
  EXPECT_THAT(found.problems[0].change, HasSubstr("includes itself"));
}

TEST_F(SpfOfADomain, WhenDnsDoesNotAnswerIsNotKnown) {
  zone.fail(domain, RecordType::txt, dns::AnswerStatus::timeout);
  ASSERT_THAT(look().problems, SizeIs(1));
  EXPECT_EQ(look().problems[0].severity, Severity::unknown);
}

TEST_F(SpfOfADomain, NotUsedForMailIsAdviceOnly) {
  zone.add_txt(domain, "v=spf1 +all");
  ASSERT_THAT(look(false).problems, SizeIs(1));
  EXPECT_EQ(look(false).problems[0].severity, Severity::advice);
}

TEST_F(SpfOfADomain, WithASyntaxErrorSaysWhere) {
  zone.add_txt(domain, "v=spf1 ip4:192.0.2 -all");
  ASSERT_THAT(look().problems, SizeIs(1));
  EXPECT_THAT(look().problems[0].change, HasSubstr("ip4:192.0.2"));
}

TEST_F(SpfOfADomain, FollowsNoMoreThanItsBoundOfRecords) {
  std::string record = "v=spf1";
  for (int i = 0; i < 80; ++i) {
    record += " include:i" + std::to_string(i) + ".example";
    zone.add_txt("i" + std::to_string(i) + ".example", "v=spf1 -all");
  }
  zone.add_txt(domain, record + " -all");
  tree();
  EXPECT_LE(zone.questions(), max_spf_records);
}

}  // namespace
}  // namespace sesame::check
