// Identities through SES API v1 (spec 1, 2.1, 2.6).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/ses_v1/testing/ses_v1_house.h"
#include "base/text.h"

namespace sesame::api {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* stranger = "000000000002";

std::string result(std::string_view action, std::string_view member = "") {
  std::string path = std::string(action) + "Response." + std::string(action) + "Result";
  if (!member.empty()) path.append(".").append(member);
  return path;
}

std::string refusal(const V1Answer& answer) {
  return std::to_string(answer.status) + " " + answer.code() + ": " + answer.message();
}

TEST(SesV1Identities, DomainTokenIsTheSameEachTime) {
  SesV1House house;
  const std::string path = result("VerifyDomainIdentity", "VerificationToken");
  const std::string token = house.call("Action=VerifyDomainIdentity&Domain=Example.COM").at(path);
  EXPECT_EQ(base64_decode(token).value().size(), 32u);
  EXPECT_EQ(house.call("Action=VerifyDomainIdentity&Domain=example.com").at(path), token);
  const V1Answer attributes = house.call(
      "Action=GetIdentityVerificationAttributes&Identities.member.1=example.com&Identities.member.2=no.example");
  const std::string map = result("GetIdentityVerificationAttributes", "VerificationAttributes");
  EXPECT_EQ(attributes.entry(map, "example.com", "VerificationStatus"), "Pending");
  EXPECT_EQ(attributes.entry(map, "example.com", "VerificationToken"), token);
  EXPECT_EQ(attributes.entry(map, "no.example", "VerificationStatus"), "(no entry)");
}

TEST(SesV1Identities, DkimTokensAreShownWithTheirState) {
  SesV1House house;
  const auto tokens =
      house.call("Action=VerifyDomainDkim&Domain=example.com").members(result("VerifyDomainDkim", "DkimTokens"));
  EXPECT_EQ(tokens.size(), 3u);
  house.verified_address("ann@example.com");
  house.verified_address("bob@example.net");
  const V1Answer answer = house.call(
      "Action=GetIdentityDkimAttributes&Identities.member.1=example.com&Identities.member.2=ann%40example.com"
      "&Identities.member.3=bob%40example.net&Identities.member.4=no.example");
  const std::string map = result("GetIdentityDkimAttributes", "DkimAttributes");
  for (const char* identity : {"example.com", "ann@example.com"}) {  // an address shows its domain's (spec 1.4)
    EXPECT_EQ(answer.entry(map, identity, "DkimEnabled"), "true");
    EXPECT_EQ(answer.entry(map, identity, "DkimVerificationStatus"), "Pending");
    EXPECT_EQ(answer.entry(map, identity, "DkimTokens.member"), tokens.front());
  }
  EXPECT_EQ(answer.entry(map, "bob@example.net", "DkimEnabled"), "false");
  EXPECT_EQ(answer.entry(map, "bob@example.net", "DkimVerificationStatus"), "NotStarted");
  EXPECT_EQ(answer.entry(map, "bob@example.net", "DkimTokens"), "(absent)");
  EXPECT_EQ(answer.entry(map, "no.example", "DkimEnabled"), "(no entry)");
}

TEST(SesV1Identities, DkimIsSwitchedOffAndOn) {
  SesV1House house;
  house.verified_domain("example.com");
  ASSERT_EQ(house.call("Action=SetIdentityDkimEnabled&Identity=example.com&DkimEnabled=false").status, 200);
  EXPECT_FALSE(house.record("example.com").dkim->signing_enabled);
  ASSERT_EQ(house.call("Action=SetIdentityDkimEnabled&Identity=example.com&DkimEnabled=true").status, 200);
  EXPECT_TRUE(house.record("example.com").dkim->signing_enabled);
  EXPECT_EQ(refusal(house.call("Action=SetIdentityDkimEnabled&Identity=no.example&DkimEnabled=true")),
            "400 InvalidParameterValue: Domain no.example is not verified for DKIM signing.");
}

TEST(SesV1Identities, AddressIsVerifiedByMail) {
  for (const char* action : {"VerifyEmailIdentity", "VerifyEmailAddress"}) {
    SesV1House house;
    ASSERT_EQ(house.call(std::string("Action=") + action + "&EmailAddress=ann%40example.com").status, 200);
    EXPECT_EQ(house.record("ann@example.com").verification, store::VerificationStatus::pending);
    ASSERT_EQ(house.queued().size(), 1u);
    EXPECT_THAT(house.queued().front().message.envelope.recipients, ElementsAre("ann@example.com"));
  }
}

TEST(SesV1Identities, NamesThatAreNoneAreRefused) {
  SesV1House house;
  EXPECT_EQ(refusal(house.call("Action=VerifyDomainIdentity&Domain=example")),
            "400 InvalidParameterValue: Invalid domain name example.");
  EXPECT_EQ(refusal(house.call("Action=VerifyDomainDkim&Domain=a..b")),
            "400 InvalidParameterValue: Invalid domain name a..b.");
  EXPECT_EQ(refusal(house.call("Action=VerifyEmailIdentity&EmailAddress=example.com")),
            "400 InvalidParameterValue: Invalid email address<example.com>.");
  EXPECT_EQ(house.call("Action=VerifyEmailAddress").code(), "ValidationError");
}

TEST(SesV1Identities, DeletingIsIdempotent) {
  SesV1House house;
  house.verified_domain("example.com");
  house.verified_address("ann@example.com");
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(house.call("Action=DeleteIdentity&Identity=EXAMPLE.com").status, 200);
    EXPECT_EQ(house.call("Action=DeleteVerifiedEmailAddress&EmailAddress=ann%40example.com").status, 200);
  }
  EXPECT_THAT(house.call("Action=ListIdentities").members(result("ListIdentities", "Identities")), IsEmpty());
}

TEST(SesV1Identities, DomainCannotBeDeletedAsAnAddress) {
  SesV1House house;
  house.verified_domain("example.com");
  EXPECT_EQ(refusal(house.call("Action=DeleteVerifiedEmailAddress&EmailAddress=example.com")),
            "400 InvalidParameterValue: Invalid email address<example.com>.");
  EXPECT_EQ(house.record("example.com").name, "example.com");
}

TEST(SesV1Identities, ListIsPagedAndFiltered) {
  SesV1House house;
  for (const char* domain : {"a.example", "b.example"})
    house.call(std::string("Action=VerifyDomainIdentity&Domain=") + domain);
  house.call("Action=VerifyEmailIdentity&EmailAddress=ann%40example.com");
  const std::string list = result("ListIdentities", "Identities");
  const std::string next = result("ListIdentities", "NextToken");
  EXPECT_THAT(house.call("Action=ListIdentities").members(list),
              ElementsAre("a.example", "ann@example.com", "b.example"));
  EXPECT_EQ(house.call("Action=ListIdentities").at(next), "(absent)");
  EXPECT_THAT(house.call("Action=ListIdentities&IdentityType=EmailAddress").members(list),
              ElementsAre("ann@example.com"));

  const std::string page = "Action=ListIdentities&IdentityType=Domain&MaxItems=1&NextToken=";
  const V1Answer first = house.call(page);
  EXPECT_THAT(first.members(list), ElementsAre("a.example"));
  const V1Answer second = house.call(page + first.at(next));
  EXPECT_THAT(second.members(list), ElementsAre("b.example"));
  EXPECT_EQ(second.at(next), "(absent)");
  EXPECT_THAT(house.call("Action=ListIdentities", stranger).members(list), IsEmpty());
}

TEST(SesV1Identities, TokenOfAnotherListIsRefused) {
  SesV1House house;
  for (const char* domain : {"a.example", "b.example"})
    house.call(std::string("Action=VerifyDomainIdentity&Domain=") + domain);
  const std::string token = house.call("Action=ListIdentities&MaxItems=1").at(result("ListIdentities", "NextToken"));
  const std::string refused = "400 InvalidParameterValue: NextToken is not valid for this list.";
  EXPECT_EQ(refusal(house.call("Action=ListIdentities&IdentityType=Domain&NextToken=" + token)), refused);
  EXPECT_EQ(refusal(house.call("Action=ListIdentities&NextToken=" + token, stranger)), refused);
  EXPECT_EQ(refusal(house.call("Action=ListIdentities&NextToken=" + token + "00")), refused);
}

TEST(SesV1Identities, ListRefusesBadFilters) {
  SesV1House house;
  EXPECT_EQ(refusal(house.call("Action=ListIdentities&IdentityType=ManagedDomain")),
            "400 ValidationError: 1 validation error detected: Value at 'identityType' failed to satisfy constraint: "
            "Member must satisfy enum value set: [EmailAddress, Domain]");
  EXPECT_EQ(house.call("Action=ListIdentities&MaxItems=0").code(), "ValidationError");
  EXPECT_EQ(house.call("Action=ListIdentities&MaxItems=1001").code(), "ValidationError");
  EXPECT_EQ(house.call("Action=ListIdentities&MaxItems=all").code(), "MalformedInput");
}

TEST(SesV1Identities, VerifiedAddressesLeaveOutDomainsAndPendingOnes) {
  SesV1House house;
  house.verified_domain("example.com");
  house.verified_address("ann@example.com");
  house.call("Action=VerifyEmailIdentity&EmailAddress=bob%40example.com");
  EXPECT_THAT(house.call("Action=ListVerifiedEmailAddresses")
                  .members(result("ListVerifiedEmailAddresses", "VerifiedEmailAddresses")),
              ElementsAre("ann@example.com"));
}

TEST(SesV1Identities, AttributesAreAskedOfAtMostAHundred) {
  SesV1House house;
  std::string form;
  for (int i = 1; i <= 101; ++i) form += "&Identities.member." + std::to_string(i) + "=a.example";
  for (const char* action : {"GetIdentityVerificationAttributes", "GetIdentityDkimAttributes",
                             "GetIdentityMailFromDomainAttributes", "GetIdentityNotificationAttributes"}) {
    EXPECT_EQ(refusal(house.call(std::string("Action=") + action + form)),
              "400 ValidationError: 1 validation error detected: Value at 'identities' failed to satisfy constraint: "
              "Member must have length less than or equal to 100");
    EXPECT_EQ(refusal(house.call(std::string("Action=") + action)),
              "400 ValidationError: 1 validation error detected: Value null at 'identities' failed to satisfy "
              "constraint: Member must not be null");
    EXPECT_EQ(house.call(std::string("Action=") + action + "&Identities=").status, 200);
  }
}

TEST(SesV1Identities, IdentityAskedForTwiceHasOneEntry) {
  SesV1House house;
  house.verified_domain("example.com");
  const V1Answer answer = house.call(
      "Action=GetIdentityVerificationAttributes&Identities.member.1=example.com&Identities.member.2=example.com");
  EXPECT_THAT(answer.names(result("GetIdentityVerificationAttributes", "VerificationAttributes")),
              ElementsAre("entry"));
}

}  // namespace
}  // namespace sesame::api
