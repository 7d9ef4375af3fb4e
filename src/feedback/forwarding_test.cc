#include "feedback/forwarding.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "message/header_section.h"
#include "net/testing/run_task.h"
#include "store/testing/sample_records.h"
#include "store/testing/temp_stores.h"

namespace sesame::feedback {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* bounce_detail =
    R"({"source":"session","bounce_type":"Permanent","bounce_subtype":"General","action":"failed","status":"5.1.1",)"
    R"("diagnostic_code":"smtp; 550 5.1.1 Gone \u00fcber","reporting_mta":"dns; mx.example.net","remote_ip":""})";

store::MessageRecord some_message() {
  store::MessageRecord record;
  record.message = store::sample_message("0100-sent", {"b@example.net", "c@example.net"});
  record.message.header_section = "From: a@example.com\r\nSubject: Hello\r\n";
  return record;
}

store::Event event_of(store::EventKind kind, std::string recipient, std::string detail) {
  store::Event event = store::sample_event("0100-sent", kind, std::move(recipient));
  event.detail = std::move(detail);
  return event;
}

std::string report(const store::Event& event) {
  const ReportNames names{"0100-report", "=_b", "mail.svc.example", {"svc.example", "us-east-1"}};
  return forwarded_report(event, some_message(), "feedback@example.com", names, from_unix_ms(1767225600000));
}

TEST(ForwardedReport, BounceIsADeliveryStatusNotificationWithTheHeaderSection) {
  const std::string text = report(event_of(store::EventKind::bounce, "b@example.net", bounce_detail));
  EXPECT_THAT(text, HasSubstr("From: Mail Delivery Subsystem <MAILER-DAEMON@svc.example>\r\n"));
  EXPECT_THAT(text, HasSubstr("\r\nAuto-Submitted: auto-generated\r\n"));
  EXPECT_THAT(text, HasSubstr("Content-Type: multipart/report; report-type=delivery-status;\r\n boundary=\"=_b\"\r\n"));
  EXPECT_THAT(text, HasSubstr("Final-Recipient: rfc822; b@example.net\r\nAction: failed\r\nStatus: 5.1.1\r\n"
                              "Remote-MTA: dns; mx.example.net\r\nDiagnostic-Code: smtp; 550 5.1.1 Gone ??ber\r\n"));
  EXPECT_THAT(text, HasSubstr("Content-Type: text/rfc822-headers\r\nContent-Transfer-Encoding: 7bit\r\n\r\n"
                              "From: a@example.com\r\nSubject: Hello\r\n\r\n--=_b--\r\n"));
  EXPECT_THAT(text, Not(HasSubstr("c@example.net")));
}

TEST(ForwardedReport, ComplaintNamesItsType) {
  const std::string text =
      report(event_of(store::EventKind::complaint, "b@example.net", R"({"feedback_type":"fraud","user_agent":""})"));
  EXPECT_THAT(text, HasSubstr("report-type=feedback-report"));
  EXPECT_THAT(text, HasSubstr("Feedback-Type: fraud\r\nUser-Agent: Sesame/1\r\nVersion: 1\r\n"));
  EXPECT_THAT(text, HasSubstr("Original-Rcpt-To: b@example.net\r\n"));
}

TEST(ForwardedReport, DetailCannotAddLines) {
  const std::string text = report(event_of(
      store::EventKind::bounce, "b@example.net",
      R"({"diagnostic_code":"smtp; 550 x\r\nBcc: victim@example.org\r\n\r\n--=_b","status":"5.0.0\r\nX: y"})"));
  const message::ParsedMessage parsed = message::parse_message(text);
  EXPECT_EQ(parsed.first("Bcc"), nullptr);
  EXPECT_THAT(text, Not(HasSubstr("\nBcc:")));
  EXPECT_THAT(text, Not(HasSubstr("\nX: y")));
}

class ForwarderTest : public testing::Test {
 protected:
  ForwarderTest() {
    ids_ =
        std::move(*net::run_task(submission::MessageIds::load(*stores_.stores.control, clock_, random_, "us-east-1")));
  }

  Forwarder forwarder() {
    return Forwarder({*stores_.stores.control,
                      *stores_.stores.queue,
                      *ids_,
                      clock_,
                      random_,
                      {"svc.example", "us-east-1"},
                      "mail.svc.example",
                      std::chrono::hours(14),
                      [this] { ++wakes_; }});
  }
  store::MessageRecord queued() {
    store::MessageFilter filter;
    filter.account_id = "111122223333";
    const auto list = net::run_task(stores_.stores.queue->list_messages(filter));
    return list && list->size() == 1 ? list->front() : store::MessageRecord{};
  }

  store::TempStores stores_;
  ManualClock clock_;
  SecureRandom random_;
  std::unique_ptr<submission::MessageIds> ids_;
  int wakes_ = 0;
};

TEST_F(ForwarderTest, QueuesItWithANullSenderForTheFeedbackAddress) {
  const store::Event event = event_of(store::EventKind::bounce, "b@example.net", bounce_detail);
  EXPECT_TRUE(net::run_task(forwarder().forward(event, some_message())));
  const store::MessageRecord report = queued();
  EXPECT_EQ(report.message.envelope.reverse_path, "");
  EXPECT_THAT(report.message.envelope.recipients, testing::ElementsAre("feedback@example.com"));
  EXPECT_EQ(report.message.accepted_through, store::accepted_through_service);
  EXPECT_EQ(report.message.author_address, "MAILER-DAEMON@svc.example");
  EXPECT_EQ(wakes_, 1);
}

TEST_F(ForwarderTest, FallsBackToTheAuthorAndThenToTheAccount) {
  store::MessageRecord about = some_message();
  about.message.feedback_address = "";
  const store::Event event = event_of(store::EventKind::bounce, "b@example.net", bounce_detail);
  EXPECT_TRUE(net::run_task(forwarder().forward(event, about)));
  EXPECT_THAT(queued().message.envelope.recipients, testing::ElementsAre("author@example.com"));
}

TEST_F(ForwarderTest, NobodyToTellIsNoReasonToTryAgain) {
  store::MessageRecord about = some_message();
  about.message.feedback_address = about.message.author_address = "";
  const store::Event event = event_of(store::EventKind::bounce, "b@example.net", bounce_detail);
  EXPECT_TRUE(net::run_task(forwarder().forward(event, about)));
  EXPECT_EQ(wakes_, 0);
}

}  // namespace
}  // namespace sesame::feedback
