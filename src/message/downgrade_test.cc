#include "message/downgrade.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "message/mime_reader.h"

namespace sesame::message {
namespace {

const std::string head = "From: a@example.com\r\nMIME-Version: 1.0\r\n";

std::string text_of(const std::string& octets) {
  const MimeMessage message = read_mime(octets);
  const MimePart* first = message.first("text/plain");
  return first == nullptr ? "" : first->octets();
}

TEST(Downgrade, TextBecomesQuotedPrintable) {
  const std::string type = head + "Content-Type: text/plain; charset=utf-8\r\n";
  EXPECT_EQ(to_seven_bit(type + "\r\nGr\xc3\xbc\xc3\x9f"
                                "e an alle, die das lesen\r\n"),
            type + "Content-Transfer-Encoding: quoted-printable\r\n\r\nGr=C3=BC=C3=9Fe an alle, die das lesen\r\n");
}

TEST(Downgrade, TheFieldThatIsThereIsReplacedInItsPlace) {
  const std::string message =
      head + "Content-Transfer-Encoding: 8bit\r\ncontent-transfer-encoding: 8bit\r\nX-After: 1\r\n\r\n\xc3\xbc\r\n";
  EXPECT_EQ(to_seven_bit(message), head + "Content-Transfer-Encoding: base64\r\nX-After: 1\r\n\r\nw7wNCg==");
}

TEST(Downgrade, OtherPartsKeepEveryOctet) {
  const std::string before =
      head +
      "Content-Type: multipart/mixed; boundary=b\r\nContent-Transfer-Encoding: 8bit\r\n\r\npreamble\r\n--b\r\n\r\n"
      "plain  \r\n--b\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: binary\r\n\r\n";
  const std::string after = "\r\n--b--\r\nepilogue\r\n";
  const auto converted = to_seven_bit(before + "\xff\xfe\x01" + after);
  ASSERT_TRUE(converted);
  std::string expected = before;
  expected.replace(expected.find("8bit"), 4, "7bit");
  expected.replace(expected.find("binary"), 6, "base64");
  EXPECT_EQ(*converted, expected + "//4B" + after);
}

TEST(Downgrade, APartWithoutHeaderGetsOne) {
  const auto converted = to_seven_bit(head +
                                      "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nGr\xc3\xbc"
                                      "n is "
                                      "the colour of this text\r\n--b--\r\n");
  ASSERT_TRUE(converted);
  EXPECT_NE(converted->find("--b\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nGr=C3=BCn is"),
            std::string::npos);
}

TEST(Downgrade, MessagesInsideAreWalkedInto) {
  const auto converted = to_seven_bit(
      head +
      "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
      "Subject: inner\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nsch\xc3\xb6n und gut und lang genug\r\n");
  ASSERT_TRUE(converted);
  EXPECT_TRUE(is_ascii(*converted));
  EXPECT_NE(converted->find("Content-Transfer-Encoding: 7bit\r\n\r\nSubject: inner"), std::string::npos);
  EXPECT_EQ(text_of(*converted), "sch\xc3\xb6n und gut und lang genug\r\n");
}

TEST(Downgrade, WhatIsSignedOrNotUnderstoodStaysAsItIs) {
  const std::string eight_bit = "\r\n\r\n\xc3\xbc\r\n";
  EXPECT_EQ(to_seven_bit("From: a@example.com" + eight_bit), std::nullopt);  // no MIME
  EXPECT_EQ(to_seven_bit(head + "DKIM-Signature: v=1" + eight_bit), std::nullopt);
  EXPECT_EQ(to_seven_bit(head + "Content-Type: multipart/signed; boundary=b\r\n\r\n--b" + eight_bit + "--b--\r\n"),
            std::nullopt);
  EXPECT_EQ(to_seven_bit(head + "Content-Type: multipart/mixed; boundary=b" + eight_bit), std::nullopt);
  EXPECT_EQ(to_seven_bit(head + "Content-Transfer-Encoding: x-own" + eight_bit), std::nullopt);
  EXPECT_EQ(to_seven_bit(head + "Content-Transfer-Encoding: base64" + eight_bit), std::nullopt);
  EXPECT_EQ(to_seven_bit(head + "Subject: \xc3\xbc" + eight_bit), std::nullopt);
  EXPECT_EQ(to_seven_bit(head + "Content-Type: multipart/mixed; boundary=b\r\n\r\npre\xc3\xbc"
                                "amble\r\n--b\r\n\r\nx\r\n"
                                "--b--\r\n"),
            std::nullopt);
  EXPECT_EQ(to_seven_bit(head + "\r\nascii\r\n"), std::nullopt);
}

}  // namespace
}  // namespace sesame::message
