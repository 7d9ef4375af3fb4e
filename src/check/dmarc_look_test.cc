#include "check/dmarc_look.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mailauth/testing/zone_resolver.h"
#include "net/testing/run_task.h"

namespace sesame::check {
namespace {

using dns::RecordType;
using mailauth::dmarc::Policy;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

struct PolicyOfADomain : testing::Test {
  DmarcFinding look(DmarcQuestion question = {"example.com", "bounce.example.com", "example.com"}) {
    return net::run_task(look_at_dmarc(zone, std::move(question), net::after(std::chrono::seconds(5))));
  }
  Problem only_problem() {
    const DmarcFinding found = look();
    EXPECT_THAT(found.problems, SizeIs(1));
    return found.problems.empty() ? Problem{} : found.problems.front();
  }

  mailauth::testing::ZoneResolver zone;
};

TEST_F(PolicyOfADomain, InOrderIsExplainedInPlainWords) {
  zone.add_txt("_dmarc.example.com", "v=DMARC1; p=reject; rua=mailto:dmarc@example.com");
  const DmarcFinding found = look();
  EXPECT_EQ(found.outcome.policy, Policy::reject);
  EXPECT_EQ(found.meaning, "Mail as from example.com that fails is to be rejected.");
  EXPECT_TRUE(found.outcome.spf_aligned);
  EXPECT_TRUE(found.outcome.dkim_aligned);
  EXPECT_THAT(found.problems, IsEmpty());
}

TEST_F(PolicyOfADomain, OfTheDomainAboveHolds) {
  zone.add_txt("_dmarc.example.com", "v=DMARC1; p=reject; sp=quarantine; rua=mailto:dmarc@example.com");
  const DmarcFinding found = look({"shop.example.com", "bounce.shop.example.com", ""});
  EXPECT_EQ(found.outcome.policy_domain, "example.com");
  EXPECT_EQ(found.outcome.policy, Policy::quarantine);
  EXPECT_EQ(found.meaning,
            "Mail as from shop.example.com (policy of example.com) that fails is to be treated as suspicious.");
}

TEST_F(PolicyOfADomain, MissingIsBad) {
  const Problem problem = only_problem();
  EXPECT_EQ(problem.severity, Severity::bad);
  EXPECT_EQ(problem.asked, "_dmarc.example.com TXT");
  EXPECT_THAT(problem.change, HasSubstr("Publish _dmarc.example.com TXT \"v=DMARC1; p=none"));
}

TEST_F(PolicyOfADomain, TwiceIsNone) {
  zone.add_txt("_dmarc.example.com", "v=DMARC1; p=reject");
  zone.add_txt("_dmarc.example.com", "v=DMARC1; p=none");
  EXPECT_EQ(only_problem().found, "2 DMARC records");
}

TEST_F(PolicyOfADomain, ThatAsksForNothingIsBad) {
  zone.add_txt("_dmarc.example.com", "v=DMARC1; p=bogus");
  EXPECT_EQ(only_problem().severity, Severity::bad);
  EXPECT_THAT(only_problem().change, HasSubstr("invalid p=bogus"));
}

TEST_F(PolicyOfADomain, ThatOnlyWatchesCouldBeBetter) {
  zone.add_txt("_dmarc.example.com", "v=DMARC1; p=none; rua=mailto:a@example.com");
  EXPECT_EQ(only_problem().severity, Severity::advice);
}

TEST_F(PolicyOfADomain, WithoutReportsCouldBeBetter) {
  zone.add_txt("_dmarc.example.com", "v=DMARC1; p=reject");
  EXPECT_THAT(only_problem().change, HasSubstr("Without rua="));
}

TEST_F(PolicyOfADomain, InTestingIsSaidToBe) {
  zone.add_txt("_dmarc.example.com", "v=DMARC1; p=reject; t=y; rua=mailto:a@example.com");
  EXPECT_THAT(only_problem().change, HasSubstr("t=y"));
}

TEST_F(PolicyOfADomain, UnansweredIsUnknown) {
  zone.fail("_dmarc.example.com", RecordType::txt, dns::AnswerStatus::servfail);
  EXPECT_EQ(only_problem().severity, Severity::unknown);
}

TEST_F(PolicyOfADomain, ReportsElsewhereNeedConsent) {
  zone.add_txt("_dmarc.example.com", "v=DMARC1; p=reject; rua=mailto:a@reports.example");
  const Problem problem = only_problem();
  EXPECT_EQ(problem.topic, Topic::reports);
  EXPECT_EQ(problem.severity, Severity::bad);
  EXPECT_EQ(problem.asked, "example.com._report._dmarc.reports.example TXT");
  zone.add_txt("example.com._report._dmarc.reports.example", "v=DMARC1");
  EXPECT_THAT(look().problems, IsEmpty());
}

TEST_F(PolicyOfADomain, FailureReportsNeedConsentToo) {
  zone.add_txt("_dmarc.example.com", "v=DMARC1; p=reject; rua=mailto:a@example.com; ruf=mailto:a@reports.example");
  EXPECT_THAT(only_problem().change, HasSubstr("mailto:a@reports.example"));
}

TEST_F(PolicyOfADomain, ConsentUnansweredIsUnknown) {
  zone.add_txt("_dmarc.example.com", "v=DMARC1; p=reject; rua=mailto:a@reports.example");
  zone.fail("example.com._report._dmarc.reports.example", RecordType::txt, dns::AnswerStatus::timeout);
  EXPECT_EQ(only_problem().severity, Severity::unknown);
}

TEST_F(PolicyOfADomain, AForeignMailFromIsBadWithoutDkim) {
  zone.add_txt("_dmarc.example.com", "v=DMARC1; p=reject; rua=mailto:a@example.com");
  const DmarcFinding with_dkim = look({"example.com", "svc.example", "example.com"});
  ASSERT_THAT(with_dkim.problems, SizeIs(1));
  EXPECT_EQ(with_dkim.problems[0].severity, Severity::advice);
  const DmarcFinding without = look({"example.com", "svc.example", ""});
  ASSERT_THAT(without.problems, SizeIs(1));
  EXPECT_EQ(without.problems[0].severity, Severity::bad);
  EXPECT_THAT(without.problems[0].change, HasSubstr("below example.com"));
}

TEST_F(PolicyOfADomain, StrictAlignmentIsNamedAsTheCause) {
  zone.add_txt("_dmarc.example.com", "v=DMARC1; p=reject; aspf=s; rua=mailto:a@example.com");
  EXPECT_THAT(only_problem().change, HasSubstr("aspf=s"));
}

}  // namespace
}  // namespace sesame::check
