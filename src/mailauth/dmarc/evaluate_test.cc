#include "mailauth/dmarc/evaluate.h"

#include <gtest/gtest.h>

#include <set>

#include "mailauth/dmarc/tree_walk.h"
#include "mailauth/testing/run.h"
#include "mailauth/testing/zone_resolver.h"

namespace sesame::mailauth::dmarc {
namespace {

class DmarcEvaluate : public ::testing::Test {
 protected:
  DmarcOutcome judge(std::vector<std::string> authors) {
    return testing::run(evaluate(dns, std::move(authors), spf, dkim, net::after(std::chrono::hours(1))));
  }
  void spf_is(spf::SpfResult result, std::string domain) {
    spf.result = result;
    spf.domain = std::move(domain);
  }
  void add_signature(dkim::DkimResult result, std::string domain) {
    dkim.emplace_back();
    dkim.back().result = result;
    dkim.back().domain = std::move(domain);
  }
  void publish(const std::string& domain, std::string_view record) { dns.add_txt("_dmarc." + domain, record); }

  testing::ZoneResolver dns;
  spf::SpfOutcome spf;
  std::vector<dkim::SignatureResult> dkim;
};

TEST_F(DmarcEvaluate, OneAlignedPassIsEnough) {
  publish("example.com", "v=DMARC1; p=reject");
  spf_is(spf::SpfResult::pass, "bounce.example.com");
  add_signature(dkim::DkimResult::pass, "esp.example");
  const DmarcOutcome outcome = judge({"example.com"});
  EXPECT_EQ(outcome.result, DmarcResult::pass);
  EXPECT_TRUE(outcome.spf_aligned);
  EXPECT_FALSE(outcome.dkim_aligned);
  EXPECT_EQ(outcome.disposition, Policy::none);
  EXPECT_EQ(outcome.policy, Policy::reject);
}

TEST_F(DmarcEvaluate, StrictAlignmentIsPerMechanism) {
  publish("example.com", "v=DMARC1; p=reject; aspf=s");
  spf_is(spf::SpfResult::pass, "bounce.example.com");
  EXPECT_EQ(judge({"example.com"}).result, DmarcResult::fail);
  add_signature(dkim::DkimResult::pass, "mail.example.com");
  EXPECT_EQ(judge({"example.com"}).result, DmarcResult::pass);
}

TEST_F(DmarcEvaluate, TestModeAsksForOneLevelLess) {
  publish("example.com", "v=DMARC1; p=reject; t=y");
  const DmarcOutcome outcome = judge({"example.com"});
  EXPECT_EQ(outcome.policy, Policy::reject);
  EXPECT_EQ(outcome.disposition, Policy::quarantine);
  EXPECT_TRUE(outcome.testing);
}

TEST_F(DmarcEvaluate, SubdomainTakesNpOnlyIfItDoesNotExist) {
  publish("example.com", "v=DMARC1; p=none; sp=quarantine; np=reject");
  EXPECT_EQ(judge({"ghost.example.com"}).disposition, Policy::reject);
  dns.add_txt("real.example.com", "hello");
  EXPECT_EQ(judge({"real.example.com"}).disposition, Policy::quarantine);
  dns.fail("odd.example.com", dns::RecordType::a, dns::AnswerStatus::timeout);
  EXPECT_EQ(judge({"odd.example.com"}).result, DmarcResult::temperror);
}

TEST_F(DmarcEvaluate, SilenceOfDnsIsTemperror) {
  dns.fail("_dmarc.example.com", dns::RecordType::txt, dns::AnswerStatus::servfail);
  const DmarcOutcome outcome = judge({"example.com"});
  EXPECT_EQ(outcome.result, DmarcResult::temperror);
  EXPECT_EQ(outcome.disposition, Policy::none);
  EXPECT_FALSE(outcome.problem.empty());
}

TEST_F(DmarcEvaluate, TemperrorOfAnAlignedMechanismIsNotFail) {
  publish("example.com", "v=DMARC1; p=reject");
  add_signature(dkim::DkimResult::temperror, "other.example");
  EXPECT_EQ(judge({"example.com"}).result, DmarcResult::fail);
  add_signature(dkim::DkimResult::temperror, "example.com");
  EXPECT_EQ(judge({"example.com"}).result, DmarcResult::temperror);
}

TEST_F(DmarcEvaluate, SeveralAuthorsPassOnlyTogether) {
  publish("a.example", "v=DMARC1; p=quarantine");
  publish("b.example", "v=DMARC1; p=reject");
  add_signature(dkim::DkimResult::pass, "a.example");
  EXPECT_EQ(judge({"a.example"}).result, DmarcResult::pass);
  const DmarcOutcome outcome = judge({"a.example", "b.example"});
  EXPECT_EQ(outcome.result, DmarcResult::fail);
  EXPECT_EQ(outcome.author_domain, "b.example");
  EXPECT_EQ(outcome.disposition, Policy::reject);
}

TEST_F(DmarcEvaluate, NoAuthorOrTooManyCannotBeJudged) {
  EXPECT_EQ(judge({}).result, DmarcResult::permerror);
  EXPECT_EQ(judge({"a.example", "b.example", "c.example", "d.example", "e.example"}).result, DmarcResult::permerror);
  EXPECT_EQ(dns.questions(), 0u);
}

TEST_F(DmarcEvaluate, SeveralRecordsAtOneNameAreNone) {
  publish("example.com", "v=DMARC1; p=reject");
  publish("example.com", "v=DMARC1; p=none");
  const DmarcOutcome outcome = judge({"example.com"});
  EXPECT_EQ(outcome.result, DmarcResult::none);
  EXPECT_NE(outcome.problem.find("2 DMARC records"), std::string::npos);
}

TEST_F(DmarcEvaluate, EachNameIsAskedOnce) {
  publish("example.com", "v=DMARC1; p=reject");
  for (int i = 0; i < 20; ++i) add_signature(dkim::DkimResult::pass, "other" + std::to_string(i % 3) + ".com");
  judge({"www.example.com"});
  std::set<std::string> names(dns.asked().begin(), dns.asked().end());
  EXPECT_EQ(names.size(), dns.questions());
}

TEST(TreeWalk, AsksAtMostEightNames) {
  EXPECT_EQ(walk_targets("a.b.c"), (std::vector<std::string>{"a.b.c", "b.c", "c"}));
  EXPECT_EQ(walk_targets("1.2.3.4.5.6.7.8").size(), 8u);
  EXPECT_EQ(walk_targets("1.2.3.4.5.6.7.8")[1], "2.3.4.5.6.7.8");
  EXPECT_EQ(walk_targets("0.1.2.3.4.5.6.7.8").size(), 8u);
  EXPECT_EQ(walk_targets("0.1.2.3.4.5.6.7.8")[1], "2.3.4.5.6.7.8");
}

}  // namespace
}  // namespace sesame::mailauth::dmarc
