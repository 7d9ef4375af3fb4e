// The MAIL FROM domain through SES API v1 (spec 2.1, 2.3, 2.4, 2.6).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/ses_v1/testing/ses_v1_house.h"

namespace sesame::api {
namespace {

using testing::ElementsAre;

std::string refusal(const V1Answer& answer) {
  return std::to_string(answer.status) + " " + answer.code() + ": " + answer.message();
}

class SesV1MailFrom : public testing::Test {
 protected:
  SesV1MailFrom() { house.verified_domain("example.com"); }

  V1Answer set(const std::string& parameters) {
    return house.call("Action=SetIdentityMailFromDomain&Identity=example.com" + parameters);
  }
  V1Answer get(const std::string& identity = "example.com") {
    return house.call("Action=GetIdentityMailFromDomainAttributes&Identities.member.1=" + identity);
  }
  std::string shown(std::string_view member) { return get().entry(map, "example.com", member); }
  void become(store::MailFromStatus status) {
    store::IdentityRecord identity = house.record("example.com");
    identity.mail_from->status = status;
    house.put(std::move(identity));
  }
  V1Answer send() {
    return house.call(
        "Action=SendEmail&Source=ann%40example.com&Destination.ToAddresses.member.1=b%40example.net"
        "&Message.Subject.Data=Hi&Message.Body.Text.Data=Hello");
  }
  std::string return_path_domain() {
    const std::string path = house.queued().front().message.envelope.reverse_path;
    return path.substr(path.find('@') + 1);
  }

  static constexpr std::string_view map =
      "GetIdentityMailFromDomainAttributesResponse.GetIdentityMailFromDomainAttributesResult.MailFromDomainAttributes";
  SesV1House house;
};

TEST_F(SesV1MailFrom, AttributesAreTheDocumentOfSes) {
  ASSERT_EQ(set("&MailFromDomain=bounce.example.com&BehaviorOnMXFailure=RejectMessage").status, 200);
  EXPECT_EQ(get().body,
            "<GetIdentityMailFromDomainAttributesResponse xmlns=\"http://ses.amazonaws.com/doc/2010-12-01/\">\n"
            "  <GetIdentityMailFromDomainAttributesResult>\n"
            "    <MailFromDomainAttributes>\n"
            "      <entry>\n"
            "        <key>example.com</key>\n"
            "        <value>\n"
            "          <MailFromDomain>bounce.example.com</MailFromDomain>\n"
            "          <MailFromDomainStatus>Pending</MailFromDomainStatus>\n"
            "          <BehaviorOnMXFailure>RejectMessage</BehaviorOnMXFailure>\n"
            "        </value>\n"
            "      </entry>\n"
            "    </MailFromDomainAttributes>\n"
            "  </GetIdentityMailFromDomainAttributesResult>\n"
            "  <ResponseMetadata>\n"
            "    <RequestId>11111111-2222-4333-8444-555555555555</RequestId>\n"
            "  </ResponseMetadata>\n"
            "</GetIdentityMailFromDomainAttributesResponse>\n");
}

TEST_F(SesV1MailFrom, IdentityWithoutOneShowsTheBehaviourAlone) {
  EXPECT_THAT(get().names(std::string(map) + ".entry.value"), ElementsAre("BehaviorOnMXFailure"));
  EXPECT_EQ(shown("BehaviorOnMXFailure"), "UseDefaultValue");
}

TEST_F(SesV1MailFrom, UnknownIdentityHasNoEntry) {
  const V1Answer answer = get("no.example");
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.names(map), testing::IsEmpty());
}

TEST_F(SesV1MailFrom, StatesHaveTheWordsOfSes) {
  set("&MailFromDomain=bounce.example.com");
  const std::pair<store::MailFromStatus, const char*> words[] = {
      {store::MailFromStatus::pending, "Pending"},
      {store::MailFromStatus::success, "Success"},
      {store::MailFromStatus::failed, "Failed"},
      {store::MailFromStatus::temporary_failure, "TemporaryFailure"}};
  for (const auto& [status, word] : words) {
    become(status);
    EXPECT_EQ(shown("MailFromDomainStatus"), word);
  }
}

TEST_F(SesV1MailFrom, LeavingTheDomainOutOrEmptyClearsIt) {
  for (const char* cleared : {"", "&MailFromDomain="}) {
    set("&MailFromDomain=bounce.example.com&BehaviorOnMXFailure=RejectMessage");
    ASSERT_EQ(set(cleared).status, 200);
    EXPECT_EQ(shown("MailFromDomain"), "(absent)");
    EXPECT_EQ(shown("MailFromDomainStatus"), "(absent)");
    EXPECT_EQ(shown("BehaviorOnMXFailure"), "UseDefaultValue");
  }
}

TEST_F(SesV1MailFrom, DomainMustLieBelowTheIdentitys) {
  for (const char* domain : {"example.com", "bounce.example.net", "badexample.com", "com"}) {
    const V1Answer answer = set(std::string("&MailFromDomain=") + domain);
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.code(), "InvalidParameterValue");
    EXPECT_FALSE(house.record("example.com").mail_from);
  }
  EXPECT_EQ(refusal(set("&MailFromDomain=bounce.example.net")),
            "400 InvalidParameterValue: Provided MAIL-FROM domain <bounce.example.net> is not subdomain of the domain "
            "of the identity <example.com>.");
}

TEST_F(SesV1MailFrom, NameThatIsNoneIsRefused) {
  EXPECT_EQ(refusal(set("&MailFromDomain=a..example.com")),
            "400 InvalidParameterValue: Invalid MAIL-FROM domain name <a..example.com>.");
}

TEST_F(SesV1MailFrom, UnknownIdentityIsRefused) {
  EXPECT_EQ(refusal(house.call("Action=SetIdentityMailFromDomain&Identity=no.example&MailFromDomain=a.no.example")),
            "400 InvalidParameterValue: Identity <no.example> does not exist.");
}

TEST_F(SesV1MailFrom, BadEnumAndMissingIdentityAreValidationErrors) {
  EXPECT_EQ(refusal(set("&MailFromDomain=bounce.example.com&BehaviorOnMXFailure=REJECT_MESSAGE")),
            "400 ValidationError: 1 validation error detected: Value at 'behaviorOnMXFailure' failed to satisfy "
            "constraint: Member must satisfy enum value set: [UseDefaultValue, RejectMessage]");
  EXPECT_EQ(refusal(house.call("Action=SetIdentityMailFromDomain&MailFromDomain=bounce.example.com")),
            "400 ValidationError: 1 validation error detected: Value null at 'identity' failed to satisfy constraint: "
            "Member must not be null");
  EXPECT_FALSE(house.record("example.com").mail_from);
}

TEST_F(SesV1MailFrom, ConfirmedDomainIsTheReturnPathsDomain) {
  set("&MailFromDomain=bounce.example.com");
  become(store::MailFromStatus::success);
  ASSERT_EQ(send().status, 200);
  EXPECT_EQ(return_path_domain(), "bounce.example.com");
}

TEST_F(SesV1MailFrom, UnconfirmedDomainFallsBackWhenToldSo) {
  set("&MailFromDomain=bounce.example.com&BehaviorOnMXFailure=UseDefaultValue");
  ASSERT_EQ(send().status, 200);
  EXPECT_EQ(return_path_domain(), "svc.example");
}

TEST_F(SesV1MailFrom, UnconfirmedDomainRefusesTheMessageWhenToldSo) {
  set("&MailFromDomain=bounce.example.com&BehaviorOnMXFailure=RejectMessage");
  for (const auto status :
       {store::MailFromStatus::pending, store::MailFromStatus::failed, store::MailFromStatus::temporary_failure}) {
    become(status);
    const V1Answer answer = send();
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.code(), "MailFromDomainNotVerifiedException");
  }
  EXPECT_TRUE(house.queued().empty());
}

}  // namespace
}  // namespace sesame::api
