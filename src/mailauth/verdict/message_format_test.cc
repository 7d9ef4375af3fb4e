#include "mailauth/verdict/message_format.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sesame::mailauth {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::string_view good_header =
    "From: Ann <ann@example.com>\r\nTo: bob@example.net\r\nDate: Thu, 1 Jan 2026 00:00:00 +0000\r\n"
    "Message-ID: <1@example.com>\r\nSubject: hello\r\n";

std::vector<std::string> problems(const std::string& octets) {
  return format_problems(message::parse_message(octets), octets);
}
std::vector<std::string> problems_with(const std::string& more_header, const std::string& body = "Hi.\r\n") {
  return problems(more_header + std::string(good_header) + "\r\n" + body);
}

TEST(MessageFormat, OrdinaryMessagesKeepToIt) {
  EXPECT_THAT(problems_with(""), IsEmpty());
  EXPECT_THAT(problems_with("Received: by a\r\nReceived: by b\r\nX-Long:\r\n a\r\n\tb\r\n", ""), IsEmpty());
  EXPECT_THAT(problems_with("", std::string(998, 'x') + "\r\nlast line without an end"), IsEmpty());
}

TEST(MessageFormat, NeedsOneFromOneDateAndOneMessageId) {
  EXPECT_THAT(problems("To: b@example.net\r\n\r\n"),
              ElementsAre("it has no From field", "it has no Date field", "it has no Message-ID field"));
  EXPECT_THAT(problems_with("from: eve@example.net\r\nDATE: x\r\nMessage-Id: <2@example.com>\r\n"),
              ElementsAre("it has 2 From fields", "it has 2 Date fields", "it has 2 Message-ID fields"));
  EXPECT_THAT(problems("From: nobody\r\nDate: yesterday\r\nMessage-ID: 1\r\n\r\n"),
              ElementsAre("From is not a list of addresses", "Date does not have the form of RFC 5322",
                          "Message-ID does not have the form of RFC 5322"));
}

TEST(MessageFormat, SeveralAuthorsNeedASender) {
  const std::string rest = "Date: 1 Jan 2026 00:00 +0000\r\nMessage-ID: <1@example.com>\r\n\r\n";
  EXPECT_THAT(problems("From: a@example.com, b@example.com\r\n" + rest),
              ElementsAre("From names several authors and there is no Sender field"));
  EXPECT_THAT(problems("From: a@example.com, b@example.com\r\nSender: a@example.com\r\n" + rest), IsEmpty());
}

TEST(MessageFormat, FieldsThatComeOnceComeOnce) {
  EXPECT_THAT(problems_with("Subject: a\r\nTO: c@example.net\r\n"),
              ElementsAre("it has 2 Subject fields", "it has 2 To fields"));
}

TEST(MessageFormat, LinesAreBoundedAndEndInCrlf) {
  EXPECT_THAT(problems_with("", std::string(999, 'x')), ElementsAre("line 7 is longer than 998 octets"));
  EXPECT_THAT(problems_with("", "a\nb\r\n"), ElementsAre("line 7 has a CR or LF that is not part of CRLF"));
  EXPECT_THAT(problems_with("", "a\r\nb\rc\r\n"), ElementsAre("line 8 has a CR or LF that is not part of CRLF"));
  EXPECT_THAT(problems_with("", std::string("a\0b\r\n", 5)), ElementsAre("it holds a NUL octet"));
  EXPECT_THAT(problems(std::string(good_header) + "no field\r\n\r\n"),
              ElementsAre("its header section has a line that is no header field"));
}

TEST(MessageFormat, ListsAFewProblemsOfMany) {
  EXPECT_EQ(problems_with("Subject: a\r\nTo: a@b.example\r\nSender: a@b.example\r\nSender: a@b.example\r\n"
                          "Cc: a@b.example\r\nCc: a@b.example\r\nBcc: a@b.example\r\nBcc: a@b.example\r\n",
                          std::string(2000, '\0'))
                .size(),
            max_format_problems);
}

TEST(MessageFormat, KnowsDates) {
  for (const char* good :
       {"Thu, 1 Jan 2026 00:00:00 +0000", " 01 Jan 26 00:00 EST", "Thu,\r\n 1 Jan 2026 23:59:60 -0330 (NST)",
        "1 jan 2026 00:00:00 Z", "Mon,1 Jan 2026 00:00 GMT"})
    EXPECT_TRUE(is_date_time(good)) << good;
  for (const char* bad :
       {"", "2026-01-01T00:00:00Z", "Thu 1 Jan 2026 00:00:00 +0000", "Tho, 1 Jan 2026 00:00:00 +0000",
        "Thu, 32 Jan 2026 00:00:00 +0000", "Thu, 0 Jan 2026 00:00:00 +0000", "1 Jan 2026 24:00 +0000",
        "1 Jan 2026 00:00", "1 Jan 2026 0:00 +0000", "1 Jan 2026 00:00:00 0000", "1 Jan 2026 00:00 XXT"})
    EXPECT_FALSE(is_date_time(bad)) << bad;
}

TEST(MessageFormat, KnowsMessageIds) {
  for (const char* good : {"<a@b>", " <0100.x+y=z@mail.example.com>", "\r\n <a@[192.0.2.1]> (comment)", "<\"a.b\"@c>"})
    EXPECT_TRUE(is_message_id(good)) << good;
  for (const char* bad : {"", "a@b", "<ab>", "<@b>", "<a@>", "<a b@c>", "<a@b> <c@d>", "<<a@b>>", "<a@b"})
    EXPECT_FALSE(is_message_id(bad)) << bad;
}

}  // namespace
}  // namespace sesame::mailauth
