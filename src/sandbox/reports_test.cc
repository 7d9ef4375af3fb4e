#include "sandbox/reports.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "message/edit.h"
#include "message/mime_reader.h"
#include "sandbox/simulator.h"

namespace sesame::sandbox {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

constexpr std::string_view original =
    "From: Shop <hello@shop.example>\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nMessage-ID: <id@email.svc.example>\r\n"
    "X-Eight: caf\xe9\r\n\r\nsecret body\r\n";

Received received(std::string_view content = original) {
  Received facts;
  facts.reporting_host = "mx.receiver.example";
  facts.simulator_domain = "simulator.svc.example";
  facts.return_path = {"id", "bounce.shop.example"};
  facts.recipient = {"bounce+label", "simulator.svc.example"};
  facts.helo_domain = "host.svc.example";
  facts.ip = "127.0.0.1";
  facts.arrival = from_unix_ms(1767225600000);
  facts.content = content;
  return facts;
}

std::string field(const message::ParsedMessage& entity, std::string_view name) {
  const auto* found = entity.first(name);
  return found == nullptr ? "(none)" : message::unfold(found->value);
}

struct ReportTest : testing::Test {
  // The three parts of RFC 6522 §3.
  void read(std::string text) {
    octets = std::move(text);
    report = message::read_mime(octets);
    ASSERT_EQ(report.root.parts.size(), 3u) << octets;
    EXPECT_TRUE(message::has_crlf_line_ends(octets));
    EXPECT_THAT(octets, EndsWith("\r\n"));
    EXPECT_TRUE(report.root.parts[0].is("text/plain"));
    EXPECT_TRUE(report.root.parts[2].is("text/rfc822-headers"));
  }
  SeededRandom random{1};
  std::string octets;
  message::MimeMessage report;
};

TEST_F(ReportTest, ABounceIsADeliveryStatusNotification) {
  read(compose_bounce(received(), random));
  EXPECT_TRUE(report.root.is("multipart/report"));
  EXPECT_EQ(report.root.content_type.parameter("report-type"), "delivery-status");
  EXPECT_EQ(field(report.root.entity, "To"), "<id@bounce.shop.example>");
  EXPECT_EQ(field(report.root.entity, "From"), "MAILER-DAEMON <MAILER-DAEMON@simulator.svc.example>");
  EXPECT_EQ(field(report.root.entity, "Auto-Submitted"), "auto-replied");

  const message::MimePart& status = report.root.parts[1];
  EXPECT_TRUE(status.is("message/delivery-status"));
  const std::string text = status.octets();
  const auto per_message = message::parse_message(text);
  EXPECT_EQ(field(per_message, "Reporting-MTA"), "dns; mx.receiver.example");
  EXPECT_EQ(field(per_message, "Arrival-Date"), "Thu, 1 Jan 2026 00:00:00 +0000");
  const auto per_recipient = message::parse_message(per_message.body);
  EXPECT_EQ(field(per_recipient, "Final-Recipient"), "rfc822; bounce+label@simulator.svc.example");
  EXPECT_EQ(field(per_recipient, "Action"), "failed");
  EXPECT_EQ(field(per_recipient, "Status"), "5.1.1");
  EXPECT_EQ(field(per_recipient, "Diagnostic-Code"), "smtp; 550 5.1.1 user unknown");
}

TEST_F(ReportTest, AReportQuotesTheHeaderAndNotTheBody) {
  read(compose_bounce(received(), random));
  const std::string quoted = report.root.parts[2].octets();
  const auto header = message::parse_message(quoted);
  EXPECT_EQ(field(header, "Message-ID"), "<id@email.svc.example>");
  EXPECT_EQ(field(header, "X-Eight"), "(none)");  // the report is 7-bit
  EXPECT_THAT(octets, Not(HasSubstr("secret body")));
}

TEST_F(ReportTest, WhatIsQuotedIsBounded) {
  std::string large;
  for (int i = 0; i < 10'000; ++i) large += "X-Filler: 0123456789\r\n";
  large += "X-Long: " + std::string(2'000, 'x') + "\r\n";
  read(compose_bounce(received(large + "\r\n"), random));
  EXPECT_LT(octets.size(), max_quoted_header_octets + 4'096);
}

TEST_F(ReportTest, AComplaintIsAFeedbackReport) {
  Received facts = received();
  facts.recipient.local_part = "complaint";
  read(compose_complaint(facts, random));
  EXPECT_EQ(report.root.content_type.parameter("report-type"), "feedback-report");
  const message::MimePart& part = report.root.parts[1];
  EXPECT_TRUE(part.is("message/feedback-report"));
  const std::string text = part.octets();
  const auto fields = message::parse_message(text);
  EXPECT_EQ(field(fields, "Feedback-Type"), "abuse");
  EXPECT_EQ(field(fields, "Version"), "1");
  EXPECT_EQ(field(fields, "User-Agent"), "Sesame-Simulator/1.0");
  EXPECT_EQ(field(fields, "Original-Mail-From"), "<id@bounce.shop.example>");
  EXPECT_EQ(field(fields, "Original-Rcpt-To"), "<complaint@simulator.svc.example>");
  EXPECT_EQ(field(fields, "Source-IP"), "127.0.0.1");
}

TEST(AutoReply, AnswersTheReturnPathAndSaysWhatItIs) {
  SeededRandom random{1};
  Received facts = received();
  facts.recipient.local_part = "ooto";
  const auto reply = compose_auto_reply(facts, random);
  ASSERT_TRUE(reply.has_value()) << reply.error().where;
  const auto parsed = message::parse_message(*reply);
  EXPECT_EQ(field(parsed, "From"), "ooto@simulator.svc.example");
  EXPECT_EQ(field(parsed, "To"), "id@bounce.shop.example");
  EXPECT_EQ(field(parsed, "Auto-Submitted"), "auto-replied");
  EXPECT_EQ(field(parsed, "In-Reply-To"), "<id@email.svc.example>");
  EXPECT_THAT(field(parsed, "Subject"), HasSubstr("=?"));
}

TEST(AutoReply, HostileSubjectsAndIdsMakeNoFieldsOfTheirOwn) {
  SeededRandom random{1};
  const auto reply = compose_auto_reply(
      received("Subject: =?utf-8?q?a=0D=0ABcc:_x@y.example?= \x01\xff\r\nMessage-ID: <\xff>\r\n\r\n"), random);
  ASSERT_TRUE(reply.has_value()) << reply.error().where;
  const auto parsed = message::parse_message(*reply);
  EXPECT_EQ(field(parsed, "Bcc"), "(none)");
  EXPECT_EQ(field(parsed, "In-Reply-To"), "(none)");
}

TEST(AutoReply, MachinesAreNotAnswered) {
  EXPECT_TRUE(wants_auto_reply("Subject: x\r\n\r\n"));
  EXPECT_TRUE(wants_auto_reply("Auto-Submitted: No\r\n\r\n"));
  EXPECT_FALSE(wants_auto_reply("Auto-Submitted: auto-generated\r\n\r\n"));
}

TEST(Simulator, EveryAddressHasItsBehaviour) {
  const auto at = [](std::string local_part, std::string domain = "simulator.svc.example") {
    return behaviour_of({std::move(local_part), std::move(domain)}, "simulator.svc.example");
  };
  EXPECT_EQ(at("success"), Behaviour::success);
  EXPECT_EQ(at("SUCCESS+any.label", "Simulator.SVC.example"), Behaviour::success);
  EXPECT_EQ(at("bounce"), Behaviour::bounce);
  EXPECT_EQ(at("bounce+sessions"), Behaviour::bounce);
  EXPECT_EQ(at("bounce+session"), Behaviour::bounce_in_session);
  EXPECT_EQ(at("complaint+1"), Behaviour::complaint);
  EXPECT_EQ(at("ooto"), Behaviour::out_of_office);
  EXPECT_EQ(at("suppressionlist+x"), Behaviour::suppressed);
  EXPECT_EQ(at("bouncer"), Behaviour::unknown);
  EXPECT_EQ(at(""), Behaviour::unknown);
  EXPECT_EQ(at("bounce", "svc.example"), std::nullopt);
}

TEST(Simulator, RefusalsAreThoseOfRealReceivers) {
  EXPECT_EQ(refusal_of(Behaviour::bounce_in_session)->to_text(), "550 5.1.1 user unknown");
  EXPECT_EQ(refusal_of(Behaviour::unknown)->to_text(), "550 5.1.1 user unknown");
  EXPECT_EQ(refusal_of(Behaviour::suppressed)->to_text(), "550 5.1.1 Address is on the suppression list");
  EXPECT_EQ(refusal_of(Behaviour::bounce), std::nullopt);
}

}  // namespace
}  // namespace sesame::sandbox
