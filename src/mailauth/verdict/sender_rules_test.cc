#include "mailauth/verdict/sender_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/ip/address.hpp>
#include <boost/json.hpp>
#include <set>

namespace sesame::mailauth {
namespace {

using ::testing::HasSubstr;

class SenderRules : public ::testing::Test {
 protected:
  SenderRules() {
    spf = {.result = spf::SpfResult::pass, .domain = "bounce.example.com"};
    dkim = {{.result = dkim::DkimResult::pass, .domain = "example.com", .algorithm = "rsa-sha256", .key_bits = 2048}};
    dmarc = {.result = dmarc::DmarcResult::pass,
             .author_domain = "example.com",
             .policy_domain = "example.com",
             .organizational_domain = "example.com",
             .spf_aligned = true,
             .dkim_aligned = true};
    reverse = {.names = {"out.example.com"}, .confirmed = "out.example.com"};
    tls = "TLSv1.3";
  }

  RuleFinding find(Rule rule) const {
    const auto parsed = message::parse_message(octets);
    const auto findings = judge_sender_rules({.message = parsed,
                                              .octets = octets,
                                              .spf = spf,
                                              .dkim = dkim,
                                              .dmarc = dmarc,
                                              .reverse = reverse,
                                              .ip = boost::asio::ip::make_address(ip),
                                              .tls = tls,
                                              .bulk = bulk});
    EXPECT_EQ(findings.size(), static_cast<std::size_t>(Rule::message_format) + 1);
    for (const RuleFinding& finding : findings) {
      EXPECT_TRUE(finding.sentence.ends_with('.')) << name(finding.rule);
      EXPECT_EQ(finding.repair.empty(), finding.result != RuleResult::fail) << name(finding.rule);
    }
    return findings.at(static_cast<std::size_t>(rule));
  }
  RuleResult result(Rule rule) const { return find(rule).result; }

  // Without a DMARC record evaluation ends before alignment.
  void publish_no_policy() { dmarc = {.author_domain = "example.com", .organizational_domain = "example.com"}; }

  std::string octets =
      "DKIM-Signature: v=1; a=rsa-sha256; d=example.com; s=s; h=From:List-Unsubscribe:List-Unsubscribe-Post; bh=AA==; "
      "b=AA==\r\n"
      "From: ann@example.com\r\nDate: Thu, 1 Jan 2026 00:00:00 +0000\r\nMessage-ID: <1@example.com>\r\n"
      "List-Unsubscribe: <https://example.com/u>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n\r\nHi.\r\n";
  std::string ip = "192.0.2.1";
  spf::SpfOutcome spf;
  std::vector<dkim::SignatureResult> dkim;
  dmarc::DmarcOutcome dmarc;
  ReverseDns reverse;
  std::optional<std::string> tls;
  bool bulk = false;
};

TEST_F(SenderRules, AllPassForAModelMessage) {
  for (int rule = 0; rule <= static_cast<int>(Rule::message_format); ++rule)
    EXPECT_EQ(result(static_cast<Rule>(rule)), RuleResult::pass) << find(static_cast<Rule>(rule)).sentence;
}

TEST_F(SenderRules, SpfAndDkimCountByThemselvesAndTogether) {
  spf.result = spf::SpfResult::softfail;
  EXPECT_EQ(find(Rule::spf).sentence, "SPF says softfail for bounce.example.com.");
  EXPECT_EQ(find(Rule::spf).repair,
            "Add 192.0.2.1 to the SPF record of bounce.example.com, or send through a server it allows.");
  EXPECT_EQ(result(Rule::spf_or_dkim), RuleResult::pass);
  dkim.clear();
  EXPECT_EQ(find(Rule::dkim).sentence, "the message is not signed.");
  EXPECT_EQ(result(Rule::spf_or_dkim), RuleResult::fail);
  dkim = {{.result = dkim::DkimResult::fail, .domain = "example.com", .problem = "the body has been altered"}};
  EXPECT_EQ(find(Rule::dkim).sentence, "no signature passes; of the first: the body has been altered.");
  spf.result = spf::SpfResult::none;
  EXPECT_THAT(find(Rule::spf).repair, HasSubstr("begins with v=spf1"));
  spf = {.result = spf::SpfResult::permerror, .domain = "example.com", .problem = "there are two records"};
  EXPECT_EQ(find(Rule::spf).repair, "Correct the SPF record of example.com: there are two records.");
}

TEST_F(SenderRules, SilenceOfDnsFailsNobody) {
  spf.result = spf::SpfResult::temperror;
  dkim[0].result = dkim::DkimResult::temperror;
  dmarc = {.result = dmarc::DmarcResult::temperror, .author_domain = "example.com"};
  reverse = {.unanswered = true};
  for (const Rule rule :
       {Rule::spf, Rule::dkim, Rule::spf_or_dkim, Rule::dmarc_record, Rule::alignment, Rule::reverse_dns})
    EXPECT_EQ(result(rule), RuleResult::not_applicable) << name(rule);
}

TEST_F(SenderRules, KeysOf1024BitsSufficeAnd2048AreRecommended) {
  dkim[0].key_bits = 1024;
  EXPECT_EQ(find(Rule::dkim_key).sentence, "the RSA key has 1024 bits, which suffices; 2048 are recommended.");
  dkim[0].key_bits = 768;
  dkim[0].result = dkim::DkimResult::policy;
  EXPECT_EQ(find(Rule::dkim_key).sentence, "the RSA key has 768 bits, fewer than 1024.");
  dkim[0] = {.result = dkim::DkimResult::pass, .algorithm = "ed25519-sha256", .key_bits = 256};
  EXPECT_EQ(result(Rule::dkim_key), RuleResult::not_applicable);
  dkim.clear();
  EXPECT_EQ(result(Rule::dkim_key), RuleResult::not_applicable);
}

TEST_F(SenderRules, AlignmentIsDmarcsWhereThereIsARecord) {
  dmarc.spf_aligned = dmarc.dkim_aligned = false;
  EXPECT_EQ(find(Rule::alignment).repair, "Sign with d=example.com, or use a MAIL FROM domain below example.com.");
  dmarc.dkim_aligned = true;
  EXPECT_EQ(find(Rule::alignment).sentence, "DKIM is in line with example.com.");
  dmarc.author_domain.clear();
  EXPECT_EQ(result(Rule::alignment), RuleResult::fail);
}

TEST_F(SenderRules, WithoutARecordOnlyAncestryShowsAlignment) {
  publish_no_policy();
  EXPECT_EQ(result(Rule::alignment), RuleResult::pass) << "bounce.example.com is below example.com";
  EXPECT_EQ(find(Rule::dmarc_record).repair,
            "Publish a TXT record at _dmarc.example.com with at least \"v=DMARC1; p=none\".");
  dmarc.author_domain = "news.example.com";
  dkim.clear();
  EXPECT_EQ(result(Rule::alignment), RuleResult::not_applicable) << "siblings";
  spf.domain = "esp.example";
  EXPECT_EQ(result(Rule::alignment), RuleResult::fail);
}

TEST_F(SenderRules, ReverseDnsHasToLeadBack) {
  reverse = {.names = {"out.example.com"}};
  EXPECT_EQ(find(Rule::reverse_dns).sentence, "192.0.2.1 is called out.example.com, which does not lead back to it.");
  reverse = {};
  EXPECT_EQ(find(Rule::reverse_dns).sentence, "192.0.2.1 has no PTR record.");
  ip = "127.0.0.1";
  EXPECT_EQ(result(Rule::reverse_dns), RuleResult::not_applicable);
}

TEST_F(SenderRules, TlsIsJudgedWhereItIsKnown) {
  tls = "";
  EXPECT_EQ(result(Rule::tls), RuleResult::fail);
  tls.reset();
  EXPECT_EQ(result(Rule::tls), RuleResult::not_applicable);
}

TEST_F(SenderRules, OneClickIsForBulk) {
  octets = "From: ann@example.com\r\nDate: Thu, 1 Jan 2026 00:00:00 +0000\r\nMessage-ID: <1@example.com>\r\n\r\n";
  EXPECT_EQ(result(Rule::one_click_unsubscribe), RuleResult::not_applicable);
  bulk = true;
  EXPECT_EQ(find(Rule::one_click_unsubscribe).sentence, "there is no List-Unsubscribe field.");
}

TEST_F(SenderRules, FormatListsWhatIsWrong) {
  octets = "Subject: a\r\n\r\n";
  EXPECT_EQ(find(Rule::message_format).sentence,
            "it has no From field; it has no Date field; it has no Message-ID field.");
}

TEST(PublishedRules, EveryReceiverHasAPageAndEachRuleOnce) {
  std::set<std::pair<Receiver, Rule>> seen;
  for (const PublishedRule& rule : published_rules()) {
    EXPECT_TRUE(seen.insert({rule.receiver, rule.rule}).second) << name(rule.receiver) << " " << name(rule.rule);
    EXPECT_FALSE(page_of(rule.receiver).empty() || name(rule.rule).empty() || title(rule.rule).empty());
  }
  EXPECT_EQ(seen.size(), 26u);
}

TEST(PublishedRules, AreTheKeysOfTheJson) {
  const std::vector<RuleFinding> findings = {{Rule::tls, RuleResult::fail, "it came without TLS.", "Use it."},
                                             {Rule::spf, RuleResult::pass, "SPF passes.", ""}};
  EXPECT_EQ(boost::json::value(sender_rules_json(findings)), boost::json::parse(R"({
    "google": [{"rule":"spf","audience":"bulk","demand":"required","result":"pass","sentence":"SPF passes.","repair":null},
               {"rule":"tls","audience":"everybody","demand":"required","result":"fail",
                "sentence":"it came without TLS.","repair":"Use it."}],
    "yahoo": [{"rule":"spf","audience":"bulk","demand":"required","result":"pass","sentence":"SPF passes.","repair":null}],
    "microsoft": [{"rule":"spf","audience":"bulk","demand":"required","result":"pass","sentence":"SPF passes.",
                   "repair":null}]})"));
}

}  // namespace
}  // namespace sesame::mailauth
