#include "app/check_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/commands/commands.h"
#include "base/text.h"

namespace sesame::app {
namespace {

using check::Problem;
using check::Report;
using check::Severity;
using check::Topic;
using check::Verdict;
using mailauth::spf::SpfResult;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

Report in_order() {
  Report report;
  report.exists = true;
  report.domain = report.author_domain = "example.com";
  report.mail_from_domain = report.spf.domain = "bounce.example.com";
  check::SpfNode& tree = report.spf.tree;
  tree.domain = "bounce.example.com";
  tree.record = "v=spf1 include:svc.example ~all";
  tree.lookups = 1;
  check::SpfNode service{.domain = "svc.example", .record = "v=spf1 ip4:192.0.2.0/24 -all"};
  service.terms = {{.text = "ip4:192.0.2.0/24", .networks = {"192.0.2.0/24"}},
                   {.text = "-all", .result = SpfResult::fail, .is_all = true}};
  tree.terms = {{.text = "include:svc.example", .lookups = 1, .below = {service}},
                {.text = "~all", .result = SpfResult::softfail, .is_all = true}};
  report.spf.others.result = SpfResult::softfail;
  report.spf.networks = {"192.0.2.0/24"};
  report.dkim.keys = {{.selector = "mine", .status = check::KeyStatus::good, .algorithm = "rsa-sha256", .bits = 2048}};
  report.dmarc.author_domain = "example.com";
  report.dmarc.record = "v=DMARC1; p=reject";
  report.dmarc.outcome.policy_domain = report.dmarc.outcome.author_domain = "example.com";
  report.dmarc.outcome.policy = mailauth::dmarc::Policy::reject;
  report.dmarc.outcome.spf_aligned = report.dmarc.outcome.dkim_aligned = true;
  report.dmarc.meaning = check::explain_policy(report.dmarc.outcome);
  report.zone.apex = "example.com";
  report.zone.servers = {{"ns1.example.com", "192.0.2.53", dns::ServerStatus::found, 7, ""}};
  conclude(report);
  return report;
}

Report with_problem(Severity severity) {
  Report report = in_order();
  report.problems.push_back({Topic::dmarc, severity, "_dmarc.example.com TXT", "nothing", "Publish one."});
  conclude(report);
  return report;
}

TEST(CheckPage, BeginsWithTheAnswer) {
  EXPECT_TRUE(check_page(in_order(), false).starts_with("example.com is in order.\nSPF passes"));
  EXPECT_TRUE(check_page(with_problem(Severity::bad), false).starts_with("example.com: one thing to put right.\n"));
  EXPECT_TRUE(check_page(with_problem(Severity::unknown), false).starts_with("example.com: could not find out"));
  EXPECT_TRUE(
      check_page(with_problem(Severity::advice), false).starts_with("example.com is in order; one thing could be"));
}

TEST(CheckPage, HasTheExitStatusOfTheVerdict) {
  EXPECT_EQ(check_status(in_order()), exit_good);
  EXPECT_EQ(check_status(with_problem(Severity::bad)), exit_bad_news);
  EXPECT_EQ(check_status(with_problem(Severity::unknown)), exit_unknown);
  EXPECT_EQ(check_status(with_problem(Severity::advice)), exit_good);
}

TEST(CheckPage, ShowsTheTreeOfSpfWithItsCosts) {
  const std::string page = check_page(in_order(), false);
  EXPECT_THAT(page, HasSubstr("bounce.example.com: 1 of 10 look-ups, 0 of 2 empty"));
  EXPECT_THAT(page, HasSubstr("1 network (256 IPv4 addresses) may send; everybody else softfails"));
  EXPECT_THAT(page, ContainsRegex("├ include:svc.example +1 look-up\n"));
  EXPECT_THAT(page, HasSubstr("│ ├ ip4:192.0.2.0/24\n"));
  EXPECT_THAT(page, HasSubstr("└ ~all\n"));
}

TEST(CheckPage, SaysWhatWasAskedFoundAndToChange) {
  const std::string page = check_page(with_problem(Severity::bad), false);
  EXPECT_THAT(
      page,
      HasSubstr("To put right\n\n  1  _dmarc.example.com TXT\n     found   nothing\n     change  Publish one.\n"));
}

TEST(CheckPage, IsColouredOnlyIfWanted) {
  EXPECT_THAT(check_page(in_order(), false), Not(HasSubstr("\x1b")));
  EXPECT_TRUE(check_page(in_order(), true).starts_with("\x1b[32mexample.com"));
  EXPECT_TRUE(check_page(with_problem(Severity::bad), true).starts_with("\x1b[31mexample.com"));
}

TEST(CheckPage, MakesOutsideTextHarmless) {
  Report report = in_order();
  report.dmarc.record = "v=DMARC1; p=reject; x=\x1b[2J\r\n";
  report.problems.push_back({Topic::spf, Severity::bad, "x TXT", "\x1b]0;evil\x07", "none"});
  conclude(report);
  const std::string page = check_page(report, false);
  EXPECT_THAT(page, Not(HasSubstr("\x1b")));
  EXPECT_THAT(page, Not(HasSubstr("\r")));
}

TEST(CheckPage, KeepsToItsColumns) {
  Report report = with_problem(Severity::bad);
  report.problems.front().change =
      "Many words follow each other here, again and again, until the line has to be broken somewhere.";
  const std::string page = check_page(report, false, 60);
  const std::size_t at = page.find("To put right");
  ASSERT_NE(at, page.npos);
  for (const std::string_view line : split(std::string_view(page).substr(at), '\n'))
    EXPECT_LE(line.size(), 60u) << line;
}

TEST(CheckPage, OfADomainThatIsNotThereIsShort) {
  Report report;
  report.domain = "nobody.test";
  report.problems = {{Topic::domain, Severity::bad, "nobody.test SOA", "no such name", "Register it."}};
  conclude(report);
  EXPECT_EQ(check_page(report, false),
            "nobody.test: one thing to put right.\n\nTo put right\n\n  1  nobody.test SOA\n     found   no such name\n"
            "     change  Register it.\n");
}

}  // namespace
}  // namespace sesame::app
