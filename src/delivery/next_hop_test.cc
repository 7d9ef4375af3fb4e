#include "delivery/next_hop.h"

#include <gtest/gtest.h>

#include <set>

#include "dns/testing/fake_resolver.h"
#include "net/testing/run_task.h"

namespace sesame::delivery {
namespace {

using dns::RecordType;

class NextHopTest : public testing::Test {
 protected:
  NextHop find(const std::string& domain) {
    return net::run_task(find_next_hop(resolver, domain, rules, random, net::after(std::chrono::seconds(5))));
  }
  std::vector<std::string> names(const std::string& domain) {
    const NextHop hop = find(domain);
    std::vector<std::string> out;
    if (const auto* hosts = std::get_if<std::vector<MxHost>>(&hop)) {
      for (const MxHost& host : *hosts) out.push_back(host.name);
    }
    return out;
  }
  NextHopProblem problem(const std::string& domain) {
    const NextHop hop = find(domain);
    const auto* failure = std::get_if<NextHopFailure>(&hop);
    EXPECT_NE(failure, nullptr) << domain;
    return failure == nullptr ? NextHopProblem::bad_literal : failure->problem;
  }
  dns::FakeResolver resolver;
  HostRules rules{.allow_private = true, .own_addresses = {}, .own_names = {}};  // 192.0.2.0/24 is for documentation
  SeededRandom random{7};
};

TEST_F(NextHopTest, OrdersByPreference) {
  resolver.add("example.net", RecordType::mx, "20 b.example.net");
  resolver.add("example.net", RecordType::mx, "10 a.example.net");
  resolver.add("a.example.net", RecordType::a, "192.0.2.1");
  resolver.add("b.example.net", RecordType::a, "192.0.2.2");
  EXPECT_EQ(names("Example.NET."), (std::vector<std::string>{"a.example.net", "b.example.net"}));
}

TEST_F(NextHopTest, ShufflesEqualPreferences) {
  for (const char* host : {"a", "b", "c"}) {
    resolver.add("example.net", RecordType::mx, std::string("10 ") + host + ".example.net");
    resolver.add(std::string(host) + ".example.net", RecordType::a, "192.0.2.1");
  }
  std::set<std::string> firsts;
  for (int i = 0; i < 50; ++i) firsts.insert(names("example.net").at(0));
  EXPECT_EQ(firsts.size(), 3u);
}

TEST_F(NextHopTest, FallsBackToAddressesOnlyWithoutAnyMx) {
  resolver.add("plain.example", RecordType::a, "192.0.2.9");
  EXPECT_EQ(names("plain.example"), std::vector<std::string>{"plain.example"});
  resolver.add("dead.example", RecordType::mx, "10 nowhere.example");
  resolver.add("dead.example", RecordType::a, "192.0.2.9");
  resolver.add("nowhere.example", RecordType::txt, "x");
  EXPECT_EQ(problem("dead.example"), NextHopProblem::mx_without_address);
}

// RFC 5321 §5.1: an alias is followed; that an MX must not name one (RFC 2181 §10.3) is no reason not to deliver.
TEST_F(NextHopTest, AliasesAreFollowedToTheirHosts) {
  resolver.add("alias.example", RecordType::cname, "example.net");
  resolver.add("example.net", RecordType::mx, "10 mx.example.net");
  resolver.add("mx.example.net", RecordType::cname, "host.example.org");
  resolver.add("host.example.org", RecordType::a, "192.0.2.7");
  const NextHop hop = find("alias.example");
  const auto* hosts = std::get_if<std::vector<MxHost>>(&hop);
  ASSERT_TRUE(hosts != nullptr && hosts->size() == 1);
  EXPECT_EQ(hosts->front().name, "mx.example.net");
  EXPECT_EQ(hosts->front().addresses, std::vector<net::IpAddress>{*net::parse_ip("192.0.2.7")});
}

TEST_F(NextHopTest, AnAliasThatLeadsNowhereIsPermanent) {
  resolver.add("alias.example", RecordType::cname, "nowhere.example");
  EXPECT_EQ(problem("alias.example"), NextHopProblem::no_such_domain);
}

TEST_F(NextHopTest, NullMxAndMissingDomainsArePermanent) {
  resolver.add("null.example", RecordType::mx, "0 .");
  resolver.add("text.example", RecordType::txt, "x");
  EXPECT_EQ(problem("null.example"), NextHopProblem::null_mx);
  EXPECT_EQ(problem("gone.example"), NextHopProblem::no_such_domain);
  EXPECT_EQ(problem("text.example"), NextHopProblem::no_mail_host);
}

TEST_F(NextHopTest, UnansweredQuestionsAreTemporary) {
  resolver.fail("broken.example", dns::AnswerStatus::servfail);
  resolver.fail("slow.example", dns::AnswerStatus::timeout);
  EXPECT_EQ(problem("broken.example"), NextHopProblem::dns_unavailable);
  EXPECT_EQ(problem("slow.example"), NextHopProblem::dns_unavailable);
  resolver.add("half.example", RecordType::mx, "10 broken.example");
  EXPECT_EQ(problem("half.example"), NextHopProblem::dns_unavailable);
  resolver.add("half.example", RecordType::mx, "20 good.example");
  resolver.add("good.example", RecordType::aaaa, "2001:db8::1");
  EXPECT_EQ(names("half.example"), (std::vector<std::string>{"broken.example", "good.example"}));
  const auto hosts = find("half.example");
  ASSERT_TRUE(std::holds_alternative<std::vector<MxHost>>(hosts));
  EXPECT_TRUE(std::get<std::vector<MxHost>>(hosts).front().addresses.empty());  // the same host another time
}

TEST_F(NextHopTest, HostsAtAddressesThatAreNotOfTheInternetAreLeftOut) {
  rules.allow_private = false;
  resolver.add("inside.example", RecordType::mx, "10 a.inside.example");
  resolver.add("inside.example", RecordType::mx, "20 b.inside.example");
  resolver.add("a.inside.example", RecordType::a, "127.0.0.1");
  resolver.add("b.inside.example", RecordType::aaaa, "::ffff:10.0.0.1");
  EXPECT_EQ(problem("inside.example"), NextHopProblem::private_address);
  resolver.add("b.inside.example", RecordType::a, "9.9.9.9");
  EXPECT_EQ(names("inside.example"), std::vector<std::string>{"b.inside.example"});

  resolver.add("bare.example", RecordType::a, "169.254.169.254");
  EXPECT_EQ(problem("bare.example"), NextHopProblem::private_address);
  EXPECT_EQ(problem("[192.168.0.1]"), NextHopProblem::private_address);
  EXPECT_EQ(problem("[IPv6:fe80::1]"), NextHopProblem::private_address);
  EXPECT_EQ(names("[9.9.9.9]"), std::vector<std::string>{"9.9.9.9"});
}

TEST_F(NextHopTest, AForbiddenAddressBesideAnUnansweredQuestionIsTemporary) {
  rules.allow_private = false;
  resolver.add("half.example", RecordType::mx, "10 inside.example");
  resolver.add("half.example", RecordType::mx, "20 slow.example");
  resolver.add("inside.example", RecordType::a, "10.0.0.1");
  resolver.fail("slow.example", dns::AnswerStatus::timeout);
  EXPECT_EQ(problem("half.example"), NextHopProblem::dns_unavailable);
}

TEST_F(NextHopTest, MailWhoseBestHostIsOurselvesLoopsBack) {
  rules.own_addresses = {*net::parse_ip("192.0.2.25")};
  rules.own_names = {"feedback.svc.example"};
  resolver.add("back.example", RecordType::mx, "10 us.example");
  resolver.add("back.example", RecordType::mx, "10 beside.example");
  resolver.add("back.example", RecordType::mx, "20 worse.example");
  resolver.add("us.example", RecordType::a, "192.0.2.25");
  resolver.add("beside.example", RecordType::a, "192.0.2.1");
  resolver.add("worse.example", RecordType::a, "192.0.2.2");
  for (int i = 0; i < 20; ++i) EXPECT_EQ(problem("back.example"), NextHopProblem::loops_back);

  resolver.add("named.example", RecordType::mx, "10 feedback.svc.example");
  EXPECT_EQ(problem("named.example"), NextHopProblem::loops_back);
  EXPECT_EQ(problem("us.example"), NextHopProblem::loops_back);
  EXPECT_EQ(problem("[192.0.2.25]"), NextHopProblem::loops_back);
}

TEST_F(NextHopTest, OnlyHostsPreferredToOurselvesAreTried) {
  rules.own_addresses = {*net::parse_ip("192.0.2.25")};
  resolver.add("backup.example", RecordType::mx, "5 better.example");
  resolver.add("backup.example", RecordType::mx, "10 us.example");
  resolver.add("backup.example", RecordType::mx, "10 beside.example");
  resolver.add("backup.example", RecordType::mx, "20 worse.example");
  resolver.add("us.example", RecordType::a, "192.0.2.25");
  for (const char* host : {"better.example", "beside.example", "worse.example"}) {
    resolver.add(host, RecordType::a, "192.0.2.1");
  }
  for (int i = 0; i < 20; ++i) EXPECT_EQ(names("backup.example"), std::vector<std::string>{"better.example"});
}

TEST_F(NextHopTest, AddressLiteralsNeedNoDns) {
  EXPECT_EQ(names("[192.0.2.1]"), std::vector<std::string>{"192.0.2.1"});
  EXPECT_EQ(names("[IPv6:2001:db8::1]"), std::vector<std::string>{"2001:db8::1"});
  EXPECT_EQ(problem("[x400:nowhere]"), NextHopProblem::bad_literal);
}

}  // namespace
}  // namespace sesame::delivery
