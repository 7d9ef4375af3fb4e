#include "mailauth/dmarc/report_destination.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cstdio>

#include "base/testing/corpora.h"
#include "mailauth/testing/run.h"
#include "mailauth/testing/zone_resolver.h"

namespace sesame::mailauth::dmarc {
namespace {

ReportDestination check(dns::Resolver& dns, std::string policy_domain, std::string uri) {
  return testing::run(
      check_report_destination(dns, std::move(policy_domain), std::move(uri), net::after(std::chrono::hours(1))));
}

TEST(ReportDestination, IsTheHostOfTheUri) {
  EXPECT_EQ(report_host("mailto:dmarc@Reports.Example"), "reports.example");
  EXPECT_EQ(report_host("MAILTO:a@b@reports.example?subject=x@y.example"), "reports.example");
  EXPECT_EQ(report_host("https://user@reports.example:8443/in?x=a@b"), "reports.example");
  for (const char* bad : {"", "dmarc@reports.example", "mailto:dmarc", "mailto:a@", "https:reports.example",
                          "https://[::1]/", "mailto:a@b c.example"})
    EXPECT_EQ(report_host(bad), std::nullopt) << bad;
}

TEST(ReportDestination, WithinTheOrganizationNeedsNoConsent) {
  testing::ZoneResolver dns;
  EXPECT_EQ(check(dns, "example.com", "mailto:d@example.com").consent, ReportConsent::not_needed);
  EXPECT_EQ(dns.questions(), 0u);
  dns.add_txt("_dmarc.example.com", "v=DMARC1; p=none");
  EXPECT_EQ(check(dns, "example.com", "mailto:d@mail.example.com").consent, ReportConsent::not_needed);
  EXPECT_EQ(check(dns, "news.example.com", "mailto:d@mail.example.com").consent, ReportConsent::not_needed);
}

TEST(ReportDestination, ElsewhereNeedsARecordThere) {
  testing::ZoneResolver dns;
  const ReportDestination missing = check(dns, "example.com", "mailto:d@reports.example");
  EXPECT_EQ(missing.consent, ReportConsent::missing);
  EXPECT_EQ(missing.record_name, "example.com._report._dmarc.reports.example");
  EXPECT_EQ(missing.problem, "there is no TXT record at example.com._report._dmarc.reports.example");
  dns.add_txt("example.com._report._dmarc.reports.example", "v=DMARC1;");
  EXPECT_EQ(check(dns, "example.com", "mailto:d@reports.example").consent, ReportConsent::given);
  EXPECT_EQ(check(dns, "example.net", "mailto:d@reports.example").consent, ReportConsent::missing);
}

TEST(ReportDestination, BrokenRecordsGiveNoConsentButSpoilNone) {
  for (const char* bad :
       {"", "DMARC1", "v=DMARC2", "v=dmarc1", "p=none; v=DMARC1", "v=DMARC1; bogus", "v=DMARC1 p=none"}) {
    testing::ZoneResolver dns;
    dns.add_txt("example.com._report._dmarc.reports.example", bad);
    EXPECT_EQ(check(dns, "example.com", "mailto:d@reports.example").consent, ReportConsent::missing) << bad;
    dns.add_txt("example.com._report._dmarc.reports.example", "v=DMARC1");
    EXPECT_EQ(check(dns, "example.com", "mailto:d@reports.example").consent, ReportConsent::given) << bad;
  }
}

TEST(ReportDestination, MayBeReplacedByAnotherAtTheSameHostOnly) {
  testing::ZoneResolver dns;
  dns.add_txt("example.com._report._dmarc.reports.example",
              "v=DMARC1; rua=mailto:x@victim.example, mailto:customers@reports.example");
  EXPECT_EQ(check(dns, "example.com", "mailto:d@reports.example").rua,
            std::vector<std::string>{"mailto:customers@reports.example"});
}

TEST(ReportDestination, SilenceOfDnsIsNotRefusal) {
  testing::ZoneResolver dns;
  dns.fail("example.com._report._dmarc.reports.example", dns::RecordType::txt, dns::AnswerStatus::servfail);
  EXPECT_EQ(check(dns, "example.com", "mailto:d@reports.example").consent, ReportConsent::temperror);
  dns.fail("_dmarc.other.com", dns::RecordType::txt, dns::AnswerStatus::timeout);
  EXPECT_EQ(check(dns, "example.com", "mailto:d@other.com").consent, ReportConsent::temperror);
}

TEST(ReportDestination, TooLongANameCannotGiveConsent) {
  testing::ZoneResolver dns;
  std::string longest = "example.com";
  while (longest.size() < 240) longest.insert(0, "abcdefghi.");
  const ReportDestination destination = check(dns, longest, "mailto:d@reports.example");
  EXPECT_EQ(destination.consent, ReportConsent::permerror);
  EXPECT_FALSE(destination.problem.empty());
  EXPECT_EQ(check(dns, "example.com", "mailto:nobody").consent, ReportConsent::permerror);
}

void load_zone(const boost::json::object& zone, testing::ZoneResolver& dns) {
  for (const auto& [name, records] : zone) {
    if (records.is_object()) dns.fail(name, dns::RecordType::txt, dns::AnswerStatus::servfail);
    if (!records.is_array()) continue;
    for (const auto& record : records.as_array()) dns.add_txt(name, record.as_string());
  }
}

TEST(DmarcCorpus, ExternalReportAuthorization) {
  const auto dir = find_corpus("dmarc-cases");
  if (!dir) GTEST_SKIP();
  int passed = 0, failed = 0;
  const auto judge = [&](bool good, const std::string& what) {
    ++(good ? passed : failed);
    EXPECT_TRUE(good) << what;
  };
  for (const auto& test : boost::json::parse(read_file(*dir / "external-report-authorization.json")).as_array()) {
    testing::ZoneResolver dns;
    load_zone(test.at("zone").as_object(), dns);
    const std::string domain(test.at("domain").as_string());
    const auto& expect = test.at("expect").as_object();
    const auto accepts = [](const ReportDestination& destination) {
      return destination.consent == ReportConsent::given || destination.consent == ReportConsent::not_needed;
    };
    if (const auto* host = test.as_object().if_contains("report_destination")) {
      const auto destination = check(dns, domain, "mailto:d@" + std::string(host->as_string()));
      judge(accepts(destination) == expect.at("accepts").as_bool() &&
                (destination.consent == ReportConsent::temperror) == (expect.at("status") == "temperror"),
            domain + " to " + destination.host + ": " + std::string(name(destination.consent)));
      continue;
    }
    boost::json::array allowed;
    for (const auto& address : test.at("rua").as_array()) {
      if (accepts(check(dns, domain, "mailto:" + std::string(address.as_string())))) allowed.push_back(address);
    }
    judge(allowed == expect.at("allowed").as_array(), domain);
  }
  std::printf("dmarc-cases/external-report-authorization.json: %d passed, %d failed, 0 listed exceptions\n", passed,
              failed);
}

}  // namespace
}  // namespace sesame::mailauth::dmarc
