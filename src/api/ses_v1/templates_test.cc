// Templates and bulk mail through SES API v1 (spec 4.2, 4.3).
#include <gtest/gtest.h>

#include "api/ses_v1/testing/ses_v1_house.h"

namespace sesame::api {
namespace {

class TemplatesV1 : public ::testing::Test {
 protected:
  TemplatesV1() { house.verified_domain("example.com"); }

  V1Answer make(const std::string& name, const std::string& subject = "Hello+{{name}}") {
    return house.call("Action=CreateTemplate&Template.TemplateName=" + name + "&Template.SubjectPart=" + subject +
                      "&Template.TextPart=Dear+{{name}}");
  }
  V1Answer render(const std::string& data) {
    return house.call("Action=TestRenderTemplate&TemplateName=t&TemplateData=" + data);
  }
  static void expect_refused(const V1Answer& answer, std::string_view code, std::string_view message) {
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.code(), code);
    EXPECT_EQ(answer.message(), message);
  }

  SesV1House house;
};

TEST_F(TemplatesV1, TemplateIsMadeShownChangedListedAndDeleted) {
  ASSERT_EQ(make("t").status, 200);
  expect_refused(make("t"), "AlreadyExists", "Template t already exists.");
  const auto shown = house.call("Action=GetTemplate&TemplateName=t");
  EXPECT_EQ(shown.at("GetTemplateResponse.GetTemplateResult.Template.SubjectPart"), "Hello {{name}}");
  EXPECT_EQ(shown.names("GetTemplateResponse.GetTemplateResult.Template"),
            (std::vector<std::string>{"TemplateName", "SubjectPart", "TextPart"}));
  EXPECT_EQ(
      house.call("Action=UpdateTemplate&Template.TemplateName=t&Template.SubjectPart=x&Template.HtmlPart=y").status,
      200);
  EXPECT_EQ(house.call("Action=GetTemplate&TemplateName=t").names("GetTemplateResponse.GetTemplateResult.Template"),
            (std::vector<std::string>{"TemplateName", "SubjectPart", "HtmlPart"}));
  make("u");
  const auto first = house.call("Action=ListTemplates&MaxItems=1");
  EXPECT_EQ(first.at("ListTemplatesResponse.ListTemplatesResult.TemplatesMetadata.member.Name"), "t");
  const auto token = first.at("ListTemplatesResponse.ListTemplatesResult.NextToken");
  const auto second = house.call("Action=ListTemplates&NextToken=" + token);
  EXPECT_EQ(second.at("ListTemplatesResponse.ListTemplatesResult.TemplatesMetadata.member.Name"), "u");
  EXPECT_EQ(house.call("Action=DeleteTemplate&TemplateName=t").status, 200);
  EXPECT_EQ(house.call("Action=DeleteTemplate&TemplateName=t").status, 200) << "the model knows no error here";
  expect_refused(house.call("Action=GetTemplate&TemplateName=t"), "TemplateDoesNotExist", "Template t does not exist.");
  expect_refused(house.call("Action=UpdateTemplate&Template.TemplateName=t&Template.SubjectPart=x"),
                 "TemplateDoesNotExist", "Template t does not exist.");
}

TEST_F(TemplatesV1, ErrorsHaveTheirOwnCodes) {
  expect_refused(make("t", "{{x"), "InvalidTemplate", "subject, line 1: a tag has no end");
  expect_refused(make("t", ""), "InvalidTemplate", "The subject must be specified.");
  expect_refused(render("{}"), "TemplateDoesNotExist", "Template t does not exist.");
  make("t");
  expect_refused(render("{}"), "MissingRenderingAttribute", "Attribute 'name' is not present in the rendering data.");
  expect_refused(render("x"), "InvalidRenderingParameter", "Template rendering data is invalid.");
  EXPECT_TRUE(render(R"({"name":"Ann"})")
                  .at("TestRenderTemplateResponse.TestRenderTemplateResult.RenderedTemplate")
                  .contains("Subject: Hello Ann"));
}

TEST_F(TemplatesV1, TemplateIsSent) {
  make("t");
  const std::string form =
      "Action=SendTemplatedEmail&Source=a@example.com&Destination.ToAddresses.member.1=b@x.example&Template=t";
  const auto sent = house.call(form + "&TemplateData={\"name\":\"Ann\"}");
  ASSERT_EQ(sent.status, 200) << sent.body;
  EXPECT_EQ(sent.at("SendTemplatedEmailResponse.SendTemplatedEmailResult.MessageId"),
            house.queued().front().message.api_message_id);
  EXPECT_EQ(house.queued().front().message.subject, "Hello Ann");
  EXPECT_EQ(house.queued().front().message.operation, "SendTemplatedEmail");
  EXPECT_EQ(house.call(form + "&TemplateData={}").status, 200);
  EXPECT_EQ(house.queued().front().recipients[0].state, store::RecipientState::not_rendered);
  expect_refused(house.call(form + "&TemplateData=x"), "InvalidParameterValue", "Template rendering data is invalid.");
  EXPECT_EQ(house.call(form).code(), "ValidationError");
}

TEST_F(TemplatesV1, BulkMailHasAStatusForEachDestination) {
  make("t");
  const std::string form =
      "Action=SendBulkTemplatedEmail&Source=a@example.com&Template=t&DefaultTemplateData={\"name\":\"friend\"}"
      "&DefaultTags.member.1.Name=k&DefaultTags.member.1.Value=common";
  const auto sent = house.call(form +
                               "&Destinations.member.1.Destination.ToAddresses.member.1=one@x.example"
                               "&Destinations.member.2.Destination.ToAddresses.member.1=two@x.example"
                               "&Destinations.member.2.ReplacementTemplateData={\"name\":\"Two\"}"
                               "&Destinations.member.3.Destination.ToAddresses.member.1=nobody");
  ASSERT_EQ(sent.status, 200) << sent.body;
  const std::string list = "SendBulkTemplatedEmailResponse.SendBulkTemplatedEmailResult.Status";
  EXPECT_EQ(sent.names(list).size(), 3u);
  EXPECT_EQ(sent.at(list + ".member.Status"), "Success");
  EXPECT_TRUE(sent.body.contains("<Status>InvalidParameterValue</Status>")) << sent.body;
  ASSERT_EQ(house.queued().size(), 2u);
  EXPECT_EQ(house.queued()[0].message.subject, "Hello Two");
  EXPECT_EQ(house.queued()[1].message.subject, "Hello friend");
  EXPECT_EQ(house.queued()[1].message.tags, (std::vector<std::pair<std::string, std::string>>{{"k", "common"}}));
  EXPECT_EQ(house.call(form).code(), "ValidationError");
  expect_refused(house.call("Action=SendBulkTemplatedEmail&Source=a@example.com&Template=none&DefaultTemplateData={}"
                            "&Destinations.member.1.Destination.ToAddresses.member.1=one@x.example"),
                 "TemplateDoesNotExist", "Template none does not exist.");
}

}  // namespace
}  // namespace sesame::api
