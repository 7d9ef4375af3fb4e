// Templates and bulk mail through SES API v2 (spec 4.2, 4.3).
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "api/testing/api_house.h"

namespace sesame::api {
namespace {

namespace json = boost::json;
using store::EventKind;
using store::RecipientState;

constexpr const char* templates = "/v2/email/templates";

class TemplatesV2 : public ::testing::Test {
 protected:
  TemplatesV2() { house.verified_domain("example.com"); }

  ApiAnswer make(std::string_view name, std::string_view subject = "Hello {{name}}", std::string_view html = "") {
    json::object content{{"Subject", subject}, {"Text", "Dear {{name}}"}};
    if (!html.empty()) content["Html"] = html;
    return house.call("POST", templates,
                      json::serialize(json::object{{"TemplateName", name}, {"TemplateContent", std::move(content)}}));
  }
  ApiAnswer send(std::string_view content) {
    return house.call(
        "POST", "/v2/email/outbound-emails",
        R"({"FromEmailAddress":"a@example.com","Destination":{"ToAddresses":["b@x.example"]},"Content":)" +
            std::string(content) + "}");
  }
  ApiAnswer bulk(std::string_view entries, std::string_view more = "") {
    return house.call("POST", "/v2/email/outbound-bulk-emails",
                      R"({"FromEmailAddress":"a@example.com","DefaultEmailTags":[{"Name":"k","Value":"common"},)"
                      R"({"Name":"l","Value":"common"}],"DefaultContent":{"Template":{"TemplateName":"t",)"
                      R"("TemplateData":"{\"name\":\"friend\"}","Headers":[{"Name":"X-Who","Value":"all"}]}},)"
                      R"("BulkEmailEntries":)" +
                          std::string(entries) + std::string(more) + "}");
  }
  std::string content_of(const store::MessageRecord& record) {
    const auto content = house.loop.run(house.stores.stores.queue->content(record.queue_id));
    return content ? std::string(**content) : "";
  }
  std::vector<store::Event> events_of(const std::string& id) {
    return house.loop.run(house.stores.stores.queue->events_of(id)).value();
  }
  static void expect_refused(const ApiAnswer& answer, std::string_view type, std::string_view message) {
    EXPECT_EQ(answer.status, type == "NotFoundException" ? 404 : 400);
    EXPECT_EQ(answer.error_type, type);
    EXPECT_EQ(answer.message(), message);
  }

  ApiHouse house;
};

TEST_F(TemplatesV2, TemplateIsMadeShownChangedListedAndDeleted) {
  ASSERT_EQ(make("t", "Hello {{name}}", "<b>{{name}}</b>").status, 200);
  expect_refused(make("t"), "AlreadyExistsException", "Template t already exists.");
  EXPECT_EQ(house.call("GET", "/v2/email/templates/t").json,
            json::parse(R"({"TemplateName":"t","Tags":[],"TemplateContent":)"
                        R"({"Subject":"Hello {{name}}","Text":"Dear {{name}}","Html":"<b>{{name}}</b>"}})"));
  EXPECT_EQ(house.call("PUT", "/v2/email/templates/t", R"({"TemplateContent":{"Subject":"New"}})").status, 200);
  EXPECT_EQ(house.call("GET", "/v2/email/templates/t").json.at("TemplateContent"), json::parse(R"({"Subject":"New"})"));
  ASSERT_EQ(make("u").status, 200);
  const auto first = house.call("GET", "/v2/email/templates?PageSize=1");
  EXPECT_EQ(first.json.at("TemplatesMetadata").at(0).at("TemplateName"), "t");
  EXPECT_TRUE(first.json.at("TemplatesMetadata").at(0).at("CreatedTimestamp").is_number());
  const std::string token(first.json.at("NextToken").as_string());
  const auto second = house.call("GET", "/v2/email/templates?PageSize=1&NextToken=" + token);
  EXPECT_EQ(second.json.at("TemplatesMetadata").at(0).at("TemplateName"), "u");
  EXPECT_FALSE(second.json.as_object().contains("NextToken"));
  EXPECT_EQ(house.call("DELETE", "/v2/email/templates/t").status, 200);
  expect_refused(house.call("DELETE", "/v2/email/templates/t"), "NotFoundException", "Template t does not exist.");
  expect_refused(house.call("GET", "/v2/email/templates/t"), "NotFoundException", "Template t does not exist.");
  expect_refused(house.call("PUT", "/v2/email/templates/t", R"({"TemplateContent":{"Subject":"x"}})"),
                 "NotFoundException", "Template t does not exist.");
}

TEST_F(TemplatesV2, WhatCannotBeATemplateIsRefused) {
  expect_refused(make("t", "{{#if a}}"), "BadRequestException", "subject, line 1: {{/if}} is missing");
  expect_refused(make("t", ""), "BadRequestException", "The subject must be specified.");
  EXPECT_EQ(house.call("POST", templates, R"({"TemplateName":"t"})").error_type, "BadRequestException");
  EXPECT_EQ(house.call("GET", "/v2/email/templates?PageSize=101").error_type, "BadRequestException");
}

TEST_F(TemplatesV2, TestRenderShowsTheMessageOrWhatIsMissing) {
  make("t");
  const auto render = [&](std::string_view body) {
    return house.call("POST", "/v2/email/templates/t/render", std::string(body));
  };
  const auto rendered = render(R"({"TemplateData":"{\"name\":\"Ann\"}"})");
  ASSERT_EQ(rendered.status, 200) << rendered.response.body;
  EXPECT_TRUE(std::string_view(rendered.json.at("RenderedTemplate").as_string()).contains("Subject: Hello Ann"));
  expect_refused(render(R"({"TemplateData":"{}"})"), "BadRequestException",
                 "Attribute 'name' is not present in the rendering data.");
  expect_refused(render(R"({"TemplateData":"["})"), "BadRequestException", "Template rendering data is invalid.");
}

TEST_F(TemplatesV2, StoredTemplateIsSent) {
  make("t", "Hello {{name}}", "<b>{{name}}</b>");
  for (const char* named : {R"("TemplateName":"t")", R"("TemplateArn":"arn:aws:ses:us-east-1:1:template/t")"}) {
    const auto sent = send(R"({"Template":{)" + std::string(named) + R"(,"TemplateData":"{\"name\":\"Ann & B\"}"}})");
    ASSERT_EQ(sent.status, 200) << sent.response.body;
    const store::MessageRecord record = house.queued().front();
    EXPECT_EQ(record.message.subject, "Hello Ann & B");
    EXPECT_TRUE(content_of(record).contains("Dear Ann & B"));
    EXPECT_TRUE(content_of(record).contains("<b>Ann & B</b>")) << "HTML is not escaped";
  }
}

TEST_F(TemplatesV2, TextsInTheRequestAreATemplateToo) {
  const auto sent = send(R"({"Template":{"TemplateContent":{"Subject":"Hi {{n}}","Html":"<i>{{n}}</i>"},)"
                         R"("TemplateData":"{\"n\":1}"}})");
  ASSERT_EQ(sent.status, 200) << sent.response.body;
  EXPECT_EQ(house.queued().front().message.subject, "Hi 1");
  expect_refused(send(R"({"Template":{"TemplateContent":{"Subject":"{{"}}})"), "BadRequestException",
                 "subject, line 1: a tag has no end");
  expect_refused(send(R"({"Template":{"TemplateContent":{"Subject":"x"},"TemplateName":"t"}})"), "BadRequestException",
                 "Template must hold exactly one of TemplateName, TemplateArn and TemplateContent.");
  expect_refused(send(R"({"Template":{"TemplateName":"none"}})"), "NotFoundException", "Template none does not exist.");
  expect_refused(send(R"({"Template":{"TemplateArn":"t"}})"), "BadRequestException",
                 "TemplateArn is not the ARN of a template.");
}

TEST_F(TemplatesV2, WhatCannotBeRenderedIsAcceptedRecordedAndNeverSent) {
  make("t");
  const auto sent = send(R"({"Template":{"TemplateName":"t","TemplateData":"{}"}})");
  ASSERT_EQ(sent.status, 200) << sent.response.body;
  const store::MessageRecord record = house.queued().front();
  EXPECT_EQ(sent.json.at("MessageId").as_string(), record.message.api_message_id);
  EXPECT_TRUE(record.finished);
  ASSERT_EQ(record.recipients.size(), 1u);
  EXPECT_EQ(record.recipients[0].state, RecipientState::not_rendered);
  EXPECT_TRUE(record.message.header_section.contains("To: b@x.example"));
  const auto events = events_of(record.message.api_message_id);
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].kind, EventKind::rendering_failure);
  EXPECT_EQ(json::parse(events[0].detail),
            json::parse(R"({"template":"t","error":"Attribute 'name' is not present in the rendering data."})"));
  EXPECT_EQ(house.call("GET", "/v2/email/account").json.at("SendQuota").at("SentLast24Hours"), 0.0);
  EXPECT_TRUE(house.loop.run(house.stores.stores.queue->lease_due(house.clock.now(), 10)).value().empty());
}

TEST_F(TemplatesV2, BulkMailHasAStatusForEachDestination) {
  make("t");
  const auto answer = bulk(R"([
    {"Destination":{"ToAddresses":["one@x.example"]}},
    {"Destination":{"ToAddresses":["two@x.example"]},"ReplacementTags":[{"Name":"k","Value":"own"}],
     "ReplacementHeaders":[{"Name":"x-who","Value":"two"}],
     "ReplacementEmailContent":{"ReplacementTemplate":{"ReplacementTemplateData":"{\"name\":\"Two\"}"}}},
    {"Destination":{"ToAddresses":["nobody"]}},
    {"Destination":{"ToAddresses":["four@x.example"]},
     "ReplacementEmailContent":{"ReplacementTemplate":{"ReplacementTemplateData":"[]"}}},
    {"Destination":{"ToAddresses":["five@x.example"]},
     "ReplacementEmailContent":{"ReplacementTemplate":{"ReplacementTemplateData":"{\"name\":null}"}}}])");
  ASSERT_EQ(answer.status, 200) << answer.response.body;
  const json::array& results = answer.json.at("BulkEmailEntryResults").as_array();
  ASSERT_EQ(results.size(), 5u);
  EXPECT_EQ(results[0].at("Status"), "SUCCESS");
  EXPECT_EQ(results[1].at("Status"), "SUCCESS");
  EXPECT_EQ(results[2].at("Status"), "INVALID_PARAMETER");
  EXPECT_EQ(results[2].at("Error"), "Missing final '@domain' (ToAddresses)");
  EXPECT_FALSE(results[2].as_object().contains("MessageId"));
  EXPECT_EQ(results[3].at("Error"), "Template rendering data is invalid.");
  EXPECT_EQ(results[4].at("Status"), "SUCCESS") << "a message that cannot be rendered is accepted";

  const auto queued = house.queued();
  ASSERT_EQ(queued.size(), 3u);
  EXPECT_EQ(queued[0].recipients[0].state, RecipientState::not_rendered);
  EXPECT_EQ(queued[1].message.subject, "Hello Two");
  EXPECT_EQ(queued[1].message.operation, "SendBulkEmail");
  EXPECT_EQ(queued[1].message.tags, (std::vector<std::pair<std::string, std::string>>{{"l", "common"}, {"k", "own"}}));
  EXPECT_TRUE(content_of(queued[1]).contains("x-who: two\r\n"));
  EXPECT_FALSE(content_of(queued[1]).contains("X-Who: all\r\n"));
  EXPECT_EQ(queued[2].message.subject, "Hello friend");
  EXPECT_TRUE(content_of(queued[2]).contains("X-Who: all\r\n"));
}

TEST_F(TemplatesV2, BulkMailAsAWholeIsRefusedForItsShapeOrTemplate) {
  expect_refused(bulk(R"([{"Destination":{"ToAddresses":["b@x.example"]}}])"), "NotFoundException",
                 "Template t does not exist.");
  make("t");
  EXPECT_EQ(bulk("[]").error_type, "BadRequestException");
  EXPECT_EQ(bulk("[{}]").error_type, "BadRequestException");
  std::string many = "[";
  for (int i = 0; i < 51; ++i) many += std::string(i == 0 ? "" : ",") + R"({"Destination":{}})";
  EXPECT_EQ(bulk(many + "]").error_type, "BadRequestException");
  const auto paused = bulk(R"([{"Destination":{"ToAddresses":["b@x.example"]}}])", R"(,"ConfigurationSetName":"none")");
  ASSERT_EQ(paused.status, 200);
  EXPECT_EQ(paused.json.at("BulkEmailEntryResults").at(0).at("Status"), "CONFIGURATION_SET_NOT_FOUND");
  EXPECT_TRUE(house.queued().empty());
}

}  // namespace
}  // namespace sesame::api
