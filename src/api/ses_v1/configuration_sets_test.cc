// Configuration sets, event destinations, the account's switch and statistics through SES API v1 (spec 4.1, 4.2, 7).
#include <gtest/gtest.h>

#include "api/ses_v1/testing/ses_v1_house.h"

namespace sesame::api {
namespace {

constexpr std::string_view letter =
    "Action=SendEmail&Source=ann%40example.com&Destination.ToAddresses.member.1=b%40example.net"
    "&Message.Subject.Data=Hi&Message.Body.Text.Data=Hello";

net::Task<submission::TopicCheck> any_topic(std::string, std::string) { co_return submission::TopicCheck::valid; }

class SesV1ConfigurationSets : public testing::Test {
 protected:
  V1Answer call(const std::string& action, const std::string& more = "") {
    return house.call("Action=" + action + more);
  }
  V1Answer create(const std::string& name = "set") {
    return call("CreateConfigurationSet", "&ConfigurationSet.Name=" + name);
  }
  V1Answer of_set(const std::string& action, const std::string& more = "") {
    return call(action, "&ConfigurationSetName=set" + more);
  }
  V1Answer describe() {
    return of_set("DescribeConfigurationSet",
                  "&ConfigurationSetAttributeNames.member.1=eventDestinations&ConfigurationSetAttributeNames.member.2="
                  "deliveryOptions&ConfigurationSetAttributeNames.member.3=reputationOptions");
  }
  static std::string refused(const V1Answer& answer) {
    EXPECT_EQ(answer.status, 400) << answer.body;
    return answer.code() + ": " + answer.message();
  }
  static constexpr const char* result = "DescribeConfigurationSetResponse.DescribeConfigurationSetResult.";

  SesV1House house;
};

TEST_F(SesV1ConfigurationSets, SetsAreMadeListedDescribedAndDeleted) {
  ASSERT_EQ(create().status, 200);
  create("other");
  EXPECT_EQ(refused(create()), "ConfigurationSetAlreadyExists: Configuration set <set> already exists.");
  EXPECT_EQ(create("a%20b").code(), "InvalidConfigurationSet");
  const V1Answer listed = call("ListConfigurationSets", "&MaxItems=1");
  EXPECT_EQ(listed.at("ListConfigurationSetsResponse.ListConfigurationSetsResult.ConfigurationSets.member.Name"),
            "other");
  const std::string token = listed.at("ListConfigurationSetsResponse.ListConfigurationSetsResult.NextToken");
  const V1Answer next = call("ListConfigurationSets", "&MaxItems=1&NextToken=" + token);
  EXPECT_EQ(next.at("ListConfigurationSetsResponse.ListConfigurationSetsResult.ConfigurationSets.member.Name"), "set");
  const V1Answer shown = describe();
  EXPECT_EQ(shown.at(result + std::string("ConfigurationSet.Name")), "set");
  EXPECT_EQ(shown.at(result + std::string("DeliveryOptions.TlsPolicy")), "Optional");
  EXPECT_EQ(shown.at(result + std::string("ReputationOptions.SendingEnabled")), "true");
  EXPECT_EQ(of_set("DeleteConfigurationSet").status, 200);
  EXPECT_EQ(refused(describe()), "ConfigurationSetDoesNotExist: Configuration set <set> does not exist.");
}

TEST_F(SesV1ConfigurationSets, OptionsAreSetOneByOne) {
  create();
  EXPECT_EQ(of_set("PutConfigurationSetDeliveryOptions", "&DeliveryOptions.TlsPolicy=Require").status, 200);
  EXPECT_EQ(of_set("UpdateConfigurationSetSendingEnabled", "&Enabled=false").status, 200);
  EXPECT_EQ(of_set("UpdateConfigurationSetReputationMetricsEnabled", "&Enabled=true").status, 200);
  const V1Answer shown = describe();
  EXPECT_EQ(shown.at(result + std::string("DeliveryOptions.TlsPolicy")), "Require");
  EXPECT_EQ(shown.at(result + std::string("ReputationOptions.SendingEnabled")), "false");
  EXPECT_EQ(shown.at(result + std::string("ReputationOptions.ReputationMetricsEnabled")), "true");
  EXPECT_EQ(of_set("UpdateConfigurationSetSendingEnabled").code(), "ValidationError");
  EXPECT_EQ(of_set("PutConfigurationSetDeliveryOptions", "&DeliveryOptions.TlsPolicy=maybe").code(), "ValidationError");
}

TEST_F(SesV1ConfigurationSets, TrackingOptionsAreARedirectDomainThatIsVerified) {
  const std::string domain = "&TrackingOptions.CustomRedirectDomain=links.example.com";
  EXPECT_EQ(of_set("DeleteConfigurationSetTrackingOptions").code(), "ConfigurationSetDoesNotExist");
  create();
  EXPECT_EQ(of_set("DeleteConfigurationSetTrackingOptions").code(), "TrackingOptionsDoesNotExistException");
  EXPECT_EQ(of_set("UpdateConfigurationSetTrackingOptions", domain).code(), "TrackingOptionsDoesNotExistException");
  EXPECT_EQ(refused(of_set("CreateConfigurationSetTrackingOptions", domain)),
            "InvalidTrackingOptions: CustomRedirectDomain <links.example.com> is not a verified domain.");
  EXPECT_EQ(of_set("CreateConfigurationSetTrackingOptions", "&TrackingOptions.CustomRedirectDomain=a%40b").code(),
            "InvalidTrackingOptions");
  house.verified_domain("example.com");
  EXPECT_EQ(of_set("CreateConfigurationSetTrackingOptions", domain).status, 200);
  EXPECT_EQ(of_set("CreateConfigurationSetTrackingOptions", domain).code(), "TrackingOptionsAlreadyExistsException");
  EXPECT_EQ(of_set("UpdateConfigurationSetTrackingOptions", "&TrackingOptions.CustomRedirectDomain=example.com").status,
            200);
  EXPECT_EQ(of_set("DescribeConfigurationSet", "&ConfigurationSetAttributeNames.member.1=trackingOptions")
                .at("DescribeConfigurationSetResponse.DescribeConfigurationSetResult.TrackingOptions."
                    "CustomRedirectDomain"),
            "example.com");
  EXPECT_EQ(of_set("DeleteConfigurationSetTrackingOptions").status, 200);
  EXPECT_EQ(of_set("DeleteConfigurationSetTrackingOptions").code(), "TrackingOptionsDoesNotExistException");
}

TEST_F(SesV1ConfigurationSets, DestinationsComeAndGo) {
  house.configuration().set_topic_validator(any_topic);
  create();
  const std::string destination =
      "&EventDestination.Name=d&EventDestination.Enabled=true&EventDestination.MatchingEventTypes.member.1=bounce"
      "&EventDestination.SNSDestination.TopicARN=arn%3Ax";
  ASSERT_EQ(of_set("CreateConfigurationSetEventDestination", destination).status, 200);
  EXPECT_EQ(of_set("CreateConfigurationSetEventDestination", destination).code(), "EventDestinationAlreadyExists");
  const std::string member = result + std::string("EventDestinations.member.");
  V1Answer shown = describe();
  EXPECT_EQ(shown.at(member + "Name"), "d");
  EXPECT_EQ(shown.at(member + "Enabled"), "true");
  EXPECT_EQ(shown.at(member + "MatchingEventTypes.member"), "bounce");
  EXPECT_EQ(shown.at(member + "SNSDestination.TopicARN"), "arn:x");
  const std::string changed =
      "&EventDestination.Name=d&EventDestination.MatchingEventTypes.member.1=renderingFailure"
      "&EventDestination.SNSDestination.TopicARN=arn%3Ay";
  EXPECT_EQ(of_set("UpdateConfigurationSetEventDestination", changed).status, 200);
  shown = describe();
  EXPECT_EQ(shown.at(member + "Enabled"), "false");
  EXPECT_EQ(shown.at(member + "SNSDestination.TopicARN"), "arn:y");
  EXPECT_EQ(of_set("DeleteConfigurationSetEventDestination", "&EventDestinationName=d").status, 200);
  EXPECT_EQ(refused(of_set("DeleteConfigurationSetEventDestination", "&EventDestinationName=d")),
            "EventDestinationDoesNotExist: No EventDestination found for set");
}

TEST_F(SesV1ConfigurationSets, OtherDestinationsAreRefusedByName) {
  create();
  const auto with = [&](const std::string& more) {
    return of_set("CreateConfigurationSetEventDestination",
                  "&EventDestination.Name=d&EventDestination.MatchingEventTypes.member.1=" + more);
  };
  EXPECT_EQ(refused(with("send&EventDestination.KinesisFirehoseDestination.IAMRoleARN=x")),
            "InvalidFirehoseDestination: KinesisFirehoseDestination is not supported.");
  EXPECT_EQ(
      refused(with("send&EventDestination.CloudWatchDestination.DimensionConfigurations.member.1.DimensionName=x")),
      "InvalidCloudWatchDestination: CloudWatchDestination is not supported.");
  EXPECT_EQ(refused(with("send&EventDestination.SNSDestination.TopicARN=arn%3Ax")),
            "InvalidSNSDestination: SNS topic <arn:x> not found.");
  EXPECT_EQ(with("lunch&EventDestination.SNSDestination.TopicARN=arn%3Ax").code(), "ValidationError");
}

TEST_F(SesV1ConfigurationSets, PausedSetsAndAccountsAreToldApart) {
  house.verified_domain("example.com");
  create();
  of_set("UpdateConfigurationSetSendingEnabled", "&Enabled=false");
  const std::string through_set = std::string(letter) + "&ConfigurationSetName=set";
  EXPECT_EQ(house.call(through_set).code(), "ConfigurationSetSendingPausedException");
  EXPECT_EQ(house.call(letter).status, 200);
  EXPECT_EQ(call("UpdateAccountSendingEnabled", "&Enabled=false").status, 200);
  EXPECT_EQ(
      call("GetAccountSendingEnabled").at("GetAccountSendingEnabledResponse.GetAccountSendingEnabledResult.Enabled"),
      "false");
  EXPECT_EQ(house.call(letter).code(), "AccountSendingPausedException");
  EXPECT_EQ(call("UpdateAccountSendingEnabled", "&Enabled=true").status, 200);
  EXPECT_EQ(house.call(letter).status, 200);
}

TEST_F(SesV1ConfigurationSets, StatisticsAreByQuarterOfAnHour) {
  house.verified_domain("example.com");
  const std::string point = "GetSendStatisticsResponse.GetSendStatisticsResult.SendDataPoints.member.";
  house.call(letter);
  house.call(letter);
  const V1Answer answer = call("GetSendStatistics");
  EXPECT_EQ(answer.at(point + "DeliveryAttempts"), "2");
  EXPECT_EQ(answer.at(point + "Bounces"), "0");
  EXPECT_EQ(answer.at(point + "Complaints"), "0");
  EXPECT_EQ(answer.at(point + "Rejects"), "0");
  EXPECT_TRUE(answer.at(point + "Timestamp").ends_with(":00Z"));
  house.clock.advance(std::chrono::days(15));
  EXPECT_EQ(call("GetSendStatistics").body.find("<member>"), std::string::npos);
}

TEST(SesV1Quota, IsToldAndEnforced) {
  SesV1House house({.per_day = 100, .per_second = 1.0});
  house.verified_domain("example.com");
  EXPECT_EQ(house.call(letter).status, 200);
  const V1Answer refused = house.call(letter);
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.code(), "Throttling");
  EXPECT_EQ(refused.message(), "Maximum sending rate exceeded.");
  const V1Answer quota = house.call("Action=GetSendQuota");
  EXPECT_EQ(quota.at("GetSendQuotaResponse.GetSendQuotaResult.Max24HourSend"), "100.0");
  EXPECT_EQ(quota.at("GetSendQuotaResponse.GetSendQuotaResult.MaxSendRate"), "1.0");
  EXPECT_EQ(quota.at("GetSendQuotaResponse.GetSendQuotaResult.SentLast24Hours"), "1.0");
}

}  // namespace
}  // namespace sesame::api
