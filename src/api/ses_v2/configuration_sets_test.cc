// Configuration sets, event destinations and the account through SES API v2 (spec 3.5, 4.2, 7).
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "api/testing/api_house.h"

namespace sesame::api {
namespace {

namespace json = boost::json;

constexpr const char* sets = "/v2/email/configuration-sets";

net::Task<submission::TopicCheck> only_known_topics(std::string, std::string arn) {
  co_return arn.ends_with(":known") ? submission::TopicCheck::valid : submission::TopicCheck::missing;
}

class ConfigurationSets : public ::testing::Test {
 protected:
  ConfigurationSets() { house.configuration->set_topic_validator(only_known_topics); }

  ApiAnswer create(std::string_view more = "", std::string_view name = "set") {
    return house.call("POST", sets,
                      R"({"ConfigurationSetName":")" + std::string(name) + "\"" + std::string(more) + "}");
  }
  json::value get(const std::string& name = "set") { return house.call("GET", path("", name)).json; }
  static std::string path(const std::string& rest, const std::string& name = "set") {
    return std::string(sets) + "/" + name + rest;
  }
  ApiAnswer put(const std::string& option, const std::string& body) { return house.call("PUT", path(option), body); }
  ApiAnswer add_destination(const std::string& definition, const std::string& name = "d") {
    return house.call("POST", path("/event-destinations"),
                      R"({"EventDestinationName":")" + name + R"(","EventDestination":)" + definition + "}");
  }
  static void expect_refused(const ApiAnswer& answer, int status, std::string_view type, std::string_view message) {
    EXPECT_EQ(answer.status, status);
    EXPECT_EQ(answer.error_type, type);
    EXPECT_EQ(answer.message(), message);
  }

  ApiHouse house;
};

TEST_F(ConfigurationSets, ABareSetHasTheDefaults) {
  ASSERT_EQ(create().status, 200);
  EXPECT_EQ(get(), json::parse(R"({"ConfigurationSetName":"set","DeliveryOptions":{"TlsPolicy":"OPTIONAL"},
      "ReputationOptions":{"ReputationMetricsEnabled":false},"SendingOptions":{"SendingEnabled":true},"Tags":[]})"));
}

TEST_F(ConfigurationSets, EveryOptionIsTakenAtOnce) {
  const auto made = create(R"(,"DeliveryOptions":{"TlsPolicy":"REQUIRE","MaxDeliverySeconds":300},
      "ReputationOptions":{"ReputationMetricsEnabled":true},"SendingOptions":{"SendingEnabled":false},
      "SuppressionOptions":{"SuppressedReasons":["COMPLAINT"]},"TrackingOptions":{},
      "Tags":[{"Key":"team","Value":"mail"}])");
  ASSERT_EQ(made.status, 200) << made.response.body;
  EXPECT_EQ(get(), json::parse(R"({"ConfigurationSetName":"set",
      "DeliveryOptions":{"TlsPolicy":"REQUIRE","MaxDeliverySeconds":300},
      "ReputationOptions":{"ReputationMetricsEnabled":true},"SendingOptions":{"SendingEnabled":false},
      "SuppressionOptions":{"SuppressedReasons":["COMPLAINT"]},"Tags":[{"Key":"team","Value":"mail"}]})"));
}

TEST_F(ConfigurationSets, NamesAreTakenOnceAndChecked) {
  create();
  expect_refused(create(), 400, "AlreadyExistsException", "Configuration set <set> already exists.");
  EXPECT_EQ(create("", "a b").error_type, "BadRequestException");
  expect_refused(house.call("POST", sets, "{}"), 400, "BadRequestException",
                 "1 validation error detected: Value at 'configurationSetName' failed to satisfy constraint: "
                 "Member must not be null");
}

TEST_F(ConfigurationSets, UnknownSetsAreNotFound) {
  const std::string_view text = "Configuration set <set> does not exist.";
  expect_refused(house.call("GET", path("")), 404, "NotFoundException", text);
  expect_refused(house.call("DELETE", path("")), 404, "NotFoundException", text);
  for (const char* option :
       {"/delivery-options", "/reputation-options", "/sending", "/suppression-options", "/tracking-options"}) {
    expect_refused(put(option, "{}"), 404, "NotFoundException", text);
  }
  expect_refused(house.call("GET", path("/event-destinations")), 404, "NotFoundException", text);
  create();
  expect_refused(house.call("GET", path(""), "", ApiHouse::key_of_other_account()), 404, "NotFoundException", text);
}

TEST_F(ConfigurationSets, SetsAreListedInPages) {
  for (const char* name : {"c", "a", "b"}) create("", name);
  const auto first = house.call("GET", std::string(sets) + "?PageSize=2").json;
  EXPECT_EQ(first.at("ConfigurationSets"), json::parse(R"(["a","b"])"));
  const std::string token(first.at("NextToken").as_string());
  const auto last = house.call("GET", std::string(sets) + "?PageSize=2&NextToken=" + token).json;
  EXPECT_EQ(last, json::parse(R"({"ConfigurationSets":["c"]})"));
  EXPECT_EQ(house.call("GET", std::string(sets) + "?NextToken=x").error_type, "InvalidNextTokenException");
}

TEST_F(ConfigurationSets, EachOptionIsPutByItself) {
  create();
  EXPECT_EQ(put("/delivery-options", R"({"TlsPolicy":"REQUIRE","MaxDeliverySeconds":600})").status, 200);
  EXPECT_EQ(put("/reputation-options", R"({"ReputationMetricsEnabled":true})").status, 200);
  EXPECT_EQ(put("/suppression-options", R"({"SuppressedReasons":[]})").status, 200);
  EXPECT_EQ(put("/sending", "{}").status, 200);  // absent is false
  EXPECT_EQ(put("/tracking-options", "{}").status, 200);
  const auto set = get();
  EXPECT_EQ(set.at("DeliveryOptions"), json::parse(R"({"TlsPolicy":"REQUIRE","MaxDeliverySeconds":600})"));
  EXPECT_EQ(set.at("ReputationOptions"), json::parse(R"({"ReputationMetricsEnabled":true})"));
  EXPECT_EQ(set.at("SuppressionOptions"), json::parse(R"({"SuppressedReasons":[]})"));
  EXPECT_EQ(set.at("SendingOptions"), json::parse(R"({"SendingEnabled":false})"));
  EXPECT_EQ(put("/sending", R"({"SendingEnabled":true})").status, 200);
  EXPECT_TRUE(get().at("ReputationOptions").as_object().contains("LastFreshStart"));
  EXPECT_EQ(put("/suppression-options", "{}").status, 200);
  EXPECT_FALSE(get().as_object().contains("SuppressionOptions"));
  EXPECT_EQ(put("/delivery-options", "{}").status, 200);
  EXPECT_EQ(get().at("DeliveryOptions"), json::parse(R"({"TlsPolicy":"OPTIONAL"})"));
}

TEST_F(ConfigurationSets, WhatHasNoEffectIsRefusedByName) {
  create();
  const auto refused = [&](const ApiAnswer& answer, const std::string& what) {
    expect_refused(answer, 400, "BadRequestException", what + " is not supported.");
  };
  refused(put("/suppression-options", R"({"ValidationOptions":{"ConditionThreshold":{}}})"),
          "SuppressionOptions.ValidationOptions");
  refused(create(R"(,"VdmOptions":{"GuardianOptions":{}})", "vdm"), "VdmOptions");
  refused(create(R"(,"ArchivingOptions":{"ArchiveArn":"x"})", "archive"), "ArchivingOptions");
  for (const char* kind :
       {"KinesisFirehoseDestination", "CloudWatchDestination", "EventBridgeDestination", "PinpointDestination"}) {
    refused(add_destination(R"({"MatchingEventTypes":["SEND"],")" + std::string(kind) + R"(":{}})"), kind);
  }
}

TEST_F(ConfigurationSets, LinksLeadToADomainThatIsVerified) {
  create();
  const auto options = R"({"CustomRedirectDomain":"links.example.com","HttpsPolicy":"REQUIRE_OPEN_ONLY"})";
  expect_refused(put("/tracking-options", options), 400, "BadRequestException",
                 "CustomRedirectDomain <links.example.com> is not a verified domain.");
  EXPECT_EQ(create(R"(,"TrackingOptions":{"CustomRedirectDomain":"[192.0.2.1]"})", "other").error_type,
            "BadRequestException");
  house.verified_address("links@links.example.com");
  EXPECT_EQ(put("/tracking-options", options).status, 400) << "an address is no domain";
  house.verified_domain("example.com");
  ASSERT_EQ(put("/tracking-options", options).status, 200);
  EXPECT_EQ(get().at("TrackingOptions"), json::parse(options));
  EXPECT_EQ(put("/tracking-options", R"({"HttpsPolicy":"SOMETIMES"})").error_type, "BadRequestException");
  EXPECT_EQ(put("/tracking-options", "{}").status, 200);
  EXPECT_FALSE(get().as_object().contains("TrackingOptions"));
}

TEST_F(ConfigurationSets, OptionsAreCheckedBeforeTheyAreKept) {
  create();
  expect_refused(put("/delivery-options", R"({"MaxDeliverySeconds":299})"), 400, "BadRequestException",
                 "MaxDeliverySeconds must be between 300 and 50400.");
  EXPECT_EQ(put("/delivery-options", R"({"MaxDeliverySeconds":"x"})").error_type, "SerializationException");
  EXPECT_EQ(put("/delivery-options", R"({"TlsPolicy":"MAYBE"})").error_type, "BadRequestException");
  EXPECT_EQ(put("/suppression-options", R"({"SuppressedReasons":["SPITE"]})").error_type, "BadRequestException");
  EXPECT_EQ(put("/sending", "[]").error_type, "SerializationException");
}

TEST_F(ConfigurationSets, DestinationsComeAndGo) {
  create();
  const auto added = add_destination(R"({"Enabled":true,"MatchingEventTypes":["BOUNCE","SEND","BOUNCE"],
      "SnsDestination":{"TopicArn":"arn:aws:sns:us-east-1:000000000001:known"}})");
  ASSERT_EQ(added.status, 200) << added.response.body;
  const std::string destinations = path("/event-destinations");
  EXPECT_EQ(house.call("GET", destinations).json, json::parse(R"({"EventDestinations":[{"Name":"d","Enabled":true,
      "MatchingEventTypes":["SEND","BOUNCE"],
      "SnsDestination":{"TopicArn":"arn:aws:sns:us-east-1:000000000001:known"}}]})"));
  const auto updated = house.call("PUT", destinations + "/d",
                                  R"({"EventDestination":{"MatchingEventTypes":["DELIVERY_DELAY"],
      "WebhookDestination":{"Url":"https://hooks.example/a"}}})");
  ASSERT_EQ(updated.status, 200) << updated.response.body;
  EXPECT_EQ(house.call("GET", destinations).json, json::parse(R"({"EventDestinations":[{"Name":"d","Enabled":false,
      "MatchingEventTypes":["DELIVERY_DELAY"],"WebhookDestination":{"Url":"https://hooks.example/a"}}]})"));
  EXPECT_EQ(house.call("DELETE", destinations + "/d").status, 200);
  EXPECT_EQ(house.call("GET", destinations).json, json::parse(R"({"EventDestinations":[]})"));
  expect_refused(house.call("DELETE", destinations + "/d"), 404, "NotFoundException",
                 "No EventDestination found for set");
}

TEST_F(ConfigurationSets, DestinationsLeadToExactlyOneTopicThatIsThere) {
  create();
  expect_refused(add_destination(R"({"MatchingEventTypes":["SEND"],"SnsDestination":{"TopicArn":"arn:x:gone"}})"), 400,
                 "BadRequestException", "SNS topic <arn:x:gone> not found.");
  expect_refused(add_destination(R"({"MatchingEventTypes":["SEND"]})"), 400, "BadRequestException",
                 "EventDestination must hold exactly one destination.");
  EXPECT_EQ(add_destination(R"({"SnsDestination":{"TopicArn":"arn:x:known"}})").error_type, "BadRequestException");
  EXPECT_EQ(
      add_destination(R"({"MatchingEventTypes":["LUNCH"],"SnsDestination":{"TopicArn":"arn:x:known"}})").error_type,
      "BadRequestException");
}

TEST_F(ConfigurationSets, AnIdentityHasADefaultThatIsThere) {
  house.verified_domain("example.com");
  const std::string identity = "/v2/email/identities/example.com";
  expect_refused(house.call("PUT", identity + "/configuration-set", R"({"ConfigurationSetName":"set"})"), 404,
                 "NotFoundException", "Configuration set <set> does not exist.");
  create();
  EXPECT_EQ(house.call("PUT", identity + "/configuration-set", R"({"ConfigurationSetName":"set"})").status, 200);
  EXPECT_EQ(house.call("GET", identity).json.at("ConfigurationSetName"), "set");
  EXPECT_EQ(house.call("PUT", identity + "/configuration-set", "{}").status, 200);
  EXPECT_FALSE(house.call("GET", identity).json.as_object().contains("ConfigurationSetName"));
}

TEST_F(ConfigurationSets, TheAccountIsPausedAndResumed) {
  house.verified_domain("example.com");
  const auto send = [&] {
    return house.call("POST", "/v2/email/outbound-emails", R"({"FromEmailAddress":"a@example.com",
        "Destination":{"ToAddresses":["b@example.net"]},
        "Content":{"Simple":{"Subject":{"Data":"x"},"Body":{"Text":{"Data":"x"}}}}})");
  };
  EXPECT_EQ(house.call("PUT", "/v2/email/account/sending", "{}").status, 200);
  EXPECT_EQ(house.call("GET", "/v2/email/account").json.at("SendingEnabled"), false);
  EXPECT_EQ(send().error_type, "SendingPausedException");
  EXPECT_EQ(house.call("PUT", "/v2/email/account/sending", R"({"SendingEnabled":true})").status, 200);
  EXPECT_EQ(send().status, 200);
}

TEST_F(ConfigurationSets, TheAccountsReasonsAreShownAndSet) {
  const auto reasons = [&] {
    return house.call("GET", "/v2/email/account").json.at("SuppressionAttributes").at("SuppressedReasons");
  };
  EXPECT_EQ(reasons(), json::parse(R"(["BOUNCE","COMPLAINT"])"));
  EXPECT_EQ(house.call("PUT", "/v2/email/account/suppression", R"({"SuppressedReasons":["COMPLAINT"]})").status, 200);
  EXPECT_EQ(reasons(), json::parse(R"(["COMPLAINT"])"));
  EXPECT_EQ(house.call("PUT", "/v2/email/account/suppression", "{}").status, 200);
  EXPECT_EQ(reasons(), json::parse("[]"));
}

TEST(Account, QuotaIsThatOfTheConfiguration) {
  ApiHouse house({.per_day = 1, .per_second = 14.0});
  house.verified_domain("example.com");
  const char* body = R"({"FromEmailAddress":"a@example.com","Destination":{"ToAddresses":["b@example.net"]},
      "Content":{"Simple":{"Subject":{"Data":"x"},"Body":{"Text":{"Data":"x"}}}}})";
  EXPECT_EQ(house.call("POST", "/v2/email/outbound-emails", body).status, 200);
  EXPECT_EQ(house.call("GET", "/v2/email/account").json.at("SendQuota"),
            json::parse(R"({"Max24HourSend":1.0,"MaxSendRate":14.0,"SentLast24Hours":1.0})"));
  const auto refused = house.call("POST", "/v2/email/outbound-emails", body);
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.error_type, "TooManyRequestsException");
  EXPECT_EQ(refused.message(), "Daily message quota exceeded.");
}

}  // namespace
}  // namespace sesame::api
