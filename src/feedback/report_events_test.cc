// What a report gives rise to: whom it is about, and whom it suppresses.
#include "feedback/report_events.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace sesame::feedback {
namespace {

store::MessageRecord message_to(std::vector<std::string> recipients) {
  store::MessageRecord record;
  for (std::string& address : recipients) {
    store::RecipientRecord recipient;
    recipient.forward_path = std::move(address);
    record.recipients.push_back(std::move(recipient));
  }
  return record;
}

RecipientReport status_of(std::string address, DsnAction action = DsnAction::failed, std::string status = "5.1.1") {
  RecipientReport recipient;
  recipient.address = std::move(address);
  recipient.action = action;
  recipient.status = std::move(status);
  recipient.cause = replies::find_cause({.enhanced_status = recipient.status});
  return recipient;
}

Report report_of(std::vector<RecipientReport> recipients) {
  Report report;
  report.kind = ReportKind::bounce;
  report.recipients = std::move(recipients);
  return report;
}

Report complaint_of(std::string feedback_type, const std::vector<std::string>& addresses) {
  Report report;
  report.kind = ReportKind::complaint;
  report.complaint.feedback_type = std::move(feedback_type);
  for (const std::string& address : addresses) report.recipients.push_back(status_of(address));
  return report;
}

// "bounce Bob@example.net, …"; "!" behind those that suppress
std::string told(const Report& report, const store::MessageRecord& message) {
  std::string text;
  for (const store::Event& event : to_events(report, message, Time{})) {
    if (!text.empty()) text += ", ";
    text += event.kind == store::EventKind::bounce      ? "bounce"
            : event.kind == store::EventKind::complaint ? "complaint"
                                                        : "delay";
    text += " " + event.recipient + (event.suppresses ? "!" : "");
  }
  return text;
}

TEST(ReportEvents, TheClosestLikenessIsMeant) {
  const auto message = message_to({"BOB@EXAMPLE.NET", "Bob@Example.net", "bob@example.NET", "eve@example.net"});
  EXPECT_EQ(told(report_of({status_of("bob@example.NET")}), message), "bounce bob@example.NET!");
  EXPECT_EQ(told(report_of({status_of("bob@EXAMPLE.net")}), message), "bounce bob@example.NET!");
  EXPECT_EQ(told(report_of({status_of("Bob@example.net")}), message), "bounce Bob@Example.net!");
  EXPECT_EQ(told(report_of({status_of("EVE@example.net")}), message), "bounce eve@example.net!");
  EXPECT_EQ(told(report_of({status_of("bob@example.net.")}), message), "bounce ");
}

TEST(ReportEvents, WhatTheSenderWroteGoesBeforeWhereItWentInTheEnd) {
  RecipientReport forwarded = status_of("bob@else.example");
  forwarded.original_address = "bob@example.net";
  EXPECT_EQ(told(report_of({forwarded}), message_to({"bob@example.net", "bob@else.example"})),
            "bounce bob@example.net!");
}

TEST(ReportEvents, WhoStandsBehindARecipientIsNoFurtherOne) {
  RecipientReport behind = status_of("robert@store.example");
  behind.original_address = "bob@example.net";
  EXPECT_EQ(told(report_of({status_of("bob@example.net"), behind}), message_to({"bob@example.net", "eve@example.net"})),
            "bounce bob@example.net!");
}

TEST(ReportEvents, OneForARecipientAndKindHoweverOftenItIsNamed) {
  const Report again =
      report_of({status_of("bob@example.net", DsnAction::failed, "5.2.2"), status_of("BOB@example.net"),
                 status_of("bob@example.net", DsnAction::delayed), status_of("eve@example.net")});
  const auto message = message_to({"bob@example.net", "eve@example.net"});
  EXPECT_EQ(told(again, message), "bounce bob@example.net, delay bob@example.net, bounce eve@example.net!");
  EXPECT_NE(to_events(again, message, Time{}).at(0).detail.find("5.2.2"), std::string::npos);
  EXPECT_EQ(told(complaint_of("abuse", {"bob@example.net", "bob@example.net"}), message), "complaint bob@example.net!");
}

TEST(ReportEvents, StrangersCountOnceAndAfterWhatIsNamed) {
  const Report strangers = report_of({status_of("x@else.example", DsnAction::delivered),
                                      status_of("y@else.example", DsnAction::delayed), status_of("z@else.example")});
  EXPECT_EQ(told(strangers, message_to({"alias@example.org"})), "delay alias@example.org");
  EXPECT_EQ(told(strangers, message_to({"a@example.org", "b@example.org"})), "delay ");
  const Report mixed =
      report_of({status_of("z@else.example", DsnAction::failed, "5.7.1"), status_of("alias@example.org")});
  const auto events = to_events(mixed, message_to({"alias@example.org"}), Time{});
  ASSERT_EQ(events.size(), 1u);
  EXPECT_NE(events[0].detail.find("5.1.1"), std::string::npos);
}

TEST(ReportEvents, SuppressNobodyForAFaultThatIsNotTheAddresss) {
  const auto message = message_to({"bob@example.net"});
  for (const char* status : {"5.7.26", "5.7.25", "5.7.1", "5.2.2", "5.0.0", "4.1.1"}) {
    EXPECT_EQ(told(report_of({status_of("bob@example.net", DsnAction::failed, status)}), message),
              "bounce bob@example.net")
        << status;
  }
  EXPECT_EQ(told(report_of({status_of("forwarded@else.example")}), message), "bounce bob@example.net");
  EXPECT_EQ(told(report_of({status_of("")}), message), "bounce bob@example.net!");  // nobody else can be meant
  EXPECT_EQ(told(complaint_of("auth-failure", {"bob@example.net"}), message), "complaint bob@example.net");
  EXPECT_EQ(told(complaint_of("not-spam", {"bob@example.net"}), message), "complaint bob@example.net");
}

TEST(ReportEvents, ABounceSaysWhyAndHowToRepairWhatIsOurs) {
  const auto events = to_events(report_of({status_of("bob@example.net", DsnAction::failed, "5.7.25")}),
                                message_to({"bob@example.net"}), Time{});
  const auto detail = boost::json::parse(events.at(0).detail).as_object();
  EXPECT_EQ(detail.at("reason").as_string(), "ptr_required");
  EXPECT_NE(std::string_view(detail.at("repair").as_string()).find("PTR"), std::string_view::npos);
  EXPECT_EQ(events[0].counts, store::Metric::permanent_bounce);
}

TEST(ReportEvents, WithoutAnAddressAPermanentBounceIsNoEmail) {
  const auto events = to_events(report_of({status_of("")}), message_to({"a@example.net", "b@example.net"}), Time{});
  EXPECT_EQ(events.at(0).recipient, "");
  EXPECT_NE(events[0].detail.find("NoEmail"), std::string::npos);
}

TEST(ReportEvents, AreBounded) {
  Report report = report_of({});
  std::vector<std::string> recipients;
  for (int i = 0; i < 100; ++i) {
    recipients.push_back(fmt::format("u{}@example.net", i));
    report.recipients.push_back(status_of(recipients.back()));
  }
  EXPECT_EQ(to_events(report, message_to(recipients), Time{}).size(), max_report_events);
}

}  // namespace
}  // namespace sesame::feedback
