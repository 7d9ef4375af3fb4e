// The feedback door and its understanding, over a real session and a real store.
#include "feedback/door.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/text.h"
#include "feedback/operator_mail.h"
#include "feedback/report_events.h"
#include "feedback/testing/door_house.h"

namespace sesame::feedback {
namespace {

using namespace std::string_literals;

const std::string bob_failed = dsn(
    "Final-Recipient: rfc822; bob@example.net\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 no\r\n");

TEST_F(DoorTest, RecordsAGenuineBounceAgainstItsRecipient) {
  const std::string path = sent({"eve@example.net", "Bob@Example.net"});
  EXPECT_EQ(deliver(path, bob_failed).code, 250);
  const auto found = events(path);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].kind, store::EventKind::bounce);
  EXPECT_EQ(found[0].recipient, "Bob@Example.net");
  EXPECT_EQ(detail(found[0], "bounce_type"), "Permanent");
  EXPECT_EQ(detail(found[0], "source"), "dsn");
  EXPECT_EQ(door->counters().accepted, 1u);
}

TEST_F(DoorTest, EightBitReplyTextMakesAReadableEvent) {
  const std::string path = sent({"bob@example.net"});
  const std::string report =
      dsn("Final-Recipient: rfc822; bob@example.net\r\nAction: failed\r\nStatus: 5.2.2\r\n"
          "Diagnostic-Code: smtp; 552 bo\xeete pleine\r\n");
  EXPECT_EQ(deliver(path, report).code, 250);
  EXPECT_EQ(detail(events(path).at(0), "diagnostic_code"), "smtp; 552 bo\xef\xbf\xbdte pleine");
}

TEST_F(DoorTest, ReturnPathsInCapitalsStillComeHome) {
  const std::string path = sent({"bob@example.net"});
  EXPECT_EQ(deliver(ascii_upper(path), bob_failed).code, 250);
  EXPECT_EQ(events(path).size(), 1u);
}

TEST_F(DoorTest, AReturnPathNamedTwiceCameHomeOnce) {
  const std::string path = sent({"bob@example.net"});
  EXPECT_EQ(deliver_to_all({path, path, ascii_upper(path)}, bob_failed).code, 250);
  EXPECT_EQ(events(path).size(), 1u);
}

TEST_F(DoorTest, OneReportWritesABoundedNumberOfEvents) {
  std::vector<std::string> paths;
  for (std::size_t i = 0; i < max_report_events + 10; ++i) paths.push_back(sent({"bob@example.net"}));
  EXPECT_EQ(deliver_to_all(paths, bob_failed).code, 250);
  std::size_t written = 0;
  for (const std::string& path : paths) written += events(path).size();
  EXPECT_EQ(written, max_report_events);
}

TEST_F(DoorTest, RefusesEverythingElseAtRcpt) {
  const std::string path = sent({"bob@example.net"});
  std::string forged = path;
  forged[20] = forged[20] == 'a' ? 'b' : 'a';
  EXPECT_EQ(deliver(forged, bob_failed).code, 550);
  EXPECT_EQ(deliver("anybody@bounce.example.com", bob_failed).code, 550);
  EXPECT_EQ(deliver("someone@elsewhere.example", bob_failed).code, 550);
  EXPECT_EQ(deliver(ids->mint() + "@bounce.example.com", bob_failed).code, 550);
  EXPECT_EQ(deliver(path.substr(0, path.find('@')) + "@other.example", bob_failed).code, 550);
  clock.advance(std::chrono::hours(24 * 46));
  EXPECT_EQ(deliver(path, bob_failed).code, 550);
  EXPECT_TRUE(events(path).empty());
  const auto counted = door->counters();
  EXPECT_EQ(counted.accepted, 0u);
  EXPECT_EQ(counted.refused_forged, 1u);
  EXPECT_EQ(counted.refused_malformed, 2u);
  EXPECT_EQ(counted.refused_unknown, 2u);
  EXPECT_EQ(counted.refused_expired, 1u);
}

TEST_F(DoorTest, ANetworkThatBringsOnlyWhatIsOfNoUseIsTurnedAwayForAWhile) {
  open_door({.host_name = "feedback.svc.example", .useless_per_minute = 0.001, .useless_at_once = 3});
  const std::string path = sent({"bob@example.net"});
  EXPECT_EQ(deliver_to_all({"a@elsewhere.example", path}, bob_failed).code, 550);
  EXPECT_EQ(deliver(path, "Subject: Hm\r\n\r\nx\r\n").code, 250);
  EXPECT_EQ(deliver(path, bob_failed).code, 250) << "what is of use counts for nothing";
  EXPECT_EQ(deliver_to_all({"b@elsewhere.example", path}, bob_failed).code, 550);
  EXPECT_EQ(deliver(path, bob_failed).code, 421);
  EXPECT_GE(door->counters().turned_away, 1u);
}

TEST_F(DoorTest, TakesInternationalReports) {
  const std::string path = sent({"bob@example.net"});
  net::TestLoop loop;
  net::MemoryStreams streams = net::make_memory_streams(loop.executor());
  loop.spawn(door->handler()(std::move(streams.server)));
  const auto offered = loop.run(offers_smtputf8(std::move(streams.client)));
  EXPECT_TRUE(offered);
}

TEST_F(DoorTest, AReportCannotSpeakForOthers) {
  const std::string path = sent({"eve@example.net", "mallory@example.net"});
  EXPECT_EQ(deliver(path, bob_failed).code, 250);
  const auto found = events(path);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].recipient, "");
}

TEST_F(DoorTest, ForwardedMailIsTheSoleRecipients) {
  const std::string path = sent({"alias@example.org"});
  EXPECT_EQ(deliver(path, bob_failed).code, 250);
  EXPECT_EQ(events(path).at(0).recipient, "alias@example.org");
}

const std::string complaint = "Subject: =?UTF-8?Q?Your_s=C3=BCbscriber?=\r\n\r\nsent me caf\xe9 \x1b spam\r\n";
const smtp::ReversePath somebody = smtp::Mailbox{"ann", "elsewhere.example"};

TEST_F(DoorTest, PostmasterIsTheOperator) {
  open_door_with_operator();
  store::IdentityRecord identity;
  identity.account_id = "111122223333";
  identity.name = "example.com";
  identity.mail_from.emplace();
  identity.mail_from->domain = "bounce.example.com";
  ASSERT_TRUE(net::run_task(temp.stores.control->create_identity(identity, {})));
  for (const char* to :
       {"Postmaster", "POSTMASTER@Feedback.svc.example", "abuse@svc.example", "postmaster@bounce.example.com"}) {
    notices.sent.clear();
    EXPECT_EQ(deliver_to_all({to}, complaint, somebody).code, 250) << to;
    ASSERT_EQ(notices.sent.size(), 1u) << to;
    EXPECT_EQ(notices.sent[0].to, "ops@example.com");
    EXPECT_EQ(notices.sent[0].account_id, "000000000000");
    EXPECT_EQ(notices.sent[0].subject, fmt::format("Mail for <{}>: Your sübscriber", to));
    EXPECT_NE(notices.sent[0].text.find("<ann@elsewhere.example>"), std::string::npos);
    EXPECT_NE(notices.sent[0].text.find("\n> sent me caf\xef\xbf\xbd   spam\n"), std::string::npos);
  }
  EXPECT_EQ(deliver("postmaster@svc.example", complaint).code, 250);  // from <> too
}

TEST_F(DoorTest, WhatIsNotUnderstoodIsShownToTheOperatorAndLeavesAnEvent) {
  open_door_with_operator();
  const std::string path = sent({"bob@example.net"});
  const std::string strange = "From: Ann <ann@elsewhere.example>\r\nSubject: Hm\r\n\r\nWhat is this?\r\n";
  EXPECT_EQ(deliver(path, strange).code, 250);
  ASSERT_EQ(notices.sent.size(), 1u);
  EXPECT_EQ(notices.sent[0].to, "ops@example.com");
  EXPECT_NE(notices.sent[0].text.find("> What is this?"), std::string::npos);
  const auto found = events(path);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(detail(found[0], "source"), "unrecognised");
  EXPECT_FALSE(found[0].suppresses);
  EXPECT_NE(notices.sent[0].text.find("sesame feedback show " + detail(found[0], "kept")), std::string::npos);
}

TEST_F(DoorTest, WhatIsNotUnderstoodIsKeptWholeHoweverLargeAndWithoutAnOperatorToo) {
  const std::string path = sent({"bob@example.net"});
  std::string strange = "From: Ann <ann@elsewhere.example>\r\nSubject: Hm\r\n\r\n";
  while (strange.size() < 3'000'000) strange += std::string(900, 'x') + "\r\n";
  strange += "the end\r\n";
  EXPECT_EQ(deliver_to_all({path}, strange, somebody).code, 250);
  const auto listed = list_kept_mail(kept_mails);
  ASSERT_TRUE(listed);
  ASSERT_EQ(listed->size(), 1u);
  EXPECT_EQ(listed->front().reverse_path, "<ann@elsewhere.example>");
  EXPECT_EQ(listed->front().return_path, path);
  EXPECT_EQ(listed->front().subject, "Hm");
  const auto text = read_kept_mail(kept_mails, detail(events(path).at(0), "kept"));
  ASSERT_TRUE(text);
  EXPECT_TRUE(text->ends_with(strange));
}

TEST_F(DoorTest, WhatIsUnderstoodIsNotKept) {
  const std::string large = bob_failed + std::string(100'000, 'x') + "\r\n";
  for (const std::string& content : {bob_failed, large}) {
    const std::string path = sent({"bob@example.net"});
    EXPECT_EQ(deliver(path, content).code, 250);
    EXPECT_EQ(detail(events(path).at(0), "status"), "5.1.1");
  }
  EXPECT_FALSE(std::filesystem::exists(kept_mails));
}

TEST_F(DoorTest, WhatIsNotUnderstoodIsAskedForAgainWhenItCannotBeKept) {
  std::ofstream(kept_mails.string()) << "a file where the directory should be";
  const std::string path = sent({"bob@example.net"});
  EXPECT_EQ(deliver(path, "Subject: Hm\r\n\r\nx\r\n").code, 451);
  EXPECT_TRUE(events(path).empty());
}

TEST_F(DoorTest, WhatIsNotUnderstoodIsAskedForAgainWhenNobodyCanBeShownIt) {
  open_door_with_operator();
  notices.works = false;
  EXPECT_EQ(deliver(sent({"bob@example.net"}), "Subject: Hm\r\n\r\nx\r\n").code, 451);
}

TEST_F(DoorTest, AFloodOfWhatIsNotUnderstoodIsTakenAllTheSame) {
  open_door_with_operator();
  const std::string path = sent({"bob@example.net"});
  for (std::size_t i = 0; i < max_notices_per_hour + 1; ++i) {
    ASSERT_EQ(deliver(path, "Subject: Hm\r\n\r\nx\r\n").code, 250);
  }
  EXPECT_EQ(notices.sent.size(), max_notices_per_hour);
  EXPECT_EQ(events(path).size(), max_notices_per_hour + 1);
}

TEST_F(DoorTest, AnswersToOurOwnNoticesAreNotShown) {
  open_door_with_operator();
  EXPECT_EQ(deliver(sent({"ops@example.com"}, "service"), "Subject: Hm\r\n\r\nx\r\n").code, 250);
  EXPECT_TRUE(notices.sent.empty());
  EXPECT_FALSE(std::filesystem::exists(kept_mails));
}

TEST_F(DoorTest, PostmasterElsewhereOrWithoutAnOperatorIsRefused) {
  EXPECT_EQ(deliver("postmaster@svc.example", complaint).code, 550);
  open_door_with_operator();
  EXPECT_EQ(deliver("postmaster@elsewhere.example", complaint).code, 550);
  EXPECT_EQ(deliver("webmaster@svc.example", complaint).code, 550);
  EXPECT_TRUE(notices.sent.empty());
  EXPECT_EQ(door->counters().accepted, 0u);
}

TEST_F(DoorTest, MailForTheOperatorIsNotLostWhenItCannotBePassedOn) {
  open_door_with_operator();
  notices.works = false;
  EXPECT_EQ(deliver("postmaster@svc.example", complaint).code, 451);
}

TEST_F(DoorTest, OurOwnNoticesDoNotGoRound) {
  open_door_with_operator();
  const auto notice = smtp::parse_mailbox(sent({"ops@example.com"}, "service"), smtp::Utf8::refuse);
  EXPECT_EQ(deliver_to_all({"postmaster@svc.example"s}, complaint, *notice).code, 550);
  const auto customer = smtp::parse_mailbox(sent({"postmaster@svc.example"}), smtp::Utf8::refuse);
  EXPECT_EQ(deliver_to_all({"postmaster@svc.example"s}, complaint, *customer).code, 250);
  EXPECT_EQ(notices.sent.size(), 1u);
}

TEST_F(DoorTest, TheOperatorIsNotFlooded) {
  open_door_with_operator();
  for (std::size_t i = 0; i < max_notices_per_hour; ++i) {
    ASSERT_EQ(deliver_to_all({"postmaster@svc.example"s, "abuse@svc.example"s}, complaint).code, 250);
  }
  EXPECT_EQ(deliver("abuse@svc.example", complaint).code, 451);
  EXPECT_EQ(notices.sent.size(), max_notices_per_hour);  // one for a message, however many of its names were given
  clock.advance(std::chrono::hours(1));
  EXPECT_EQ(deliver("abuse@svc.example", complaint).code, 250);
}

TEST(OperatorNotice, QuotesABoundedPartAsText) {
  std::string content = "Subject: " + std::string(1000, 's') + "\r\n\r\n";
  for (int octet = 0; octet < 256; ++octet) content += static_cast<char>(octet);
  content += std::string(2 * max_quoted_octets, 'x');
  const auto notice = operator_notice(std::nullopt, {"Postmaster", ""}, "192.0.2.1:25", content);
  EXPECT_TRUE(is_utf8(notice.text));
  EXPECT_TRUE(
      notice.text.starts_with("This came for <Postmaster> from <>, handed over by 192.0.2.1:25.\nOnly its first"));
  EXPECT_LT(notice.text.size(), max_quoted_octets + 2000);
  EXPECT_LT(notice.subject.size(), 300u);
}

}  // namespace
}  // namespace sesame::feedback
