#include "sandbox/inbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "net/testing/run_task.h"
#include "sandbox/inbox_shapes.h"

namespace sesame::sandbox {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

constexpr std::string_view api_id = "0100019c1234abcd-01234567-0123-4123-8123-0123456789ab-000000";

InboxEntry entry(std::string content = "Subject: x\r\n\r\nbody\r\n", std::string mail_from = "a@b.example") {
  InboxEnvelope envelope{std::move(mail_from), {"reader@inbox.example"}, "mta.example", "127.0.0.1", "TLSv1.3"};
  return make_entry(std::move(envelope), {{"spf", {{"result", "pass"}}}}, std::move(content), from_unix_ms(0));
}

std::vector<std::uint64_t> numbers(const InboxPage& page) {
  std::vector<std::uint64_t> found;
  for (const auto& each : page.entries) found.push_back(each->number);
  return found;
}

TEST(Inbox, NumbersFromOneAndListsTheNewestFirst) {
  Inbox inbox({});
  EXPECT_EQ(inbox.newest(10).last, 0u);
  EXPECT_EQ(inbox.add(entry()), 1u);
  EXPECT_EQ(inbox.add(entry()), 2u);
  EXPECT_EQ(inbox.add(entry()), 3u);
  EXPECT_THAT(numbers(inbox.newest(2)), ElementsAre(3, 2));
  EXPECT_EQ(inbox.newest(2).last, 3u);
}

TEST(Inbox, AskingOnFromTheLastNumberMissesNothing) {
  Inbox inbox({});
  for (int i = 0; i < 5; ++i) inbox.add(entry());
  InboxPage page = inbox.after(0, 2);
  EXPECT_THAT(numbers(page), ElementsAre(2, 1));
  page = inbox.after(page.last, 2);
  EXPECT_THAT(numbers(page), ElementsAre(4, 3));
  page = inbox.after(page.last, 2);
  EXPECT_THAT(numbers(page), ElementsAre(5));
  EXPECT_EQ(inbox.after(page.last, 2).last, 5u);
}

TEST(Inbox, TheOldestGoWhenThereAreTooMany) {
  Inbox inbox({2, 1u << 20});
  for (int i = 0; i < 3; ++i) inbox.add(entry());
  EXPECT_THAT(numbers(inbox.newest(10)), ElementsAre(3, 2));
  EXPECT_EQ(inbox.find(1), nullptr);
}

TEST(Inbox, TheOldestGoWhenTheyAreTooLarge) {
  Inbox inbox({100, 4 * Inbox::entry_overhead_octets});
  inbox.add(entry("\r\n" + std::string(1'000, 'x')));
  inbox.add(entry("\r\n" + std::string(2 * Inbox::entry_overhead_octets, 'x')));
  EXPECT_THAT(numbers(inbox.newest(10)), ElementsAre(2));
  inbox.add(entry("\r\n" + std::string(4 * Inbox::entry_overhead_octets, 'x')));
  EXPECT_THAT(numbers(inbox.newest(10)), ElementsAre());
  inbox.add(entry());
  EXPECT_THAT(numbers(inbox.newest(10)), ElementsAre(4));
}

TEST(Inbox, NumbersAreNotGivenTwice) {
  Inbox inbox({});
  inbox.add(entry());
  inbox.add(entry());
  EXPECT_TRUE(inbox.erase(1));
  EXPECT_FALSE(inbox.erase(1));
  EXPECT_EQ(inbox.clear(), 1u);
  EXPECT_EQ(inbox.newest(1).last, 2u);
  EXPECT_EQ(inbox.add(entry()), 3u);
}

net::Task<void> add_soon(Inbox& inbox) {
  inbox.add(entry());
  co_return;
}

TEST(Inbox, AWaiterIsWokenByAnArrival) {
  Inbox inbox({});
  inbox.add(entry());
  net::TestLoop loop;
  loop.spawn(add_soon(inbox));
  EXPECT_THAT(numbers(loop.run(inbox.wait_after(1, 10, net::after(20s)))), ElementsAre(2));
}

TEST(Inbox, AWaiterIsAnsweredAtItsDeadline) {
  Inbox inbox({});
  const InboxPage page = net::run_task(inbox.wait_after(7, 10, net::after(1ms)));
  EXPECT_TRUE(page.entries.empty());
  EXPECT_EQ(page.last, 7u);
}

TEST(Inbox, NobodyWaitsOnceWaitingHasEnded) {
  Inbox inbox({});
  inbox.stop_waiting();
  EXPECT_TRUE(net::run_task(inbox.wait_after(7, 10, net::after(1h))).entries.empty());
}

TEST(InboxEntry, TheServicesIdStandsInTheReturnPathOrTheMessageId) {
  const std::string id(api_id);
  EXPECT_EQ(entry("\r\n", id + "@bounce.shop.example").api_message_id, id);
  EXPECT_EQ(entry("Message-ID: <" + id + "@email.svc.example>\r\n\r\n", "").api_message_id, id);
  EXPECT_EQ(entry("Message-ID: <other@x.example>\r\n\r\n").api_message_id, std::nullopt);
}

TEST(InboxEntry, FieldsAreDecodedAndBounded) {
  const auto decoded = entry("From: =?utf-8?q?J=C3=B6rg?= <j@example.com>\r\nSubject: a\r\n b\r\n\r\n");
  EXPECT_EQ(decoded.from, "J\xc3\xb6rg <j@example.com>");
  EXPECT_EQ(decoded.subject, "a b");
  const auto hostile = entry("Subject: " + std::string(5'000, '\xc3') + "\r\n\r\n");
  EXPECT_LE(hostile.subject.size(), InboxEntry::max_field_octets + 4);
  EXPECT_TRUE(is_utf8(hostile.subject));
}

TEST(InboxShapes, AnEntryIsToldWithEnvelopeAndVerdict) {
  Inbox inbox({});
  inbox.add(entry("From: a@b.example\r\nTo: reader@inbox.example\r\nSubject: Hi\r\n\r\nbody\r\n"));
  EXPECT_EQ(boost::json::serialize(summary(*inbox.find(1))),
            R"({"n":1,"received_at":"1970-01-01T00:00:00.000Z","envelope":{"mail_from":"a@b.example",)"
            R"("rcpt_to":["reader@inbox.example"],"helo":"mta.example","ip":"127.0.0.1","tls":"TLSv1.3"},)"
            R"("from":"a@b.example","to":"reader@inbox.example","subject":"Hi","message_id":"","api_message_id":null,)"
            R"("size":66,"verdict":{"spf":{"result":"pass"}}})");
}

TEST(InboxShapes, AMessageIsTakenApart) {
  const auto shape = detail(entry(
      "Subject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhello\r\n--b\r\n"
      "Content-Type: text/html\r\n\r\n<p>hello\r\n--b\r\nContent-Type: image/png\r\nContent-Disposition: attachment; "
      "filename=a.png\r\nContent-Transfer-Encoding: base64\r\n\r\nAAEC\r\n--b--\r\n"));
  EXPECT_EQ(shape.at("text"), "hello");
  EXPECT_EQ(shape.at("html"), "<p>hello");
  EXPECT_EQ(boost::json::serialize(shape.at("attachments")),
            R"([{"part":2,"file_name":"a.png","content_type":"image/png","size":3}])");
  EXPECT_EQ(boost::json::serialize(shape.at("headers").as_array().at(0)), R"({"name":"Subject","value":"x"})");
}

TEST(InboxShapes, WhatIsNotUtf8IsReplaced) {
  const auto shape = detail(entry("X\xff: \xff\r\nSubject: \xff\r\n\r\n\xff"));
  EXPECT_TRUE(is_utf8(boost::json::serialize(shape)));
}

}  // namespace
}  // namespace sesame::sandbox
