#include "app/classify_page.h"

#include <gtest/gtest.h>

#include "app/commands/commands.h"

namespace sesame::app {
namespace {

feedback::Report bounce() {
  feedback::Report report;
  report.kind = feedback::ReportKind::bounce;
  report.message_id = "<1@example.com>";
  feedback::RecipientReport& recipient = report.recipients.emplace_back();
  recipient.address = "bob@example.net";
  recipient.status = "5.7.25";
  recipient.diagnostic_code = "smtp; 550 5.7.25 \x1b[2J no PTR";
  recipient.cause = replies::find_cause({.enhanced_status = "5.7.25"});
  return report;
}

TEST(ClassifyPage, JsonHasTheKeysThatScriptsRelyOn) {
  const auto json = to_json(bounce());
  EXPECT_EQ(json.at("kind"), "bounce");
  EXPECT_EQ(json.at("message_id"), "<1@example.com>");
  EXPECT_TRUE(json.at("complaint").is_null());
  const auto& recipient = json.at("recipients").as_array().at(0).as_object();
  EXPECT_EQ(recipient.at("address"), "bob@example.net");
  EXPECT_EQ(recipient.at("action"), "failed");
  EXPECT_EQ(recipient.at("status"), "5.7.25");
  EXPECT_EQ(recipient.at("bounce_type"), "Permanent");
  EXPECT_EQ(recipient.at("bounce_subtype"), "General");
  EXPECT_EQ(recipient.at("remote_mta"), "");
  EXPECT_EQ(recipient.at("reason"), "ptr_required");
  EXPECT_EQ(recipient.at("fault"), "ours");
  EXPECT_EQ(recipient.at("suppresses"), false);
  EXPECT_NE(recipient.at("repair").as_string().find("PTR"), boost::json::string::npos);
}

TEST(ClassifyPage, ComplaintsNameTheirTypeAndNoBounceType) {
  feedback::Report report = bounce();
  report.kind = feedback::ReportKind::complaint;
  report.complaint.feedback_type = "abuse";
  const auto json = to_json(report);
  EXPECT_EQ(json.at("complaint").at("feedback_type"), "abuse");
  EXPECT_EQ(json.at("recipients").at(0).at("bounce_type"), "");
  EXPECT_EQ(json.at("recipients").at(0).at("action"), "");
}

TEST(ClassifyPage, TheStatusIsBadNewsForBouncesAndComplaintsOnly) {
  feedback::Report report;
  for (const auto kind : {feedback::ReportKind::bounce, feedback::ReportKind::complaint}) {
    report.kind = kind;
    EXPECT_EQ(classify_status(report), exit_bad_news);
  }
  for (const auto kind : {feedback::ReportKind::delayed, feedback::ReportKind::delivered,
                          feedback::ReportKind::auto_reply, feedback::ReportKind::none}) {
    report.kind = kind;
    EXPECT_EQ(classify_status(report), exit_good);
  }
}

TEST(ClassifyPage, SaysWhyAndWhatToDoAndNothingThatActsOnATerminal) {
  const std::string page = classify_page(bounce(), false);
  EXPECT_TRUE(page.starts_with("A bounce: the message was not delivered.\n"));
  EXPECT_NE(page.find("ptr_required"), std::string::npos);
  EXPECT_NE(page.find("PTR record"), std::string::npos);
  EXPECT_EQ(page.find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace sesame::app
