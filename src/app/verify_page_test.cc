#include "app/verify_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/commands/commands.h"

namespace sesame::app {
namespace {

using mailauth::Verdict;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

mailauth::ConnectionFacts facts() {
  return {.ip = *net::parse_ip("192.0.2.1"), .helo = "out.example", .reverse_path = "a@bounce.example.com"};
}

Verdict genuine() {
  Verdict verdict;
  verdict.spf = {.result = mailauth::spf::SpfResult::pass,
                 .domain = "bounce.example.com",
                 .matched_term = "ip4:192.0.2.0/24",
                 .lookups = 1};
  verdict.dkim = {{.result = mailauth::dkim::DkimResult::pass,
                   .domain = "example.com",
                   .selector = "s1",
                   .algorithm = "rsa-sha256",
                   .key_bits = 2048}};
  verdict.dmarc = {.result = mailauth::dmarc::DmarcResult::pass,
                   .author_domain = "example.com",
                   .policy_domain = "example.com",
                   .organizational_domain = "example.com",
                   .policy = mailauth::dmarc::Policy::reject,
                   .spf_aligned = true,
                   .dkim_aligned = true};
  verdict.authentication_results = {
      .authserv_id = "mx.example",
      .results = {{.method = "spf", .result = "pass"}, {.method = "dkim", .result = "pass"}}};
  return verdict;
}

TEST(VerifyPage, OfAGenuineMessage) {
  EXPECT_EQ(verify_page(facts(), genuine(), false),
            "Genuine: example.com stands behind this message.\n"
            "\n"
            "  DMARC pass       example.com: p=reject published at example.com\n"
            "                   DKIM aligned: yes\n"
            "                   SPF aligned: yes\n"
            "  SPF   pass       MAIL FROM bounce.example.com, client 192.0.2.1\n"
            "                   decided by \"ip4:192.0.2.0/24\"\n"
            "                   1 of 10 look-ups, 0 of 2 empty answers\n"
            "  DKIM  pass       example.com, selector s1, rsa-sha256, 2048 bits\n"
            "  ARC   none       no forwarder left a chain\n"
            "\n"
            "  Authentication-Results: mx.example;\n"
            "      spf=pass;\n"
            "      dkim=pass\n");
  EXPECT_EQ(verify_status(genuine()), exit_good);
}

TEST(VerifyPage, SaysWhyWhatPassedDoesNotCount) {
  Verdict verdict = genuine();
  verdict.spf.domain = "esp.example";
  verdict.dkim = {{.result = mailauth::dkim::DkimResult::fail,
                   .domain = "example.com",
                   .selector = "s1",
                   .algorithm = "rsa-sha256",
                   .problem = "the body has been altered (bh= differs)"}};
  verdict.dmarc.result = mailauth::dmarc::DmarcResult::fail;
  verdict.dmarc.disposition = mailauth::dmarc::Policy::reject;
  verdict.dmarc.spf_aligned = verdict.dmarc.dkim_aligned = false;
  const std::string page = verify_page(facts(), verdict, false);
  EXPECT_THAT(page, StartsWith("Not authenticated as from example.com; example.com asks receivers to reject it.\n"));
  EXPECT_THAT(page, HasSubstr("SPF aligned: no, it passed for esp.example, which is not in line with example.com\n"));
  EXPECT_THAT(page, HasSubstr("DKIM aligned: no, it did not pass\n"));
  EXPECT_THAT(page, HasSubstr("                   the body has been altered (bh= differs)\n"));
  EXPECT_EQ(verify_status(verdict), exit_bad_news);
}

TEST(VerifyPage, WithoutAPolicySpfOrDkimDecide) {
  Verdict verdict = genuine();
  verdict.dmarc = {.result = mailauth::dmarc::DmarcResult::none, .author_domain = "example.com"};
  EXPECT_EQ(verify_status(verdict), exit_good);
  EXPECT_THAT(verify_page(facts(), verdict, false),
              StartsWith("SPF and DKIM pass, but example.com publishes no DMARC policy"));
  verdict.spf.result = mailauth::spf::SpfResult::softfail;
  EXPECT_EQ(verify_status(verdict), exit_good);
  verdict.dkim.clear();
  EXPECT_EQ(verify_status(verdict), exit_bad_news);
  EXPECT_THAT(verify_page(facts(), verdict, false), StartsWith("Nothing vouches for this message"));
  verdict.spf.result = mailauth::spf::SpfResult::temperror;
  EXPECT_EQ(verify_status(verdict), exit_unknown);
}

TEST(VerifyPage, SilenceOfDnsIsNotBadNews) {
  Verdict verdict = genuine();
  verdict.dmarc.result = mailauth::dmarc::DmarcResult::temperror;
  EXPECT_EQ(verify_status(verdict), exit_unknown);
  EXPECT_THAT(verify_page(facts(), verdict, false), StartsWith("Could not find out"));
}

TEST(VerifyPage, AMessageWithoutAuthorCannotBeJudged) {
  Verdict verdict = genuine();
  verdict.dmarc = {.result = mailauth::dmarc::DmarcResult::permerror, .problem = "the message has no From field"};
  EXPECT_EQ(verify_status(verdict), exit_bad_news);
  EXPECT_THAT(verify_page(facts(), verdict, false), StartsWith("Cannot be judged: the message has no From field.\n"));
}

TEST(VerifyPage, NamesTheForwarders) {
  Verdict verdict = genuine();
  verdict.arc = {
      .result = mailauth::arc::ArcResult::pass, .sealers = {"list.example", "uni.example"}, .oldest_pass = 2};
  EXPECT_THAT(verify_page(facts(), verdict, false),
              HasSubstr("  ARC   pass       sealed by list.example, then uni.example\n"
                        "                   the message was changed before instance 2\n"));
}

TEST(VerifyPage, ShowsTheRulesOfLargeReceiversWithRepairs) {
  Verdict verdict = genuine();
  verdict.sender_rules = {
      {mailauth::Rule::spf, mailauth::RuleResult::pass, "SPF passes for bounce.example.com.", ""},
      {mailauth::Rule::reverse_dns, mailauth::RuleResult::fail, "192.0.2.1 has no PTR record.", "Ask for one."},
      {mailauth::Rule::one_click_unsubscribe, mailauth::RuleResult::not_applicable, "it is not bulk.", ""},
      {mailauth::Rule::dkim_key, mailauth::RuleResult::fail, "too short.", "Make another."}};
  EXPECT_THAT(verify_page(facts(), verdict, false),
              HasSubstr("\n"
                        "  What Google, Yahoo and Microsoft ask of senders (bulk: 5,000 messages a day and more):\n"
                        "  pass  SPF                    SPF passes for bounce.example.com.\n"
                        "  fail  reverse DNS            192.0.2.1 has no PTR record.\n"
                        "                               Ask for one.\n"
                        "                               asked by google, yahoo, microsoft\n"
                        "  n/a   one-click unsubscribe  it is not bulk.\n"
                        "  fail  DKIM key               too short.\n"
                        "                               Make another.\n"
                        "                               asked by google, yahoo (recommended)\n"
                        "\n"
                        "  Authentication-Results: mx.example;\n"));
  EXPECT_EQ(verify_status(verdict), exit_good) << "rules of receivers do not make a message less genuine";
}

TEST(VerifyPage, CannotBeMadeToSpeakToTheTerminal) {
  Verdict verdict = genuine();
  const std::string attack = "\x1b[2J\x1b]0;owned\x07\r\n";
  verdict.spf.domain = verdict.spf.explanation = verdict.spf.problem = verdict.spf.matched_term = attack;
  verdict.dkim[0].domain = verdict.dkim[0].selector = verdict.dkim[0].algorithm = verdict.dkim[0].problem = attack;
  verdict.dmarc.author_domain = verdict.dmarc.policy_domain = verdict.dmarc.problem = attack;
  verdict.arc = {.result = mailauth::arc::ArcResult::fail, .sealers = {attack}, .problem = attack};
  verdict.authentication_results.results[0].reason = attack;
  verdict.sender_rules = {{mailauth::Rule::spf, mailauth::RuleResult::fail, attack, attack}};
  const std::string page = verify_page(facts(), verdict, false);
  EXPECT_THAT(page, Not(HasSubstr("\x1b")));
  EXPECT_THAT(page, Not(HasSubstr("\x07")));
  EXPECT_THAT(page, Not(HasSubstr("\r")));
}

TEST(VerifyPage, IsInColourOnATerminal) {
  const std::string page = verify_page(facts(), genuine(), true);
  EXPECT_THAT(page, StartsWith("\x1b[32mGenuine"));
  EXPECT_THAT(page, HasSubstr("\x1b[33mnone\x1b[0m"));
}

}  // namespace
}  // namespace sesame::app
