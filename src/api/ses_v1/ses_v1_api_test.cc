// SES API v1 as a client sees it: the documents themselves, the account, and the input of AWS's own examples.
#include "api/ses_v1/ses_v1_api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <set>

#include "api/ses_v1/testing/ses_v1_house.h"
#include "base/testing/corpora.h"
#include "base/text.h"

namespace sesame::api {
namespace {

namespace json = boost::json;

TEST(SesV1, AnswerIsTheDocumentOfSes) {
  SesV1House house;
  EXPECT_EQ(house.call("Action=GetSendQuota&Version=2010-12-01").body,
            "<GetSendQuotaResponse xmlns=\"http://ses.amazonaws.com/doc/2010-12-01/\">\n"
            "  <GetSendQuotaResult>\n"
            "    <Max24HourSend>-1.0</Max24HourSend>\n"
            "    <MaxSendRate>-1.0</MaxSendRate>\n"
            "    <SentLast24Hours>0.0</SentLast24Hours>\n"
            "  </GetSendQuotaResult>\n"
            "  <ResponseMetadata>\n"
            "    <RequestId>11111111-2222-4333-8444-555555555555</RequestId>\n"
            "  </ResponseMetadata>\n"
            "</GetSendQuotaResponse>\n");
}

TEST(SesV1, EmptyResultIsAnElementAllTheSame) {
  SesV1House house;
  EXPECT_EQ(house.call("Action=DeleteIdentity&Identity=example.com").body,
            "<DeleteIdentityResponse xmlns=\"http://ses.amazonaws.com/doc/2010-12-01/\">\n"
            "  <DeleteIdentityResult/>\n"
            "  <ResponseMetadata>\n"
            "    <RequestId>11111111-2222-4333-8444-555555555555</RequestId>\n"
            "  </ResponseMetadata>\n"
            "</DeleteIdentityResponse>\n");
}

TEST(SesV1, ActionsWithoutAResultHaveMetadataOnly) {
  SesV1House house;
  EXPECT_THAT(
      house.call("Action=VerifyEmailAddress&EmailAddress=ann%40example.com").names("VerifyEmailAddressResponse"),
      testing::ElementsAre("ResponseMetadata"));
  EXPECT_THAT(house.call("Action=DeleteVerifiedEmailAddress&EmailAddress=ann%40example.com")
                  .names("DeleteVerifiedEmailAddressResponse"),
              testing::ElementsAre("ResponseMetadata"));
}

TEST(SesV1, UnknownActionIsInvalidAction) {
  SesV1House house;
  for (const char* action : {"SendEmails", "sendEmail", "%3Cx%3E"}) {
    const V1Answer answer = house.call("Action=" + std::string(action));
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.code(), "InvalidAction");
  }
  EXPECT_EQ(house.call("Action=SendEmails").message(), "Could not find operation SendEmails for version 2010-12-01");
}

TEST(SesV1, MissingActionIsSaidSo) {
  SesV1House house;
  EXPECT_EQ(house.call("Identity=example.com").code(), "MissingAction");
  EXPECT_EQ(house.call("Action=").code(), "MissingAction");
}

TEST(SesV1, QuotaCountsTheRecipientsOfTheLastDay) {
  SesV1House house;
  house.verified_domain("example.com");
  const std::string letter =
      "Action=SendEmail&Source=ann%40example.com&Destination.ToAddresses.member.1=b%40example.net"
      "&Destination.CcAddresses.member.1=c%40example.net&Message.Subject.Data=Hi&Message.Body.Text.Data=Hello";
  const auto sent = [&] {
    return house.call("Action=GetSendQuota").at("GetSendQuotaResponse.GetSendQuotaResult.SentLast24Hours");
  };
  ASSERT_EQ(house.call(letter).status, 200);
  EXPECT_EQ(sent(), "2.0");
  house.clock.advance(std::chrono::hours(25));
  EXPECT_EQ(sent(), "0.0");
}

TEST(SesV1, SendingIsEnabled) {
  SesV1House house;
  EXPECT_EQ(house.call("Action=GetAccountSendingEnabled")
                .at("GetAccountSendingEnabledResponse.GetAccountSendingEnabledResult.Enabled"),
            "true");
}

// The example of a message has its line ends as two characters.
std::string with_line_ends(std::string_view text) {
  std::string message(text);
  for (std::size_t at = 0; (at = message.find("\\n", at)) != message.npos;) message.replace(at, 2, "\n");
  return message;
}

// Input as an SDK writes it in a form.
void flatten(const json::value& value, const std::string& name, std::string& form) {
  const auto add = [&form](const std::string& key, std::string_view text) {
    form += "&" + key + "=" + percent_encode(text);
  };
  if (const auto* object = value.if_object()) {
    for (const auto& [member, inner] : *object) {
      flatten(inner, name.empty() ? std::string(member) : name + "." + std::string(member), form);
    }
  } else if (const auto* list = value.if_array()) {
    if (list->empty()) add(name, "");
    for (std::size_t i = 0; i < list->size(); ++i) {
      flatten((*list)[i], name + ".member." + std::to_string(i + 1), form);
    }
  } else if (const auto* text = value.if_string()) {
    add(name, name == "RawMessage.Data" ? base64_encode(with_line_ends(*text)) : std::string(*text));
  } else {
    add(name, json::serialize(value));
  }
}

std::set<std::string> names_in(const json::value& output) {
  std::set<std::string> names;
  if (const auto* object = output.if_object()) {
    for (const auto& [member, inner] : *object) names.insert(std::string(member));
  }
  return names;
}

// The topic an example names is of another region and account.
std::string with_topic_here(std::string form, SesV1House& house) {
  constexpr std::string_view member = "&SnsTopic=";
  const auto begin = form.find(member);
  if (begin == form.npos) return form;
  const auto end = std::min(form.find('&', begin + 1), form.size());
  return form.replace(begin, end - begin, std::string(member) + percent_encode(house.topic("MyTopic")));
}

TEST(SesV1Corpora, ExamplesOfAwsAreUnderstood) {
  const auto file = find_corpus("aws-api/ses-examples-1.json");
  if (!file) GTEST_SKIP();
  const json::value examples = json::parse(read_file(*file)).at("examples");
  SesV1House empty_house;
  std::size_t understood = 0;
  for (const auto& [action, list] : examples.as_object()) {
    if (empty_house.call("Action=" + std::string(action)).code() == "InvalidAction") continue;  // not offered yet
    for (const json::value& example : list.as_array()) {
      SesV1House house;
      house.verified_domain("example.com");
      house.verified_address("user@example.com");
      house.call("Action=CreateConfigurationSet&ConfigurationSet.Name=foo");
      std::string form = "Action=" + std::string(action);
      if (const auto* input = example.as_object().if_contains("input")) flatten(*input, "", form);
      form = with_topic_here(std::move(form), house);
      const V1Answer answer = house.call(form);
      ASSERT_EQ(answer.status, 200) << form << "\n" << answer.body;
      ++understood;
      const auto* output = example.as_object().if_contains("output");
      const std::string name(action);
      for (const std::string& member : answer.names(name + "Response." + name + "Result")) {
        EXPECT_TRUE(output != nullptr && names_in(*output).contains(member)) << action << " " << member;
      }
    }
  }
  EXPECT_GE(understood, 17u);
}

}  // namespace
}  // namespace sesame::api
