// The feedback door and its understanding, over a real session and a real store.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <boost/json.hpp>
#include <filesystem>
#include <fstream>

#include "base/text.h"
#include "feedback/classify.h"
#include "feedback/door.h"
#include "feedback/operator_mail.h"
#include "feedback/report_events.h"
#include "net/runtime.h"
#include "net/testing/memory_stream.h"
#include "net/testing/run_task.h"
#include "smtp_session/client_session.h"
#include "store/testing/temp_stores.h"

namespace sesame::feedback {
namespace {

using namespace std::string_literals;

std::string dsn(const std::string& groups) {
  return "From: MAILER-DAEMON@mx.example.net\r\nTo: x\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\n"
         "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
         "--b\r\n\r\nIt failed.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
         "Reporting-MTA: dns; mx.example.net\r\n\r\n" +
         groups + "\r\n--b--\r\n";
}

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

class KeepingNotices final : public identity::NoticeSender {
 public:
  net::Task<bool> send(identity::Notice notice) override {
    if (works) sent.push_back(std::move(notice));
    co_return works;
  }
  std::vector<identity::Notice> sent;
  bool works = true;
};

class DoorTest : public testing::Test {
 protected:
  DoorTest() {
    auto loaded = net::run_task(submission::MessageIds::load(*temp.stores.control, clock, random, "us-east-1"));
    ids = std::move(*loaded);
    open_door({.host_name = "feedback.svc.example"});
  }

  void open_door(DoorOptions options) {
    door = std::make_unique<Door>(
        DoorDeps{*temp.stores.control, *temp.stores.queue, *ids, feed, notices, kept, clock, random, pool.executor(),
                 net::TlsContext::server_self_signed("feedback.svc.example")},
        std::move(options));
  }
  void open_door_with_operator() {
    open_door({.host_name = "feedback.svc.example",
               .operator_address = "ops@example.com",
               .operator_account = "000000000000",
               .service_domains = {"svc.example"}});
  }

  std::string sent(std::vector<std::string> recipients, std::string through = "ses_v2") {
    store::NewMessage message;
    message.api_message_id = ids->mint();
    message.account_id = "111122223333";
    message.envelope = {message.api_message_id + "@bounce.example.com", std::move(recipients)};
    message.content = "x";
    message.accepted_through = std::move(through);
    message.accepted = clock.now();
    message.expires = clock.now() + std::chrono::hours(14);
    const std::string path = message.envelope.reverse_path;
    EXPECT_TRUE(net::run_task(temp.stores.queue->enqueue(std::move(message), {})));
    return path;
  }

  // One message to the door from <>; its reply to the recipient or to the final dot.
  smtp::Reply deliver(const std::string& to, const std::string& content) { return deliver_to_all({to}, content); }
  // The reply to the first recipient.
  smtp::Reply deliver_to_all(const std::vector<std::string>& to, const std::string& content,
                             const smtp::ReversePath& from = std::nullopt) {
    net::TestLoop loop;
    net::MemoryStreams streams = net::make_memory_streams(loop.executor());
    loop.spawn(door->handler()(std::move(streams.server)));
    return loop.run(talk(std::move(streams.client), from, to, content));
  }

  static net::Task<smtp::Reply> talk(std::unique_ptr<net::Stream> stream, smtp::ReversePath from,
                                     std::vector<std::string> to, std::string content) {
    smtp_session::ClientOptions options;
    options.helo_domain = "mx.example.net";
    options.start_tls = smtp_session::StartTls::never;
    smtp_session::ClientSession session(std::move(stream), std::move(options));
    auto started = co_await session.start();
    if (!started) co_return smtp::make_reply(421, smtp_session::to_text(started.error()));
    smtp_session::OutboundMessage message;
    message.reverse_path = from;
    for (const std::string& path : to) {
      const auto mailbox = smtp::parse_mailbox(path, smtp::Utf8::refuse);
      message.recipients.push_back(mailbox ? *mailbox : smtp::Mailbox{path, ""});  // only <Postmaster> is none
    }
    message.content = content;
    auto outcome = co_await session.send(message);
    co_await session.quit();
    const auto& result = outcome.recipients.at(0);
    if (result) co_return *result;
    const auto* refused = std::get_if<smtp_session::Refused>(&result.error().reason);
    if (refused == nullptr) co_return smtp::make_reply(421, smtp_session::to_text(result.error()));
    co_return refused->reply;
  }

  static net::Task<bool> offers_smtputf8(std::unique_ptr<net::Stream> stream) {
    smtp_session::ClientOptions options;
    options.helo_domain = "mx.example.net";
    options.start_tls = smtp_session::StartTls::never;
    smtp_session::ClientSession session(std::move(stream), std::move(options));
    const auto started = co_await session.start();
    const bool offered = started && session.extensions().smtputf8;
    co_await session.quit();
    co_return offered;
  }

  std::vector<store::Event> events(const std::string& path) {
    return *net::run_task(temp.stores.queue->events_of(path.substr(0, path.find('@'))));
  }
  std::string detail(const store::Event& event, const char* member) {
    return std::string(boost::json::parse(event.detail).at(member).as_string());
  }

  store::TempStores temp;
  ManualClock clock;
  SecureRandom random;
  net::WorkerPool pool{1};
  const std::filesystem::path kept_mails = temp.directory() / "unread";
  KeptMail kept{kept_mails, {}, clock, random};
  events::Feed feed;
  KeepingNotices notices;
  std::unique_ptr<submission::MessageIds> ids;
  std::unique_ptr<Door> door;
};

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
