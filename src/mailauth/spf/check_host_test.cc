#include "mailauth/spf/check_host.h"

#include <gtest/gtest.h>

#include <boost/asio/ip/address.hpp>

#include "mailauth/testing/run.h"
#include "mailauth/testing/zone_resolver.h"

namespace sesame::mailauth::spf {
namespace {

class CheckHost : public ::testing::Test {
 protected:
  SpfOutcome check(const char* ip = "192.0.2.1", std::string domain = "example.com", std::string local = "ann") {
    SpfQuery query{.ip = boost::asio::ip::make_address(ip),
                   .helo = "helo.example",
                   .mail_from_local_part = std::move(local),
                   .mail_from_domain = std::move(domain)};
    return testing::run(check_host(dns, query, net::after(std::chrono::hours(1))));
  }
  testing::ZoneResolver dns;
};

TEST_F(CheckHost, NullReversePathChecksPostmasterAtHelo) {
  dns.add_txt("helo.example", "v=spf1 exists:%{l}.%{o} -all");
  dns.add("postmaster.helo.example", dns::RecordType::a, dns::A{"127.0.0.2"});
  const SpfOutcome outcome = check("192.0.2.1", "", "");
  EXPECT_EQ(outcome.result, SpfResult::pass);
  EXPECT_EQ(outcome.identity, Identity::helo);
  EXPECT_EQ(outcome.domain, "helo.example");
}

TEST_F(CheckHost, SaysWhatMatchedAndWhatItCost) {
  dns.add_txt("example.com", "v=spf1 a include:a.example include:b.example -all");
  dns.add("example.com", dns::RecordType::a, dns::A{"192.0.2.99"});
  dns.add_txt("a.example", "v=spf1 ip4:198.51.100.0/24 -all");
  dns.add_txt("b.example", "v=spf1 redirect=c.example");
  dns.add_txt("c.example", "v=spf1 ip4:192.0.2.0/24 -all");
  const SpfOutcome outcome = check();
  EXPECT_EQ(outcome.result, SpfResult::pass);
  EXPECT_EQ(outcome.matched_term, "include:b.example");
  EXPECT_EQ(outcome.lookups, 4u);
  EXPECT_EQ(outcome.problem, "");
  ASSERT_EQ(outcome.trace.size(), 7u);
  const TraceStep& include = outcome.trace[4];
  EXPECT_EQ(include.term, "include:b.example");
  EXPECT_EQ(include.lookups_after - include.lookups_before, 2u);
  EXPECT_TRUE(include.matched);
  EXPECT_EQ(outcome.trace[6].depth, 2u);
  EXPECT_EQ(outcome.trace[6].domain, "c.example");
}

TEST_F(CheckHost, ElevenLookUpsAndThreeVoidOnesAreTooMany) {
  std::string chain = "v=spf1";
  for (int i = 0; i < 11; ++i) {
    const std::string host = "h" + std::to_string(i) + ".example";
    dns.add(host, dns::RecordType::a, dns::A{"198.51.100.1"});
    chain += " a:" + host;
  }
  dns.add_txt("example.com", chain + " -all");
  EXPECT_EQ(check().result, SpfResult::permerror);
  EXPECT_NE(check().problem.find("more than 10"), std::string::npos);

  dns.add_txt("void.example", "v=spf1 a:x1.example mx:x2.example exists:x3.example +all");
  const SpfOutcome outcome = check("192.0.2.1", "void.example");
  EXPECT_EQ(outcome.result, SpfResult::permerror);
  EXPECT_EQ(outcome.void_lookups, 3u);
}

TEST_F(CheckHost, RecordIncludingItselfEnds) {
  dns.add_txt("example.com", "v=spf1 include:example.com -all");
  EXPECT_EQ(check().result, SpfResult::permerror);
  EXPECT_LE(dns.questions(), 12u);
}

TEST_F(CheckHost, SilenceOfDnsIsTemperrorAndAbsenceIsNone) {
  EXPECT_EQ(check().result, SpfResult::none);
  for (const auto status : {dns::AnswerStatus::timeout, dns::AnswerStatus::servfail}) {
    dns.fail("example.com", dns::RecordType::txt, status);
    EXPECT_EQ(check().result, SpfResult::temperror);
    EXPECT_FALSE(check().problem.empty());
  }
}

TEST_F(CheckHost, TwoRecordsArePermerror) {
  dns.add_txt("example.com", "v=spf1 -all");
  dns.add_txt("example.com", "google-site-verification=x");
  EXPECT_EQ(check().result, SpfResult::fail);
  dns.add_txt("example.com", "v=spf1 +all");
  EXPECT_EQ(check().result, SpfResult::permerror);
}

TEST_F(CheckHost, UnicodeDomainIsAskedForAsALabels) {
  dns.add_txt("xn--bcher-kva.example", "v=spf1 ip4:192.0.2.1 -all");
  const SpfOutcome outcome = check("192.0.2.1",
                                   "b\xc3\xbc"
                                   "cher.example");
  EXPECT_EQ(outcome.result, SpfResult::pass);
  EXPECT_EQ(outcome.domain, "xn--bcher-kva.example");
}

TEST_F(CheckHost, MappedAddressIsAnIpv4Client) {
  dns.add_txt("example.com", "v=spf1 ip4:192.0.2.1 -all");
  EXPECT_EQ(check("::ffff:192.0.2.1").result, SpfResult::pass);
}

TEST_F(CheckHost, ExplanationComesWithFailOnly) {
  dns.add_txt("example.com", "v=spf1 ip4:192.0.2.1 -all exp=why.%{d}");
  dns.add_txt("why.example.com", "%{i} may not send for %{o}");
  EXPECT_EQ(check().explanation, "");
  EXPECT_EQ(check("192.0.2.9").explanation, "192.0.2.9 may not send for example.com");
}

TEST_F(CheckHost, RecordOf64KiBIsEvaluatedAndItsTraceBounded) {
  std::string record = "v=spf1";
  while (record.size() < 65000) record += " ip4:198.51.100.1";
  dns.add_txt("example.com", record + " -all");
  const SpfOutcome outcome = check();
  EXPECT_EQ(outcome.result, SpfResult::fail);
  EXPECT_EQ(outcome.trace.size(), max_trace_steps);
}

}  // namespace
}  // namespace sesame::mailauth::spf
