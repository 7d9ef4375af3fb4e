#include "campaign/rewrite_message.h"

#include <gtest/gtest.h>

#include "message/mime_reader.h"

namespace sesame::campaign {
namespace {

// "old" becomes "new" in the texts that are offered.
std::string renew(std::string text) {
  for (auto at = text.find("old"); at != text.npos; at = text.find("old", at)) text.replace(at, 3, "new");
  return text;
}
std::string html_rewritten(std::string_view octets) { return rewrite_message(octets, {.html = renew, .plain = {}}); }
std::string both_rewritten(std::string_view octets) { return rewrite_message(octets, {.html = renew, .plain = renew}); }

TEST(RewriteMessage, OnlyThePartThatChangesIsWrittenAnew) {
  const std::string before =
      "From: a@b.example\r\nSubject:  old  \r\nContent-Type: multipart/alternative; boundary=\"x\"\r\n\r\nold "
      "preamble\r\n"
      "--x\r\nContent-Type: text/plain\r\n\r\nold text\r\n--x\r\nContent-Type: text/html; charset=UTF-8\r\n\r\n"
      "<b>old</b>\r\n--x--\r\nold epilogue\r\n";
  EXPECT_EQ(html_rewritten(before),
            "From: a@b.example\r\nSubject:  old  \r\nContent-Type: multipart/alternative; boundary=\"x\"\r\n\r\n"
            "old preamble\r\n--x\r\nContent-Type: text/plain\r\n\r\nold text\r\n--x\r\n"
            "Content-Type: text/html; charset=UTF-8\r\nContent-Transfer-Encoding: 7bit\r\n\r\n<b>new</b>\r\n--x--\r\n"
            "old epilogue\r\n");
  EXPECT_TRUE(both_rewritten(before).contains("\r\n\r\nnew text\r\n--x"));
}

TEST(RewriteMessage, NothingToChangeIsTheSameOctets) {
  for (const char* octets : {"From: a@b.example\r\n\r\nold\r\n", "Content-Type: text/html\r\n\r\nnothing\r\n", "",
                             "\r\n\r\n", "Content-Type: text/html\r\nContent-Transfer-Encoding: x-own\r\n\r\nold\r\n",
                             "Content-Type: text/html\r\nContent-Disposition: attachment\r\n\r\nold\r\n",
                             "Content-Type: multipart/mixed\r\n\r\nold\r\n"}) {
    EXPECT_EQ(html_rewritten(octets), octets);
  }
}

TEST(RewriteMessage, SignedAndEncryptedAndAttachedMailIsLeftAlone) {
  for (const char* type : {"multipart/signed", "multipart/encrypted"}) {
    const std::string octets = "Content-Type: " + std::string(type) +
                               "; boundary=x\r\n\r\n--x\r\nContent-Type: text/html\r\n\r\nold\r\n--x--\r\n";
    EXPECT_EQ(html_rewritten(octets), octets);
  }
  const std::string attached =
      "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: message/rfc822\r\n\r\n"
      "Content-Type: text/html\r\n\r\nold\r\n--x--\r\n";
  EXPECT_EQ(html_rewritten(attached), attached);
}

TEST(RewriteMessage, TextIsReadAndWrittenInItsEncoding) {
  const std::string quoted =
      "Content-Type: text/html; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\no=6cd =E4\r\n";
  const std::string rewritten = html_rewritten(quoted);
  EXPECT_EQ(rewritten,
            "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\nbmV3IMOkDQo=\r\n");
  const auto mime = message::read_mime(rewritten);
  EXPECT_EQ(mime.root.text(), "new \xc3\xa4\r\n");
  const std::string base64 =
      "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\nb2xkCmxpbmU=\r\n";
  EXPECT_EQ(message::read_mime(html_rewritten(base64)).root.text(), "new\r\nline\r\n");
}

TEST(RewriteMessage, LongLinesAreEncoded) {
  const std::string octets =
      "Content-Type: text/html\r\n\r\n" + std::string(900, 'x') + " old " + std::string(99, 'y') + "\r\n";
  const std::string rewritten = html_rewritten(octets);
  EXPECT_TRUE(rewritten.contains("Content-Transfer-Encoding: quoted-printable\r\n")) << rewritten;
  EXPECT_TRUE(message::read_mime(rewritten).root.text().contains(" new "));
}

TEST(RewriteMessage, PartWithoutABlankLineGetsOne) {
  const std::string octets = "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nold text\r\n--x--\r\n";
  EXPECT_EQ(both_rewritten(octets),
            "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Transfer-Encoding: 7bit\r\n\r\n"
            "new text\r\n--x--\r\n");
}

}  // namespace
}  // namespace sesame::campaign
