#include "message/mime_reader.h"

#include <gtest/gtest.h>

#include <iostream>

#include "base/testing/corpora.h"
#include "base/text.h"

namespace sesame::message {
namespace {

TEST(MimeReader, WithoutMimeItIsPlainText) {
  const MimeMessage message = read_mime("Subject: x\r\n\r\nbody\r\n");
  EXPECT_TRUE(message.root.is("text/plain"));
  EXPECT_EQ(message.first("text/plain")->text(), "body\r\n");
  EXPECT_EQ(message.first("text/html"), nullptr);
}

TEST(MimeReader, ReadsADeliveryReport) {
  const std::string octets =
      "Content-Type: multipart/report; report-type=delivery-status;\r\n boundary=\"b 1\"\r\n\r\npreamble\r\n"
      "--b 1\r\n\r\nit failed\r\n"
      "--b 1  \r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\nAction: failed\r\n\r\n"
      "--b 1\r\nContent-Type: message/rfc822\r\n\r\nSubject: original\r\n\r\ntext\r\n"
      "--b 1--\r\nepilogue\r\n--b 1\r\n\r\nnot a part\r\n";
  const MimeMessage message = read_mime(octets);
  ASSERT_EQ(message.root.parts.size(), 3u);
  EXPECT_EQ(message.root.content_type.parameter("report-type"), "delivery-status");
  EXPECT_EQ(message.root.parts[0].text(), "it failed");
  EXPECT_EQ(message.root.parts[1].octets(), "Reporting-MTA: dns; x\r\n\r\nAction: failed\r\n");
  ASSERT_EQ(message.root.parts[2].parts.size(), 1u);
  EXPECT_EQ(message.root.parts[2].parts[0].entity.first("subject")->value, " original");
  EXPECT_EQ(message.leaves().size(), 3u);
  EXPECT_FALSE(message.limited);
}

TEST(MimeReader, DecodesEncodingsCharsetsAndNames) {
  const std::string octets =
      "Content-Type: multipart/mixed; boundary=b\n\n--b\n"
      "Content-Type: text/html; charset=iso-8859-1\nContent-Transfer-Encoding: Quoted-Printable\n\ncaf=E9=\n!\n"
      "--b\nContent-Type: application/pdf; name=x\nContent-Disposition: attachment;\n filename*=utf-8''%E2%82%AC.pdf\n"
      "Content-ID: <i@x>\nContent-Transfer-Encoding: base64\n\nAAEC\n";
  const MimeMessage message = read_mime(octets);
  EXPECT_EQ(message.first("text/html")->text(), "caf\xc3\xa9!");
  const MimePart& file = message.root.parts.at(1);
  EXPECT_EQ(file.octets(), std::string("\0\1\2", 3));
  EXPECT_EQ(file.file_name, "\xe2\x82\xac.pdf");
  EXPECT_EQ(file.content_id, "i@x");
  EXPECT_EQ(message.first("application/pdf"), nullptr) << "an attachment";
}

TEST(MimeReader, ABoundaryThatBeginsAnotherIsNotIt) {
  const std::string octets =
      "Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\nContent-Type: multipart/mixed; boundary=ab\r\n\r\n"
      "--ab\r\n\r\none\r\n--a\r\n\r\ntwo\r\n--a--\r\n";
  const MimeMessage message = read_mime(octets);
  ASSERT_EQ(message.root.parts.size(), 2u);
  ASSERT_EQ(message.root.parts[0].parts.size(), 1u);
  EXPECT_EQ(message.root.parts[0].parts[0].text(), "one");
  EXPECT_EQ(message.root.parts[1].text(), "two");
}

TEST(MimeReader, PartsOfADigestAreMessages) {
  const MimeMessage message =
      read_mime("Content-Type: multipart/digest; boundary=b\r\n\r\n--b\r\n\r\nSubject: inner\r\n\r\nx\r\n--b--\r\n");
  ASSERT_EQ(message.root.parts.size(), 1u);
  EXPECT_TRUE(message.root.parts[0].is("message/rfc822"));
  EXPECT_EQ(message.root.parts[0].parts.at(0).entity.first("Subject")->value, " inner");
}

TEST(MimeReader, DepthAndPartsAreBounded) {
  std::string deep;
  for (int i = 0; i < 1000; ++i) deep += "Content-Type: message/rfc822\r\n\r\n";
  const MimeMessage nested = read_mime(deep);
  EXPECT_TRUE(nested.limited);
  std::size_t depth = 0;
  for (const MimePart* p = &nested.root; !p->parts.empty(); p = &p->parts.front()) ++depth;
  EXPECT_EQ(depth, MimeLimits{}.max_depth);

  std::string wide = "Content-Type: multipart/mixed; boundary=b\r\n\r\n";
  for (int i = 0; i < 2000; ++i) wide += "--b\r\n\r\nx\r\n";
  const MimeMessage many = read_mime(wide);
  EXPECT_TRUE(many.limited);
  EXPECT_EQ(many.root.parts.size(), MimeLimits{}.max_parts - 1);
}

void check(const MimePart& part, std::string_view octets, std::size_t& parts) {
  ++parts;
  const std::string_view body = part.entity.body;
  EXPECT_TRUE(body.empty() ||
              (body.data() >= octets.data() && body.data() + body.size() <= octets.data() + octets.size()));
  EXPECT_LE(part.octets().size(), body.size());
  EXPECT_TRUE(is_utf8(part.text()));
  EXPECT_TRUE(is_utf8(part.file_name));
  for (const MimePart& inner : part.parts) check(inner, octets, parts);
}

TEST(MimeReaderCorpus, EveryMessageIsSurvived) {
  for (const char* name : {"mime-flanker", "mime-mail-parser", "mime-mikel-mail", "mime-mime4j", "mime-mimekit"}) {
    const auto corpus = find_corpus(name);
    if (!corpus) continue;
    std::size_t files = 0, parts = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(*corpus)) {
      if (!entry.is_regular_file()) continue;
      const std::string octets = read_file(entry.path());
      const MimeMessage message = read_mime(octets);
      check(message.root, octets, parts);
      ++files;
    }
    std::cout << name << ": " << files << " files, " << parts << " parts\n";
    EXPECT_GT(files, 10u);
    EXPECT_GT(parts, files);
  }
}

}  // namespace
}  // namespace sesame::message
