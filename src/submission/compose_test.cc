#include "submission/compose.h"

#include <gtest/gtest.h>

#include "message/mime_reader.h"

namespace sesame::submission {
namespace {

class Compose : public testing::Test {
 protected:
  SubmissionResult<Prepared> run() { return prepare(request, {names, "0100-id", now, random}); }
  Prepared good() {
    auto prepared = run();
    EXPECT_TRUE(prepared) << prepared.error().text;
    return prepared ? std::move(*prepared) : Prepared{};
  }
  SubmissionError bad() {
    auto prepared = run();
    EXPECT_FALSE(prepared);
    return prepared ? SubmissionError{} : prepared.error();
  }
  ComposedContent& composed() {
    if (!std::holds_alternative<ComposedContent>(request.content)) request.content = ComposedContent{};
    return std::get<ComposedContent>(request.content);
  }
  void raw(std::string octets) { request.content = RawContent{std::move(octets)}; }
  std::string field(const Prepared& prepared, std::string_view name) {
    const auto parsed = message::parse_message(prepared.octets);
    const auto* found = parsed.first(name);
    return found == nullptr ? "(none)" : message::unfold(found->value);
  }

  Compose() {
    request.source = "Ann <ann@example.com>";
    composed().subject = "Hi";
    composed().text = "Hello\n";
    composed().to = {"Bob <bob@example.net>"};
  }
  identity::ServiceNames names{"svc.example", "us-east-1"};
  Time now = from_unix_ms(1767225600000);
  SeededRandom random{3};
  SubmissionRequest request;
};

TEST_F(Compose, PartsBecomeAMessageWithOurIdAndDate) {
  composed().cc = {"cc@example.net"};
  composed().bcc = {"hidden@example.net"};
  const Prepared p = good();
  EXPECT_EQ(field(p, "Message-ID"), "<0100-id@email.svc.example>");
  EXPECT_EQ(field(p, "Date"), "Thu, 1 Jan 2026 00:00:00 +0000");
  EXPECT_TRUE(field(p, "Feedback-ID").starts_with("::1.us-east-1."));
  EXPECT_EQ(field(p, "Bcc"), "(none)");
  EXPECT_EQ(p.octets.find("hidden@"), std::string::npos);
  EXPECT_EQ(p.recipients, (std::vector<std::string>{"bob@example.net", "cc@example.net", "hidden@example.net"}));
  EXPECT_EQ(p.sender_addresses, std::vector<std::string>{"ann@example.com"});
  EXPECT_EQ(p.feedback_address, "ann@example.com");
}

TEST_F(Compose, UnicodeArrivesEncoded) {
  composed().subject = "Grüße";
  composed().html = "<p>ü</p>";
  composed().attachments.push_back(
      {{.file_name = "ä.pdf", .content_type = "application/pdf"}, std::string("\0\1\2", 3)});
  const Prepared p = good();
  EXPECT_FALSE(p.has_eightbit);
  const auto mail = message::read_mime(p.octets);
  EXPECT_EQ(mail.first("text/html")->text(), "<p>ü</p>");
  ASSERT_EQ(mail.leaves().size(), 3u);
  EXPECT_EQ(mail.leaves()[2]->file_name, "ä.pdf");
  EXPECT_EQ(mail.leaves()[2]->octets(), std::string("\0\1\2", 3));
}

// The record's subject is shown in JSON and on pages: UTF-8, one line, at most 500 octets.
TEST_F(Compose, RecordedSubjectIsCutBetweenCharacters) {
  std::string long_subject = "x";
  for (int i = 0; i < 300; ++i) long_subject += "é";
  composed().subject = long_subject;
  EXPECT_EQ(good().subject, long_subject.substr(0, 499));
  raw("From: ann@example.com\r\nTo: b@example.net\r\nSubject: " + long_subject + "\r\n\r\nx\r\n");
  EXPECT_EQ(good().subject, long_subject.substr(0, 499));
}

TEST_F(Compose, RecordedSubjectOfARawMessageIsPrintable) {
  raw("From: ann@example.com\r\nTo: b@example.net\r\nSubject: caf\xe9\r\n\r\nx\r\n");
  const Prepared eight_bit = good();
  EXPECT_EQ(eight_bit.subject, "caf\xef\xbf\xbd");
  EXPECT_EQ(field(eight_bit, "Subject"), "caf\xe9");  // what is sent is the caller's own
  raw("From: ann@example.com\r\nTo: b@example.net\r\nSubject: =?UTF-8?B?YQ0KYhs=?=\r\n\r\nx\r\n");
  EXPECT_EQ(good().subject.find_first_of("\r\n\x1b"), std::string::npos);
}

TEST_F(Compose, NoFieldTakesALineBreak) {
  const std::string evil = "x\r\nBcc: victim@example.net";
  composed().subject = evil;
  EXPECT_EQ(bad().field, "Subject");
  composed().subject = "ok";
  composed().headers = {{"X-Custom", evil}};
  EXPECT_EQ(bad().field, "X-Custom");
  composed().headers = {{"X-A\r\nB", "v"}};
  EXPECT_EQ(bad().field, "Headers");
  composed().headers = {};
  composed().to = {"Bob\r\nBcc: v@example.net <bob@example.net>"};
  EXPECT_EQ(bad().code, SubmissionErrc::invalid_parameter);
}

TEST_F(Compose, HeadersTheServiceSetsCannotBeGiven) {
  for (const char* name :
       {"From", "to", "SUBJECT", "Message-ID", "Date", "Return-Path", "MIME-Version", "Content-Type"}) {
    composed().headers = {{name, "x"}};
    EXPECT_EQ(bad().field, name);
  }
  composed().headers.assign(16, {"X-A", "1"});
  EXPECT_EQ(bad().field, "Headers");
}

TEST_F(Compose, RecipientsAreCountedAsNamed) {
  composed().to.assign(50, "bob@example.net");
  EXPECT_EQ(good().recipients.size(), 1u);
  composed().cc = {"one-more@example.net"};
  EXPECT_EQ(bad().code, SubmissionErrc::too_many_recipients);
  composed().to.clear();
  composed().cc.clear();
  EXPECT_EQ(bad().field, "Destination");
}

TEST_F(Compose, BadAddressesNameTheMember) {
  composed().to = {"nobody"};
  EXPECT_EQ(bad().text, "Missing final '@domain'");
  EXPECT_EQ(bad().field, "ToAddresses");
}

TEST_F(Compose, ExecutableAttachmentsAreRefused) {
  composed().attachments.push_back({{.file_name = "Setup.EXE"}, "x"});
  EXPECT_EQ(bad().field, "Attachments[0].FileName");
}

TEST_F(Compose, RawKeepsItsOctetsButForTheListedEdits) {
  request.source.clear();
  raw("From: ann@example.com\r\nTo: bob@example.net\r\nBcc: c@example.net\r\nSubject:  odd   blanks\r\n"
      "Message-ID: <theirs@example.com>\r\nDate: yesterday\r\nReturn-Path: <back@example.com>\r\n"
      "X-Ses-Message-Tags: a=1, b=2\r\n\r\n.body\r\n");
  const Prepared p = good();
  EXPECT_TRUE(p.octets.starts_with("From: ann@example.com\r\nTo: bob@example.net\r\nSubject:  odd   blanks\r\n"))
      << p.octets;
  EXPECT_TRUE(p.octets.ends_with("\r\n\r\n.body\r\n"));
  EXPECT_EQ(field(p, "Message-ID"), "<0100-id@email.svc.example>");
  EXPECT_EQ(field(p, "Date"), "Thu, 1 Jan 2026 00:00:00 +0000");
  EXPECT_EQ(field(p, "Return-Path"), "(none)");
  EXPECT_EQ(field(p, "X-SES-Message-Tags"), "(none)");
  EXPECT_EQ(p.recipients, (std::vector<std::string>{"bob@example.net", "c@example.net"}));
  EXPECT_EQ(p.sender_addresses, (std::vector<std::string>{"ann@example.com", "back@example.com"}));
  EXPECT_EQ(p.feedback_address, "back@example.com");
  EXPECT_EQ(p.tags, (NamedValues{{"a", "1"}, {"b", "2"}}));
}

TEST_F(Compose, RawWithAListUsesTheListAsEnvelope) {
  request.source.clear();
  raw("From: ann@example.com\nTo: undisclosed-recipients:;\n\nx");
  request.recipients = {"bob@example.net"};
  EXPECT_EQ(good().recipients, std::vector<std::string>{"bob@example.net"});
}

TEST_F(Compose, RawRefusalsSayWhy) {
  request.source.clear();
  raw("To: b@example.net\r\n\r\nx");
  EXPECT_EQ(bad().text, "Missing required header 'From'.");
  raw("From: a@example.com\r\nSubject: 1\r\nsubject: 2\r\nTo: b@example.net\r\n\r\n");
  EXPECT_EQ(bad().text, "Duplicate header 'subject'.");
  raw("From: a@example.com\r\nTo: b@example.net\r\nDKIM-Signature: a\r\nDKIM-Signature: b\r\n\r\n");
  EXPECT_EQ(bad().text, "Duplicate header 'DKIM-Signature'.");
  raw("From: a@example.com\r\nTo: b@example.net\r\n\r\n" + std::string(999, 'x') + "\r\n");
  EXPECT_EQ(bad().code, SubmissionErrc::invalid_content);
  raw("From: a@example.com\r\nnot a field\r\nTo: b@example.net\r\n\r\n");
  EXPECT_EQ(bad().code, SubmissionErrc::invalid_content);
}

// A bare CR would hide the second From from the checks and show it to the receiver.
TEST_F(Compose, RawFieldsCannotHideBehindABareCarriageReturn) {
  request.source.clear();
  raw("From: a@example.com\r\nX: y\rFrom: ceo@bank.example\r\nTo: b@example.net\r\n\r\nx");
  EXPECT_EQ(bad().text, "Duplicate header 'From'.");
}

TEST_F(Compose, ParametersWinOverHeaderTagsAndAreNotMerged) {
  request.source.clear();
  request.tags = {{"k", "v"}};
  raw("From: a@example.com\r\nTo: b@example.net\r\nX-SES-MESSAGE-TAGS: a=1\r\n\r\nx");
  EXPECT_EQ(good().tags, (NamedValues{{"k", "v"}}));
  request.tags = {{"bad name", "v"}};
  EXPECT_EQ(bad().field, "Tags");
}

TEST_F(Compose, FeedbackAddressMustBeVerifiedToo) {
  request.feedback_address = "back@other.example";
  const Prepared p = good();
  EXPECT_EQ(p.sender_addresses, (std::vector<std::string>{"ann@example.com", "back@other.example"}));
  EXPECT_EQ(p.feedback_address, "back@other.example");
}

TEST_F(Compose, SizeLimitsAreThoseOfTheDoor) {
  request.door = Door::ses_v1;
  composed().attachments.push_back({{.file_name = "big.bin"}, std::string(8 << 20, '\x01')});
  EXPECT_EQ(bad().code, SubmissionErrc::message_too_large);
  request.door = Door::ses_v2;
  good();
}

}  // namespace
}  // namespace sesame::submission
