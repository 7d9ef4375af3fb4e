// What bad input gets: an SES-shaped error that names the field; never a 500, never half a change.
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "api/testing/api_house.h"
#include "api/validation.h"
#include "base/text.h"

namespace sesame::api {
namespace {

namespace json = boost::json;

class BadInput : public ::testing::Test {
 protected:
  BadInput() { house.verified_domain("example.com"); }

  // SendEmail with one member of the usual body replaced: path as "Content.Simple.Subject".
  ApiAnswer send_with(std::string_view path, const json::value& value) {
    json::value body = json::parse(R"({"FromEmailAddress":"ann@example.com",
        "Destination":{"ToAddresses":["bob@example.net"]},
        "Content":{"Simple":{"Subject":{"Data":"Hi"},"Body":{"Text":{"Data":"Hello"}}}}})");
    json::value* at = &body;
    for (const std::string_view member : split(path, '.')) at = &at->as_object()[member];
    *at = value;
    return house.call("POST", "/v2/email/outbound-emails", json::serialize(body));
  }
  void expect_refused(const ApiAnswer& answer, std::string_view type, std::string_view naming) {
    EXPECT_EQ(answer.status, 400) << answer.response.body;
    EXPECT_EQ(answer.error_type, type) << answer.response.body;
    EXPECT_NE(answer.message().find(naming), std::string::npos) << answer.response.body;
    EXPECT_TRUE(house.queued().empty());
  }
  static json::value header(std::string_view name, std::string_view value) {
    return json::array{json::object{{"Name", name}, {"Value", value}}};
  }
  static json::value attachment(json::object more) {
    json::object one{{"FileName", "a.txt"}, {"RawContent", "eA=="}};
    for (const auto& member : more) one[member.key()] = member.value();
    return json::array{one};
  }

  ApiHouse house;
};

TEST_F(BadInput, JsonThatIsNotJsonIsASerializationError) {
  for (const char* body : {"{", "[]", "nonsense", "\"x\"", "{\"Content\":\"\xff\"}"}) {
    expect_refused(house.call("POST", "/v2/email/outbound-emails", body), "SerializationException", "JSON");
  }
}

TEST_F(BadInput, JsonNestedTooDeepIsASerializationError) {
  expect_refused(house.call("POST", "/v2/email/outbound-emails", "{\"X\":" + std::string(100'000, '[')),
                 "SerializationException", "JSON");
}

TEST_F(BadInput, UnknownMembersAreIgnored) {
  EXPECT_EQ(send_with("SomethingNew", json::parse(R"({"a":[1,{"b":null}]})")).status, 200);
}

TEST_F(BadInput, WrongTypesAreSerializationErrorsThatNameTheMember) {
  expect_refused(send_with("FromEmailAddress", 5), "SerializationException", "'fromEmailAddress'");
  expect_refused(send_with("Destination", json::array()), "SerializationException", "'destination'");
  expect_refused(send_with("Destination.ToAddresses", "b@example.net"), "SerializationException",
                 "'destination.toAddresses'");
  expect_refused(send_with("Destination.ToAddresses", json::array{1}), "SerializationException",
                 "'destination.toAddresses.1.member'");
  expect_refused(send_with("Content", true), "SerializationException", "'content'");
  expect_refused(send_with("Content.Simple.Subject", "Hi"), "SerializationException", "'content.simple.subject'");
  expect_refused(send_with("Content.Simple.Subject.Data", 1), "SerializationException",
                 "'content.simple.subject.data'");
  expect_refused(send_with("EmailTags", json::object()), "SerializationException", "'emailTags'");
}

TEST_F(BadInput, MissingMembersAreNamed) {
  const std::string null = "failed to satisfy constraint: Member must not be null";
  expect_refused(house.call("POST", "/v2/email/outbound-emails", "{}"), "BadRequestException",
                 "1 validation error detected: Value at 'content' " + null);
  expect_refused(house.call("POST", "/v2/email/identities", "{}"), "BadRequestException",
                 "1 validation error detected: Value at 'emailIdentity' " + null);
  expect_refused(send_with("Content.Simple", json::object()), "BadRequestException",
                 "2 validation errors detected: Value at 'content.simple.subject' " + null +
                     "; Value at 'content.simple.body' " + null);
  expect_refused(send_with("Content", json::parse(R"({"Raw":{}})")), "BadRequestException",
                 "Value at 'content.raw.data' " + null);
}

TEST_F(BadInput, ExactlyOneKindOfContentIsTaken) {
  expect_refused(send_with("Content", json::object()), "BadRequestException", "exactly one");
  expect_refused(send_with("Content.Raw", json::object{{"Data", "eA=="}}), "BadRequestException", "exactly one");
}

TEST_F(BadInput, BlobsThatAreNotBase64AreSerializationErrors) {
  expect_refused(send_with("Content", json::parse(R"({"Raw":{"Data":"not base64!"}})")), "SerializationException",
                 "'content.raw.data'");
  expect_refused(send_with("Content.Simple.Attachments", attachment({{"RawContent", "x"}})), "SerializationException",
                 "'content.simple.attachments.1.member.rawContent'");
}

TEST_F(BadInput, BadEnumsAreAnsweredWithTheWords) {
  expect_refused(send_with("Content.Simple.Attachments", attachment({{"ContentDisposition", "SIDEWAYS"}})),
                 "BadRequestException",
                 "'content.simple.attachments.1.member.contentDisposition' failed to satisfy constraint: Member must "
                 "satisfy enum value set: [ATTACHMENT, INLINE]");
  expect_refused(send_with("Content.Simple.Attachments", attachment({{"ContentTransferEncoding", "8BIT"}})),
                 "BadRequestException", "[BASE64, QUOTED_PRINTABLE, SEVEN_BIT]");
  expect_refused(house.call("POST", "/v2/email/identities", R"({"EmailIdentity":"new.example",
                     "DkimSigningAttributes":{"NextSigningKeyLength":"RSA_4096_BIT"}})"),
                 "BadRequestException", "[RSA_1024_BIT, RSA_2048_BIT]");
}

TEST_F(BadInput, OverlongFieldsAreNamed) {
  const auto named = [](std::string_view member) {
    return "'content.simple.attachments.1.member." + std::string(member) + "'";
  };
  const std::string long_text(1001, 'x');
  for (const char* member : {"FileName", "ContentType", "ContentId", "ContentDescription"}) {
    expect_refused(send_with("Content.Simple.Attachments", attachment({{member, json::string(long_text)}})),
                   "BadRequestException", named(member_in_path(member)));
  }
  expect_refused(send_with("Content.Simple.Headers", header("X-Long", std::string(996, 'v'))), "BadRequestException",
                 "X-Long");
  expect_refused(send_with("Content.Simple.Headers", header(std::string(127, 'n'), "v")), "BadRequestException",
                 "Header name");
  expect_refused(send_with("EmailTags", header(std::string(256, 'n'), "v")), "BadRequestException", "tag name");
  expect_refused(
      send_with("Destination.ToAddresses", json::array{json::string(std::string(300, 'a') + "@example.net")}),
      "BadRequestException", "ToAddresses");
}

TEST_F(BadInput, LineBreaksInAnyHeaderBoundFieldAreRefused) {
  for (const std::string breaker : {"\r", "\n", "\r\n"}) {
    const std::string evil = "x" + breaker + "Bcc: victim@example.net";
    expect_refused(send_with("Content.Simple.Subject.Data", json::string(evil)), "BadRequestException", "Subject");
    expect_refused(
        send_with("FromEmailAddress", json::string("Ann" + breaker + "Bcc: v@example.net <ann@example.com>")),
        "BadRequestException", "");
    expect_refused(send_with("Destination.ToAddresses",
                             json::array{json::string("bob@example.net" + breaker + "Bcc: v@example.net")}),
                   "BadRequestException", "ToAddresses");
    expect_refused(send_with("ReplyToAddresses", json::array{json::string("r@example.com" + breaker + "X: y")}),
                   "BadRequestException", "ReplyToAddresses");
    expect_refused(send_with("Content.Simple.Headers", header("X-Mine", evil)), "BadRequestException", "X-Mine");
    expect_refused(send_with("Content.Simple.Headers", header("X-Mine" + breaker + "Bcc", "v")), "BadRequestException",
                   "Header name");
    expect_refused(send_with("EmailTags", header("kind", evil)), "BadRequestException", "tag value");
    for (const char* member : {"FileName", "ContentType", "ContentId", "ContentDescription"}) {
      expect_refused(send_with("Content.Simple.Attachments", attachment({{member, json::string(evil)}})),
                     "BadRequestException", "ttachments[0]");
    }
    expect_refused(send_with("FeedbackForwardingEmailAddress", json::string("f@example.com" + breaker + "X: y")),
                   "BadRequestException", "FeedbackForwardingEmailAddress");
  }
}

TEST_F(BadInput, BadAddressesAreSaidInTheWordsOfTheService) {
  expect_refused(send_with("Destination.ToAddresses", json::array{"bob"}), "BadRequestException",
                 "Missing final '@domain' (ToAddresses)");
  expect_refused(send_with("Destination.CcAddresses", json::array{"a b@example.net"}), "BadRequestException",
                 "CcAddresses");
  expect_refused(send_with("Destination", json::object()), "BadRequestException", "recipient");
}

TEST_F(BadInput, FieldsTheServiceSetsItselfAreRefused) {
  for (const char* name : {"Bcc", "From", "message-id", "Subject", "Content-Type", "Return-Path"}) {
    expect_refused(send_with("Content.Simple.Headers", header(name, "x")), "BadRequestException", name);
  }
}

TEST_F(BadInput, SixteenHeadersAreTooMany) {
  json::array headers;
  for (int i = 0; i < 16; ++i) headers.push_back(json::object{{"Name", fmt::format("X-{}", i)}, {"Value", "v"}});
  expect_refused(send_with("Content.Simple.Headers", headers), "BadRequestException", "15 custom headers");
}

TEST_F(BadInput, ExecutableAttachmentsAreRefused) {
  expect_refused(send_with("Content.Simple.Attachments", attachment({{"FileName", "setup.EXE"}})),
                 "BadRequestException", "setup.EXE");
}

TEST_F(BadInput, AnUnknownCharsetIsRefused) {
  expect_refused(send_with("Content.Simple.Subject.Charset", "KLINGON-8"), "BadRequestException",
                 "'content.simple.subject.charset'");
}

TEST_F(BadInput, DuplicateFieldsInARawMessageAreNamed) {
  const std::string raw = "From: ann@example.com\r\nTo: b@example.net\r\nSubject: a\r\nSubject: b\r\n\r\nx\r\n";
  expect_refused(send_with("Content", json::object{{"Raw", {{"Data", base64_encode(raw)}}}}), "BadRequestException",
                 "Duplicate header 'Subject'.");
}

TEST_F(BadInput, AMessageOverTheLimitIsRefused) {
  const std::string raw = "From: ann@example.com\r\nTo: b@example.net\r\n\r\n" + [] {
    std::string lines;
    while (lines.size() <= 40u << 20) lines += std::string(900, 'x') + "\r\n";
    return lines;
  }();
  expect_refused(send_with("Content", json::object{{"Raw", {{"Data", base64_encode(raw)}}}}), "BadRequestException",
                 "Message length is more than 41943040 bytes long");
}

TEST_F(BadInput, BadIdentityNamesAreRefused) {
  for (const char* name : {"", "a", "a..b", "-a.example", "a@", "@example.com", "a b@example.com", "a@b@c.example ",
                           "ann@example.com\r\nBcc: x", "exa_mple.com", "1.2.3.4"}) {
    const auto answer =
        house.call("POST", "/v2/email/identities", json::serialize(json::object{{"EmailIdentity", name}}));
    expect_refused(answer, "BadRequestException", "");
  }
  const std::string label(64, 'a');
  expect_refused(
      house.call("POST", "/v2/email/identities", json::serialize(json::object{{"EmailIdentity", label + ".example"}})),
      "BadRequestException", "");
}

TEST_F(BadInput, BadTagsAreNamed) {
  const auto create = [&](const char* tags) {
    return house.call("POST", "/v2/email/identities",
                      R"({"EmailIdentity":"new.example","Tags":)" + std::string(tags) + "}");
  };
  expect_refused(create(R"([{"Key":"k"}])"), "BadRequestException", "'tags.1.member.value'");
  expect_refused(create(R"([{"Key":"","Value":"v"}])"), "BadRequestException", "'tags.1.member.key'");
  expect_refused(create(R"([{"Key":"k","Value":"v"},{"Key":"k","Value":"w"}])"), "BadRequestException",
                 "'tags.2.member.key'");
  EXPECT_EQ(house.call("GET", "/v2/email/identities/new.example").status, 404);
}

TEST_F(BadInput, TheFlagsOfAnIdentityAreTrueOrFalse) {
  const std::string base = "/v2/email/identities/example.com";
  expect_refused(house.call("PUT", base + "/dkim", R"({"SigningEnabled":"false"})"), "SerializationException",
                 "'signingEnabled'");
  expect_refused(house.call("PUT", base + "/feedback", R"({"EmailForwardingEnabled":0})"), "SerializationException",
                 "'emailForwardingEnabled'");
  expect_refused(house.call("PUT", base + "/mail-from", R"({"MailFromDomain":["b.example.com"]})"),
                 "SerializationException", "'mailFromDomain'");
  EXPECT_TRUE(house.record("example.com").dkim->signing_enabled);
  EXPECT_TRUE(house.record("example.com").feedback_forwarding);
}

TEST_F(BadInput, MailFromDomainsThatAreNoNamesAreRefused) {
  for (const char* name :
       {"bounce..example.com", "-x.example.com", "b\r\n.example.com", "b example.com", "ö\u00a0.example.com"}) {
    expect_refused(house.call("PUT", "/v2/email/identities/example.com/mail-from",
                              json::serialize(json::object{{"MailFromDomain", name}})),
                   "BadRequestException", "MAIL-FROM domain");
  }
  EXPECT_FALSE(house.record("example.com").mail_from.has_value());
}

}  // namespace
}  // namespace sesame::api
