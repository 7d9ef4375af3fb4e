// SendEmail as clients use it, through the real pipeline into a real queue.
#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

#include "api/testing/api_house.h"
#include "base/text.h"

namespace sesame::api {
namespace {

namespace json = boost::json;

constexpr const char* target = "/v2/email/outbound-emails";

json::object simple_body(std::string_view from = "ann@example.com", std::string_view to = "bob@example.net") {
  return {{"FromEmailAddress", from},
          {"Destination", {{"ToAddresses", json::array{to}}}},
          {"Content", {{"Simple", {{"Subject", {{"Data", "Hi"}}}, {"Body", {{"Text", {{"Data", "Hello"}}}}}}}}}};
}

json::object raw_body(std::string_view message) { return {{"Content", {{"Raw", {{"Data", base64_encode(message)}}}}}}; }

class SendEmail : public ::testing::Test {
 protected:
  SendEmail() { house.verified_domain("example.com"); }

  ApiAnswer send(const json::object& body) { return house.call("POST", target, json::serialize(body)); }
  std::string content_of(const ApiAnswer& answer) {
    const std::string id(answer.json.at("MessageId").as_string());
    const auto record = house.loop.run(house.stores.stores.queue->find_message(ApiHouse::account, id)).value();
    return *house.loop.run(house.stores.stores.queue->content(record.queue_id)).value();
  }
  void expect_refused(const ApiAnswer& answer, int status, std::string_view type, std::string_view message) {
    EXPECT_EQ(answer.status, status);
    EXPECT_EQ(answer.error_type, type);
    EXPECT_EQ(answer.message(), message);
    EXPECT_TRUE(house.queued().empty());
  }

  ApiHouse house;
};

TEST_F(SendEmail, ASimpleMessageIsQueuedBeforeTheAnswer) {
  const auto answer = send(simple_body());
  ASSERT_EQ(answer.status, 200) << answer.response.body;
  ASSERT_EQ(answer.json.as_object().size(), 1u);
  const auto queued = house.queued();
  ASSERT_EQ(queued.size(), 1u);
  EXPECT_EQ(queued[0].message.api_message_id, answer.json.at("MessageId").as_string());
  EXPECT_EQ(queued[0].message.accepted_through, "ses_v2");
  EXPECT_EQ(queued[0].message.source_ip, "192.0.2.7");
  EXPECT_EQ(queued[0].message.envelope.recipients, std::vector<std::string>{"bob@example.net"});
  const std::string content = content_of(answer);
  EXPECT_NE(content.find("Subject: Hi\r\n"), std::string::npos);
  EXPECT_NE(content.find("DKIM-Signature: "), std::string::npos);
}

TEST_F(SendEmail, ToCcAndBccAreTheEnvelopeAndBccIsNotShown) {
  json::object body = simple_body();
  body["Destination"] = {{"ToAddresses", json::array{"b@example.net"}},
                         {"CcAddresses", json::array{"Cee <c@example.net>"}},
                         {"BccAddresses", json::array{"d@example.net"}}};
  body["ReplyToAddresses"] = json::array{"reply@example.com"};
  const auto answer = send(body);
  ASSERT_EQ(answer.status, 200) << answer.response.body;
  EXPECT_EQ(house.queued()[0].message.envelope.recipients,
            (std::vector<std::string>{"b@example.net", "c@example.net", "d@example.net"}));
  const std::string content = content_of(answer);
  EXPECT_NE(content.find("Reply-To: reply@example.com\r\n"), std::string::npos);
  EXPECT_EQ(content.find("d@example.net"), std::string::npos);
}

TEST_F(SendEmail, HeadersTagsAndAttachmentsTravel) {
  json::object body = simple_body();
  json::object& simple = body.at("Content").at("Simple").as_object();
  simple["Headers"] = json::array{json::object{{"Name", "X-Campaign"}, {"Value", "spring"}}};
  simple["Attachments"] = json::array{json::object{{"FileName", "a.pdf"}, {"RawContent", base64_encode("%PDF")}}};
  body["EmailTags"] = json::array{json::object{{"Name", "kind"}, {"Value", "test"}}};
  const auto answer = send(body);
  ASSERT_EQ(answer.status, 200) << answer.response.body;
  const std::string content = content_of(answer);
  EXPECT_NE(content.find("X-Campaign: spring\r\n"), std::string::npos);
  EXPECT_NE(content.find("application/pdf"), std::string::npos);
  EXPECT_NE(content.find(base64_encode("%PDF")), std::string::npos);
  EXPECT_EQ(house.queued()[0].message.tags.front().second, "test");
}

TEST_F(SendEmail, TextOfAnyCharsetTravelsAsItReads) {
  json::object body = simple_body();
  body.at("Content").at("Simple").at("Subject") = {{"Data", "Grüße"}, {"Charset", "ISO-8859-1"}};
  const auto answer = send(body);
  ASSERT_EQ(answer.status, 200) << answer.response.body;
  EXPECT_EQ(house.queued()[0].message.subject, "Grüße");
}

TEST_F(SendEmail, ARawMessageKeepsItsBodyAndTakesTheGivenEnvelope) {
  json::object body = raw_body("From: ann@example.com\r\nTo: shown@example.net\r\nSubject: raw\r\n\r\nas it is\r\n");
  body["Destination"] = {{"ToAddresses", json::array{"real@example.net"}}};
  const auto answer = send(body);
  ASSERT_EQ(answer.status, 200) << answer.response.body;
  EXPECT_EQ(house.queued()[0].message.envelope.recipients, std::vector<std::string>{"real@example.net"});
  EXPECT_TRUE(content_of(answer).ends_with("\r\n\r\nas it is\r\n"));
}

TEST_F(SendEmail, ARawMessageWithoutDestinationGoesToItsHeaderSection) {
  const auto answer =
      send(raw_body("From: ann@example.com\r\nTo: b@example.net\r\nBcc: c@example.net\r\nSubject: x\r\n\r\nx\r\n"));
  ASSERT_EQ(answer.status, 200) << answer.response.body;
  EXPECT_EQ(house.queued()[0].message.envelope.recipients.size(), 2u);
}

TEST_F(SendEmail, ALargeBodyIsReadToo) {
  json::object body = simple_body();
  body.at("Content").at("Simple").at("Body").at("Text") = {{"Data", std::string(300'000, 'x')}};
  EXPECT_EQ(send(body).status, 200);
}

TEST_F(SendEmail, AnUnverifiedSenderIsMessageRejectedWithoutSuffix) {
  expect_refused(send(simple_body("eve@evil.example")), 400, "MessageRejected",
                 "Email address is not verified. The following identities failed the check in region US-EAST-1: "
                 "eve@evil.example");
}

TEST_F(SendEmail, AnotherAccountsDomainIsNotVerifiedForThisOne) {
  const auto answer = house.call("POST", target, json::serialize(simple_body()), ApiHouse::key_of_other_account());
  EXPECT_EQ(answer.error_type, "MessageRejected");
}

TEST_F(SendEmail, AnUnconfirmedMailFromDomainThatRejectsIsSaidSo) {
  house.call("PUT", "/v2/email/identities/example.com/mail-from",
             R"({"MailFromDomain":"bounce.example.com","BehaviorOnMxFailure":"REJECT_MESSAGE"})");
  expect_refused(send(simple_body()), 400, "MailFromDomainNotVerifiedException",
                 "MAIL FROM domain not verified: DNS setup for MAIL FROM domain is invalid.");
}

TEST_F(SendEmail, FiftyOneRecipientsAreTooMany) {
  json::array addresses;
  for (int i = 0; i < 51; ++i) addresses.emplace_back(fmt::format("u{}@example.net", i));
  json::object body = simple_body();
  body["Destination"] = {{"ToAddresses", addresses}};
  expect_refused(send(body), 400, "BadRequestException", "Recipient count exceeds 50.");
  addresses.pop_back();
  body["Destination"] = {{"ToAddresses", addresses}};
  EXPECT_EQ(send(body).status, 200);
}

TEST_F(SendEmail, ASimpleMessageWithoutSenderIsABadRequestWithoutText) {
  json::object body = simple_body();
  body.erase("FromEmailAddress");
  const auto answer = send(body);
  EXPECT_EQ(answer.error_type, "BadRequestException");
  EXPECT_EQ(answer.response.body, R"({"message":null})");
}

TEST_F(SendEmail, ARawMessageWithoutFromLacksAHeader) {
  expect_refused(send(raw_body("To: b@example.net\r\n\r\nx\r\n")), 400, "BadRequestException",
                 "Missing required header 'From'.");
}

TEST_F(SendEmail, WhatDoesNotExistIsNotFound) {
  json::object body = simple_body();
  body["ConfigurationSetName"] = "cs";
  expect_refused(send(body), 404, "NotFoundException", "Configuration set <cs> does not exist.");
  body = simple_body();
  body["Content"] = {{"Template", {{"TemplateName", "t"}, {"TemplateData", "{}"}}}};
  expect_refused(send(body), 404, "NotFoundException", "Template t does not exist.");
  body = simple_body();
  body["ListManagementOptions"] = {{"ContactListName", "news"}};
  expect_refused(send(body), 404, "NotFoundException", "List with name: news doesn't exist.");
}

TEST_F(SendEmail, ATemplateWithoutSenderHasNoSource) {
  json::object body{{"Content", {{"Template", {{"TemplateName", "t"}}}}}};
  expect_refused(send(body), 400, "BadRequestException", "Source cannot be empty");
}

}  // namespace
}  // namespace sesame::api
