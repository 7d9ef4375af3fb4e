#include "check/tls_look.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mailauth/testing/zone_resolver.h"
#include "net/testing/run_task.h"

namespace sesame::check {
namespace {

using dns::RecordType;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class Given final : public PolicyFetcher {
 public:
  Given() = default;
  explicit Given(Result<std::string, FetchError> answer) : answer_(std::move(answer)) {}
  net::Task<Result<std::string, FetchError>> fetch(std::string domain, net::Deadline) override {
    asked.push_back(std::move(domain));
    co_return answer_;
  }
  std::vector<std::string> asked;

 private:
  Result<std::string, FetchError> answer_ = "version: STSv1\nmode: enforce\nmx: mx.example.com\nmax_age: 86400\n";
};

struct TlsOfADomain : testing::Test {
  MtaStsFinding look(PolicyFetcher* fetcher, std::vector<std::string> hosts = {"mx.example.com"}) {
    return net::run_task(
        look_at_mta_sts(zone, fetcher, "example.com", std::move(hosts), net::after(std::chrono::seconds(5))));
  }
  TlsRptFinding reports() {
    return net::run_task(look_at_tls_rpt(zone, "example.com", net::after(std::chrono::seconds(5))));
  }
  void promise() { zone.add_txt("_mta-sts.example.com", "v=STSv1; id=1"); }

  mailauth::testing::ZoneResolver zone;
};

TEST_F(TlsOfADomain, NothingPublishedIsNothingWrong) {
  Given fetcher;
  EXPECT_THAT(look(&fetcher).problems, IsEmpty());
  EXPECT_THAT(fetcher.asked, IsEmpty());
  EXPECT_THAT(reports().problems, IsEmpty());
}

TEST_F(TlsOfADomain, APolicyThatNamesTheHostsIsGood) {
  promise();
  Given fetcher;
  const MtaStsFinding found = look(&fetcher);
  ASSERT_TRUE(found.policy);
  EXPECT_EQ(found.policy->mode, MtaStsMode::enforce);
  EXPECT_THAT(found.problems, IsEmpty());
  EXPECT_THAT(fetcher.asked, ElementsAre("example.com"));
}

TEST_F(TlsOfADomain, AnEnforcedPolicyThatLeavesOutAHostIsBad) {
  promise();
  Given fetcher;
  const MtaStsFinding found = look(&fetcher, {"mx.example.com", "mx2.example.com"});
  ASSERT_THAT(found.problems, SizeIs(1));
  EXPECT_EQ(found.problems[0].severity, Severity::bad);
  EXPECT_THAT(found.problems[0].change, HasSubstr("does not name mx2.example.com"));
}

TEST_F(TlsOfADomain, ABrokenPolicyIsBad) {
  promise();
  Given fetcher{"version: STSv1\nmode: enforce\n"};
  ASSERT_THAT(look(&fetcher).problems, SizeIs(1));
  EXPECT_THAT(look(&fetcher).problems[0].found, HasSubstr("max_age"));
}

TEST_F(TlsOfADomain, APolicyHostThatRefusesIsBadAndOneOutOfReachUnknown) {
  promise();
  Given refuses{std::unexpected(FetchError{FetchErrc::refused, "it answers 404"})};
  EXPECT_EQ(look(&refuses).problems.at(0).severity, Severity::bad);
  for (const FetchErrc code : {FetchErrc::unreachable, FetchErrc::not_public}) {
    Given silent{std::unexpected(FetchError{code, "no"})};
    EXPECT_EQ(look(&silent).problems.at(0).severity, Severity::unknown);
  }
}

TEST_F(TlsOfADomain, WithoutAFetcherThePolicyIsLeftAlone) {
  promise();
  EXPECT_THAT(look(nullptr).problems, IsEmpty());
  EXPECT_EQ(look(nullptr).not_fetched, "not asked for");
}

TEST_F(TlsOfADomain, BrokenOrRepeatedRecordsAreBad) {
  zone.add_txt("_mta-sts.example.com", "v=STSv1");
  EXPECT_EQ(look(nullptr).problems.at(0).severity, Severity::bad);
  zone.add_txt("_mta-sts.example.com", "v=STSv1; id=2");
  EXPECT_THAT(look(nullptr).problems.at(0).found, HasSubstr("2 records"));
  zone.add_txt("_smtp._tls.example.com", "v=TLSRPTv1");
  EXPECT_THAT(reports().problems.at(0).change, HasSubstr("has no rua="));
  zone.add_txt("_smtp._tls.example.com", "v=TLSRPTv1; rua=mailto:a@example.com");
  EXPECT_THAT(reports().problems.at(0).found, HasSubstr("2 records"));
}

TEST_F(TlsOfADomain, UnansweredIsUnknown) {
  zone.fail("_mta-sts.example.com", RecordType::txt, dns::AnswerStatus::timeout);
  zone.fail("_smtp._tls.example.com", RecordType::txt, dns::AnswerStatus::servfail);
  EXPECT_EQ(look(nullptr).problems.at(0).severity, Severity::unknown);
  EXPECT_EQ(reports().problems.at(0).severity, Severity::unknown);
}

TEST_F(TlsOfADomain, AReportAddressIsShown) {
  zone.add_txt("_smtp._tls.example.com", "v=TLSRPTv1; rua=mailto:a@example.com");
  const TlsRptFinding found = reports();
  ASSERT_TRUE(found.parsed);
  EXPECT_THAT(found.parsed->rua, ElementsAre("mailto:a@example.com"));
}

// The name is the domain owner's to choose, so nothing is sent to an address of our own network.
TEST_F(TlsOfADomain, PoliciesAreNotFetchedFromPrivateAddresses) {
  for (const char* inside : {"127.0.0.1", "10.0.0.7", "169.254.169.254"}) {
    mailauth::testing::ZoneResolver inner;
    inner.add("mta-sts.example.com", RecordType::a, dns::A{inside});
    HttpsPolicyFetcher fetcher(inner);
    const auto fetched = net::run_task(fetcher.fetch("example.com", net::after(std::chrono::seconds(1))));
    ASSERT_FALSE(fetched);
    EXPECT_EQ(fetched.error().code, FetchErrc::not_public) << inside;
  }
  HttpsPolicyFetcher fetcher(zone);
  const auto fetched = net::run_task(fetcher.fetch("example.com", net::after(std::chrono::seconds(1))));
  ASSERT_FALSE(fetched);
  EXPECT_EQ(fetched.error().code, FetchErrc::no_host);
}

}  // namespace
}  // namespace sesame::check
