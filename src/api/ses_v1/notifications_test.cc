#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/ses_v1/testing/ses_v1_house.h"

namespace sesame::api {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* attributes =
    "GetIdentityNotificationAttributesResponse.GetIdentityNotificationAttributesResult.NotificationAttributes";

V1Answer shown(SesV1House& house) {
  return house.call("Action=GetIdentityNotificationAttributes&Identities.member.1=example.com");
}

V1Answer set_topic(SesV1House& house, const std::string& kind, const std::string& arn) {
  return house.call("Action=SetIdentityNotificationTopic&Identity=example.com&NotificationType=" + kind +
                    (arn.empty() ? "" : "&SnsTopic=" + arn));
}

TEST(SesV1Notifications, WithoutTopicsNoneIsNamed) {
  SesV1House house;
  house.verified_domain("example.com");
  EXPECT_THAT(shown(house).names(std::string(attributes) + ".entry.value"),
              ElementsAre("ForwardingEnabled", "HeadersInBounceNotificationsEnabled",
                          "HeadersInComplaintNotificationsEnabled", "HeadersInDeliveryNotificationsEnabled"));
}

TEST(SesV1Notifications, TopicsAreSetShownAndTakenAway) {
  SesV1House house;
  house.verified_domain("example.com");
  const std::string arn = house.topic("one");
  EXPECT_EQ(set_topic(house, "Bounce", arn).status, 200);
  EXPECT_EQ(shown(house).entry(attributes, "example.com", "BounceTopic"), arn);
  EXPECT_EQ(shown(house).entry(attributes, "example.com", "ComplaintTopic"), "(absent)");
  EXPECT_EQ(set_topic(house, "Bounce", "").status, 200);
  EXPECT_EQ(shown(house).entry(attributes, "example.com", "BounceTopic"), "(absent)");
}

TEST(SesV1Notifications, UnknownTopicIdentityAndKindAreRefused) {
  SesV1House house;
  house.verified_domain("example.com");
  const std::string arn = house.topic("one");
  EXPECT_EQ(set_topic(house, "Bounce", arn + "x").code(), "InvalidParameterValue");
  EXPECT_EQ(set_topic(house, "Open", arn).code(), "ValidationError");
  const V1Answer nobody =
      house.call("Action=SetIdentityNotificationTopic&Identity=no.example&NotificationType=Bounce&SnsTopic=" + arn);
  EXPECT_EQ(nobody.code(), "InvalidParameterValue");
  EXPECT_EQ(nobody.message(), "Identity <no.example> does not exist.");
}

TEST(SesV1Notifications, HeadersAreSwitchedForEachKind) {
  SesV1House house;
  house.verified_domain("example.com");
  const auto set = house.call(
      "Action=SetIdentityHeadersInNotificationsEnabled&Identity=example.com&NotificationType=Complaint&Enabled=true");
  EXPECT_EQ(set.status, 200);
  EXPECT_EQ(shown(house).entry(attributes, "example.com", "HeadersInComplaintNotificationsEnabled"), "true");
  EXPECT_EQ(shown(house).entry(attributes, "example.com", "HeadersInBounceNotificationsEnabled"), "false");
}

TEST(SesV1Notifications, ForwardingIsSwitchedOffOnlyWhileTopicsTakeItsPlace) {
  SesV1House house;
  house.verified_domain("example.com");
  const std::string off = "Action=SetIdentityFeedbackForwardingEnabled&Identity=example.com&ForwardingEnabled=false";
  EXPECT_EQ(shown(house).entry(attributes, "example.com", "ForwardingEnabled"), "true");
  const V1Answer refused = house.call(off);
  EXPECT_EQ(refused.code(), "InvalidParameterValue");
  EXPECT_THAT(refused.message(), HasSubstr("both bounce and complaint"));
  const std::string arn = house.topic("one");
  set_topic(house, "Bounce", arn);
  EXPECT_EQ(house.call(off).code(), "InvalidParameterValue");
  set_topic(house, "Complaint", arn);
  EXPECT_EQ(house.call(off).status, 200);
  EXPECT_EQ(shown(house).entry(attributes, "example.com", "ForwardingEnabled"), "false");
  const V1Answer nobody =
      house.call("Action=SetIdentityFeedbackForwardingEnabled&Identity=no.example&ForwardingEnabled=false");
  EXPECT_EQ(nobody.message(), "Identity <no.example> does not exist.");
  EXPECT_EQ(house.call("Action=SetIdentityFeedbackForwardingEnabled&Identity=example.com&ForwardingEnabled=no").code(),
            "MalformedInput");
}

}  // namespace
}  // namespace sesame::api
