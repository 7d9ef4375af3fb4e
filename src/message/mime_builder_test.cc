#include "message/mime_builder.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "message/address_list.h"
#include "message/edit.h"
#include "message/encoded_word.h"
#include "message/mime_reader.h"

namespace sesame::message {
namespace {

MessageParts letter() {
  MessageParts parts;
  parts.date = from_unix_ms(1767322984005);
  parts.from = {"J\xc3\xb6rg", {"joerg", "example.com"}};
  parts.to = {{"", {"a", "example.net"}}, {"B, C", {"b c", "example.net"}}};
  parts.subject = "Hello";
  parts.message_id = "1@example.com";
  return parts;
}

std::string build(const MessageParts& parts) {
  SeededRandom random(1);
  const auto built = build_message(parts, random);
  EXPECT_TRUE(built) << (built ? "" : built.error().where);
  EXPECT_TRUE(is_ascii(*built));
  EXPECT_TRUE(has_crlf_line_ends(*built));
  EXPECT_EQ(find_long_line(*built), std::nullopt);
  EXPECT_TRUE(built->ends_with("\r\n"));
  return *built;
}

BuildError error_of(const MessageParts& parts) {
  SeededRandom random(1);
  const auto built = build_message(parts, random);
  EXPECT_FALSE(built);
  return built ? BuildError{} : built.error();
}

// "multipart/mixed(text/plain,image/png)"
std::string shape(const MimePart& part) {
  std::string out = part.content_type.value;
  for (std::size_t i = 0; i < part.parts.size(); ++i) out += (i == 0 ? "(" : ",") + shape(part.parts[i]);
  return part.parts.empty() ? out : out + ")";
}

Attachment attachment(std::string name, std::string type, std::string_view octets) {
  Attachment a;
  a.file_name = std::move(name);
  a.content_type = std::move(type);
  a.octets = octets;
  return a;
}

TEST(MimeBuilder, PlainTextIsOneReadableEntity) {
  MessageParts parts = letter();
  parts.text = "Hello,\nworld\n";
  EXPECT_EQ(build(parts),
            "Date: Fri, 2 Jan 2026 03:03:04 +0000\r\n"
            "From: =?UTF-8?B?SsO2cmc=?= <joerg@example.com>\r\n"
            "To: a@example.net, \"B, C\" <\"b c\"@example.net>\r\n"
            "Message-ID: <1@example.com>\r\n"
            "Subject: Hello\r\n"
            "MIME-Version: 1.0\r\n"
            "Content-Type: text/plain; charset=UTF-8\r\n"
            "Content-Transfer-Encoding: 7bit\r\n"
            "\r\n"
            "Hello,\r\nworld\r\n");
}

TEST(MimeBuilder, EachLevelStandsOnlyWhereItHoldsSomething) {
  Attachment image = attachment("i.png", "image/png", "png"), file = attachment("f.pdf", "application/pdf", "pdf");
  image.disposition = Attachment::Disposition::inline_part;
  image.content_id = "i@x";
  struct Case {
    bool text, html, image, file;
    const char* shape;
  };
  for (const Case& c :
       {Case{false, false, false, false, "text/plain"},
        {true, false, false, false, "text/plain"},
        {false, true, false, false, "text/html"},
        {true, true, false, false, "multipart/alternative(text/plain,text/html)"},
        {false, true, true, false, "multipart/related(text/html,image/png)"},
        {true, true, true, false, "multipart/alternative(text/plain,multipart/related(text/html,image/png))"},
        {true, false, true, false, "multipart/mixed(text/plain,image/png)"},
        {false, false, false, true, "multipart/mixed(application/pdf)"},
        {true, false, false, true, "multipart/mixed(text/plain,application/pdf)"},
        {true, true, true, true,
         "multipart/mixed(multipart/alternative(text/plain,multipart/related(text/html,image/png)),application/"
         "pdf)"}}) {
    MessageParts parts = letter();
    if (c.text) parts.text = "text";
    if (c.html) parts.html = "<p>html</p>";
    if (c.image) parts.attachments.push_back(image);
    if (c.file) parts.attachments.push_back(file);
    const std::string octets = build(parts);
    const MimeMessage message = read_mime(octets);
    EXPECT_EQ(shape(message.root), c.shape);
    if (c.text) EXPECT_EQ(trim(message.first("text/plain")->text()), "text");
  }
}

TEST(MimeBuilder, BodiesArriveWhateverTheyHold) {
  for (const std::string& body : {std::string("plain"), std::string("caf\xc3\xa9 = \t\r\nFrom me\r\n.\r\n"),
                                  std::string("\xd0\xbc\xd0\xb8\xd1\x80"), std::string(2000, 'x'),
                                  std::string("nul \0 nul", 9), std::string("a\nb\rc\r\n")}) {
    MessageParts parts = letter();
    parts.text = body;
    parts.html = body;
    const std::string octets = build(parts);
    const MimeMessage message = read_mime(octets);
    EXPECT_EQ(message.first("text/plain")->text(), normalise_line_ends(body));
    EXPECT_EQ(message.first("text/html")->text(), normalise_line_ends(body));
  }
}

TEST(MimeBuilder, AttachmentsArriveOctetForOctet) {
  SeededRandom random(9);
  const std::string binary = random.octets(5000);
  for (const std::string_view octets :
       {std::string_view(binary), std::string_view("a\nb\r\n"), std::string_view("a\r\n\r\n"),
        std::string_view("caf\xc3\xa9 \r\n"), std::string_view("")}) {
    for (const char* type : {"text/csv; charset=utf-8", "application/pdf", ""}) {
      for (const auto wish :
           {std::optional<TransferEncoding>(), std::optional(TransferEncoding::seven_bit),
            std::optional(TransferEncoding::base64), std::optional(TransferEncoding::quoted_printable)}) {
        MessageParts parts = letter();
        parts.text = "see there";
        parts.attachments.push_back(attachment("f", type, octets));
        parts.attachments.back().transfer_encoding = wish;
        const std::string built = build(parts);
        const MimeMessage message = read_mime(built);
        ASSERT_EQ(message.root.parts.size(), 2u);
        EXPECT_EQ(message.root.parts[1].octets(), octets);
        EXPECT_EQ(message.root.parts[1].disposition, "attachment");
      }
    }
  }
}

TEST(MimeBuilder, FileNamesOfAllKindsAreReadBack) {
  for (const std::string& name :
       {std::string("a.txt"), std::string("a b \"c\".txt"), std::string("r\xc3\xa9sum\xc3\xa9.pdf"),
        std::string(255, 'n'), "\xe2\x82\xac" + std::string(200, 'y') + "\xe2\x82\xac.txt"}) {
    MessageParts parts = letter();
    parts.attachments.push_back(attachment(name, "application/pdf", "x"));
    parts.attachments.back().content_description = name;
    const std::string octets = build(parts);
    const MimeMessage message = read_mime(octets);
    const MimePart& part = message.root.parts.at(0);
    EXPECT_EQ(part.file_name, name);
    EXPECT_EQ(part.content_type.parameter("name"), name);
    EXPECT_EQ(decode_encoded_words(unfold(part.entity.first("Content-Description")->value)), name);
  }
}

TEST(MimeBuilder, CompositeTypesAreNeverEncoded) {
  MessageParts parts = letter();
  parts.attachments.push_back(attachment("m.eml", "message/rfc822", "A: b\r\n\r\nc\r\n"));
  parts.attachments.push_back(attachment("n.eml", "message/rfc822", "A: \xc3\xa9\r\n\r\nc\r\n"));
  const std::string octets = build(parts);
  EXPECT_EQ(shape(read_mime(octets).root), "multipart/mixed(message/rfc822(text/plain),application/octet-stream)");
}

TEST(MimeBuilder, LongAndNonAsciiFieldsFold) {
  MessageParts parts = letter();
  for (int i = 0; i < 60; ++i) parts.subject += " caf\xc3\xa9";
  parts.cc.assign(50, {"J\xc3\xb6rg", {"joerg", "example.com"}});
  parts.reply_to = parts.to;
  parts.sender = parts.from;
  parts.extra_fields = {{"X-Note", "gr\xc3\xbc\xc3\x9f dich"}, {"X-Plain", "plain"}};
  const std::string octets = build(parts);
  const ParsedMessage message = parse_message(octets);
  EXPECT_EQ(decode_encoded_words(unfold(message.first("Subject")->value)), parts.subject);
  EXPECT_EQ(*parse_address_list(message.first("Cc")->value), parts.cc);
  EXPECT_EQ(*parse_mailbox(message.first("From")->value), parts.from);
  EXPECT_EQ(decode_encoded_words(unfold(message.first("X-Note")->value)), parts.extra_fields[0].value);
  for (std::string_view line : split(message.header_section, '\n')) EXPECT_LE(line.size(), preferred_line_octets + 1);
}

TEST(MimeBuilder, NobodysTextStartsAField) {
  const std::string evil = "x\r\nBcc: victim@example.com";
  const auto with = [](auto change) {
    MessageParts parts = letter();
    change(parts);
    return error_of(parts);
  };
  using enum BuildProblem;
  EXPECT_EQ(with([&](auto& p) { p.subject = evil; }), (BuildError{control_character, "Subject"}));
  EXPECT_EQ(with([&](auto& p) { p.from.display_name = evil; }), (BuildError{control_character, "From"}));
  EXPECT_EQ(with([&](auto& p) { p.from.address.domain = evil; }), (BuildError{control_character, "From"}));
  EXPECT_EQ(with([&](auto& p) { p.to[1].display_name = evil; }), (BuildError{control_character, "To"}));
  EXPECT_EQ(with([&](auto& p) { p.message_id = evil; }), (BuildError{bad_message_id, "Message-ID"}));
  EXPECT_EQ(with([&](auto& p) { p.extra_fields = {{"X", evil}}; }), (BuildError{control_character, "X"}));
  EXPECT_EQ(with([&](auto& p) { p.extra_fields = {{"X: a\r\nY", "b"}}; }).problem, bad_field_name);
  const auto with_attachment = [&](auto change) {
    return with([&](auto& p) {
      p.attachments.push_back(attachment("f", "a/b", "x"));
      change(p.attachments.back());
    });
  };
  EXPECT_EQ(with_attachment([&](auto& a) { a.file_name = evil; }),
            (BuildError{control_character, "attachments[0].file_name"}));
  EXPECT_EQ(with_attachment([&](auto& a) { a.content_type = evil; }),
            (BuildError{bad_content_type, "attachments[0].content_type"}));
  EXPECT_EQ(with_attachment([&](auto& a) { a.content_id = evil; }),
            (BuildError{bad_message_id, "attachments[0].content_id"}));
  EXPECT_EQ(with_attachment([&](auto& a) { a.content_description = evil; }),
            (BuildError{control_character, "attachments[0].content_description"}));
  EXPECT_EQ(with([&](auto& p) { p.text = "\xff"; }), (BuildError{not_utf8, "text"}));
  EXPECT_EQ(with([&](auto& p) { p.subject = "\xff"; }), (BuildError{not_utf8, "Subject"}));
  EXPECT_EQ(with([&](auto& p) { p.subject = std::string(999, 'x'); }), (BuildError{line_too_long, "Subject"}));
}

}  // namespace
}  // namespace sesame::message
