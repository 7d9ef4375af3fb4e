// Requests and answers of the identity operations, as clients see them.
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "api/testing/api_house.h"
#include "base/text.h"

namespace sesame::api {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

json::value parsed(std::string_view text) { return json::parse(text); }

void expect_error(const ApiAnswer& answer, int status, std::string_view type, std::string_view message) {
  EXPECT_EQ(answer.status, status);
  EXPECT_EQ(answer.error_type, type);
  EXPECT_EQ(answer.message(), message);
}

std::string identity(std::string_view name, std::string_view rest = "") {
  return "/v2/email/identities/" + percent_encode(name) + std::string(rest);
}

TEST(CreateEmailIdentity, ADomainGetsThreeTokensAndIsPending) {
  ApiHouse house;
  auto answer = house.call("POST", "/v2/email/identities", R"({"EmailIdentity":"Example.COM"})");
  ASSERT_EQ(answer.status, 200) << answer.response.body;
  json::object& dkim = answer.json.at("DkimAttributes").as_object();
  EXPECT_EQ(dkim.at("Tokens").as_array().size(), 3u);
  dkim["Tokens"] = json::array{"a", "b", "c"};
  EXPECT_EQ(answer.json, parsed(R"({
    "IdentityType": "DOMAIN",
    "VerifiedForSendingStatus": false,
    "DkimAttributes": {
      "SigningEnabled": true, "Status": "PENDING", "Tokens": ["a", "b", "c"],
      "SigningAttributesOrigin": "AWS_SES", "SigningHostedZone": "dkim.svc.example",
      "NextSigningKeyLength": "RSA_2048_BIT", "CurrentSigningKeyLength": "RSA_2048_BIT",
      "LastKeyGenerationTimestamp": 1767225600}})"));
}

TEST(CreateEmailIdentity, AnAddressIsMailedALinkAndHasNoDkim) {
  ApiHouse house;
  const auto answer = house.call("POST", "/v2/email/identities", R"({"EmailIdentity":"ann@example.com"})");
  EXPECT_EQ(answer.json, parsed(R"({"IdentityType": "EMAIL_ADDRESS", "VerifiedForSendingStatus": false,
      "DkimAttributes": {"SigningEnabled": false, "Status": "NOT_STARTED", "SigningAttributesOrigin": "AWS_SES"}})"));
  ASSERT_EQ(house.queued().size(), 1u);
  EXPECT_EQ(house.queued()[0].message.envelope.recipients, std::vector<std::string>{"ann@example.com"});
}

TEST(CreateEmailIdentity, KeyLengthAndTagsAreTaken) {
  ApiHouse house;
  const auto created = house.call("POST", "/v2/email/identities", R"({"EmailIdentity":"example.com",
      "DkimSigningAttributes":{"NextSigningKeyLength":"RSA_1024_BIT"},
      "Tags":[{"Key":"team","Value":"mail"},{"Key":"empty","Value":""}]})");
  ASSERT_EQ(created.status, 200) << created.response.body;
  EXPECT_EQ(created.json.at("DkimAttributes").at("CurrentSigningKeyLength"), "RSA_1024_BIT");
  EXPECT_EQ(house.call("GET", identity("example.com")).json.at("Tags"),
            parsed(R"([{"Key":"team","Value":"mail"},{"Key":"empty","Value":""}])"));
}

TEST(CreateEmailIdentity, ASecondOneOfThatNameIsRefused) {
  ApiHouse house;
  house.verified_domain("example.com");
  expect_error(house.call("POST", "/v2/email/identities", R"({"EmailIdentity":"EXAMPLE.com"})"), 400,
               "AlreadyExistsException", "Email identity example.com already exist.");
}

TEST(CreateEmailIdentity, AConfigurationSetThatDoesNotExistIsNotFound) {
  ApiHouse house;
  expect_error(
      house.call("POST", "/v2/email/identities", R"({"EmailIdentity":"example.com","ConfigurationSetName":"cs"})"), 404,
      "NotFoundException", "Configuration set <cs> does not exist.");
  EXPECT_EQ(house.call("GET", identity("example.com")).status, 404);
}

TEST(GetEmailIdentity, ShowsEverythingOfADomain) {
  ApiHouse house;
  house.verified_domain("example.com");
  auto answer = house.call("GET", identity("example.com"));
  ASSERT_EQ(answer.status, 200);
  answer.json.at("DkimAttributes").as_object()["Tokens"] = json::array();
  EXPECT_EQ(answer.json, parsed(R"({
    "IdentityType": "DOMAIN", "FeedbackForwardingStatus": true, "VerifiedForSendingStatus": true,
    "DkimAttributes": {
      "SigningEnabled": true, "Status": "SUCCESS", "Tokens": [],
      "SigningAttributesOrigin": "AWS_SES", "SigningHostedZone": "dkim.svc.example",
      "NextSigningKeyLength": "RSA_1024_BIT", "CurrentSigningKeyLength": "RSA_1024_BIT",
      "LastKeyGenerationTimestamp": 1767225600},
    "MailFromAttributes": {"BehaviorOnMxFailure": "USE_DEFAULT_VALUE"},
    "Policies": {}, "Tags": [], "VerificationStatus": "SUCCESS", "VerificationInfo": {}})"));
}

TEST(GetEmailIdentity, SaysWhatTheLastLookFound) {
  ApiHouse house;
  house.verified_domain("example.com");
  auto record = house.record("example.com");
  record.dkim->timer.last_checked = house.clock.now() + 500ms;
  record.dkim->timer.last_success = house.clock.now();
  record.dkim->timer.last_error = store::LookError::host_not_found;
  record.soa = store::SoaFacts{"ns1.example.com", "hostmaster.example.com", 7};
  house.put(record);
  EXPECT_EQ(house.call("GET", identity("example.com")).json.at("VerificationInfo"), parsed(R"({
    "LastCheckedTimestamp": 1767225600.5, "LastSuccessTimestamp": 1767225600, "ErrorType": "HOST_NOT_FOUND",
    "SOARecord": {"PrimaryNameServer": "ns1.example.com", "AdminEmail": "hostmaster.example.com", "SerialNumber": 7}})"));
}

TEST(GetEmailIdentity, AnAddressShowsTheDkimOfItsRegisteredDomain) {
  ApiHouse house;
  house.verified_domain("example.com");
  house.verified_address("ann@example.com");
  const auto domain = house.call("GET", identity("example.com"));
  const auto address = house.call("GET", identity("ann@example.com"));
  EXPECT_EQ(address.json.at("IdentityType"), "EMAIL_ADDRESS");
  EXPECT_EQ(address.json.at("DkimAttributes"), domain.json.at("DkimAttributes"));
  EXPECT_FALSE(address.json.as_object().contains("VerificationInfo"));
}

TEST(GetEmailIdentity, AnUnknownOneIsNotFound) {
  ApiHouse house;
  expect_error(house.call("GET", identity("nobody.example")), 404, "NotFoundException",
               "Email identity nobody.example does not exist.");
}

TEST(GetEmailIdentity, AnotherAccountsIdentityIsNotFound) {
  ApiHouse house;
  house.verified_domain("example.com");
  const auto answer = house.call("GET", identity("example.com"), "", ApiHouse::key_of_other_account());
  EXPECT_EQ(answer.error_type, "NotFoundException");
}

TEST(ListEmailIdentities, GoesPageByPage) {
  ApiHouse house;
  for (const char* name : {"c@example.com", "a@example.com", "b@example.com"}) house.verified_address(name);
  const auto first = house.call("GET", "/v2/email/identities?PageSize=2");
  ASSERT_EQ(first.json.at("EmailIdentities").as_array().size(), 2u);
  EXPECT_EQ(first.json.at("EmailIdentities").at(0), parsed(R"({"IdentityType": "EMAIL_ADDRESS",
      "IdentityName": "a@example.com", "SendingEnabled": true, "VerificationStatus": "SUCCESS"})"));
  const std::string token(first.json.at("NextToken").as_string());
  const auto second = house.call("GET", "/v2/email/identities?NextToken=" + token + "&PageSize=2");
  EXPECT_EQ(second.json.at("EmailIdentities").at(0).at("IdentityName"), "c@example.com");
  EXPECT_FALSE(second.json.as_object().contains("NextToken"));
}

TEST(ListEmailIdentities, ATokenThatWasTamperedWithIsInvalid) {
  ApiHouse house;
  for (const char* name : {"a@example.com", "b@example.com"}) house.verified_address(name);
  std::string token(house.call("GET", "/v2/email/identities?PageSize=1").json.at("NextToken").as_string());
  token.back() = token.back() == '0' ? '1' : '0';
  EXPECT_EQ(house.call("GET", "/v2/email/identities?NextToken=" + token).error_type, "InvalidNextTokenException");
  EXPECT_EQ(house.call("GET", "/v2/email/identities?NextToken=zz").error_type, "InvalidNextTokenException");
}

TEST(ListEmailIdentities, PageSizeIsANumberUpToAThousand) {
  ApiHouse house;
  EXPECT_EQ(house.call("GET", "/v2/email/identities?PageSize=x").error_type, "SerializationException");
  for (const char* size : {"1001", "-1"}) {
    const auto answer = house.call("GET", std::string("/v2/email/identities?PageSize=") + size);
    EXPECT_EQ(answer.error_type, "BadRequestException") << size;
    EXPECT_NE(answer.message().find("'pageSize'"), std::string::npos);
  }
  EXPECT_EQ(house.call("GET", "/v2/email/identities?PageSize=0").status, 200);
}

TEST(DeleteEmailIdentity, RemovesItOnce) {
  ApiHouse house;
  house.verified_domain("example.com");
  const auto answer = house.call("DELETE", identity("example.com"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.response.body, "{}");
  EXPECT_EQ(house.call("DELETE", identity("example.com")).error_type, "NotFoundException");
}

TEST(PutMailFromAttributes, SetsShowsAndClears) {
  ApiHouse house;
  house.verified_domain("example.com");
  const auto set = house.call("PUT", identity("example.com", "/mail-from"),
                              R"({"MailFromDomain":"Bounce.Example.com","BehaviorOnMxFailure":"REJECT_MESSAGE"})");
  EXPECT_EQ(set.status, 200) << set.response.body;
  EXPECT_EQ(set.response.body, "{}");
  EXPECT_EQ(house.call("GET", identity("example.com")).json.at("MailFromAttributes"),
            parsed(R"({"MailFromDomain":"bounce.example.com","MailFromDomainStatus":"PENDING",
                       "BehaviorOnMxFailure":"REJECT_MESSAGE"})"));
  for (const char* clearing : {R"({"MailFromDomain":""})", R"({"MailFromDomain":null})", "{}", ""}) {
    house.call("PUT", identity("example.com", "/mail-from"), R"({"MailFromDomain":"bounce.example.com"})");
    EXPECT_EQ(house.call("PUT", identity("example.com", "/mail-from"), clearing).status, 200) << clearing;
    EXPECT_EQ(house.call("GET", identity("example.com")).json.at("MailFromAttributes"),
              parsed(R"({"BehaviorOnMxFailure":"USE_DEFAULT_VALUE"})"))
        << clearing;
  }
}

TEST(PutMailFromAttributes, RefusesWhatIsNotBelowTheIdentity) {
  ApiHouse house;
  house.verified_domain("mail.example.com");
  for (const char* name : {"bounce.example.com", "mail.example.com", "example.com", "bounce.other.example"}) {
    expect_error(house.call("PUT", identity("mail.example.com", "/mail-from"),
                            json::serialize(json::object{{"MailFromDomain", name}})),
                 400, "BadRequestException",
                 std::string("Provided MAIL-FROM domain <") + name +
                     "> is not subdomain of the domain of the identity <mail.example.com>.");
  }
  EXPECT_FALSE(house.record("mail.example.com").mail_from.has_value());
}

TEST(PutMailFromAttributes, AnUnknownIdentityIsABadRequest) {
  ApiHouse house;
  expect_error(house.call("PUT", identity("example.com", "/mail-from"), R"({"MailFromDomain":"b.example.com"})"), 400,
               "BadRequestException", "Identity <example.com> does not exist.");
}

TEST(PutMailFromAttributes, AWrongBehaviourIsAnsweredWithTheWords) {
  ApiHouse house;
  house.verified_domain("example.com");
  expect_error(house.call("PUT", identity("example.com", "/mail-from"),
                          R"({"MailFromDomain":"b.example.com","BehaviorOnMxFailure":"DROP"})"),
               400, "BadRequestException",
               "1 validation error detected: Value at 'behaviorOnMxFailure' failed to satisfy constraint: Member must "
               "satisfy enum value set: [USE_DEFAULT_VALUE, REJECT_MESSAGE]");
  EXPECT_FALSE(house.record("example.com").mail_from.has_value());
}

TEST(PutFeedbackAttributes, SwitchesForwarding) {
  ApiHouse house;
  house.verified_domain("example.com");
  EXPECT_EQ(house.call("PUT", identity("example.com", "/feedback"), R"({"EmailForwardingEnabled":false})").status, 200);
  EXPECT_EQ(house.call("GET", identity("example.com")).json.at("FeedbackForwardingStatus"), false);
  EXPECT_EQ(house.call("PUT", identity("nobody.example", "/feedback"), "{}").error_type, "NotFoundException");
}

TEST(PutConfigurationSetAttributes, ClearsAndKnowsNoSet) {
  ApiHouse house;
  house.verified_domain("example.com");
  EXPECT_EQ(house.call("PUT", identity("example.com", "/configuration-set"), "{}").status, 200);
  expect_error(house.call("PUT", identity("example.com", "/configuration-set"), R"({"ConfigurationSetName":"cs"})"),
               404, "NotFoundException", "Configuration set <cs> does not exist.");
}

TEST(PutDkimAttributes, SwitchesSigning) {
  ApiHouse house;
  house.verified_domain("example.com");
  EXPECT_EQ(house.call("PUT", identity("example.com", "/dkim"), R"({"SigningEnabled":false})").status, 200);
  EXPECT_EQ(house.call("GET", identity("example.com")).json.at("DkimAttributes").at("SigningEnabled"), false);
}

TEST(PutDkimSigningAttributes, ANewKeyLengthMakesNewTokens) {
  ApiHouse house;
  house.verified_domain("example.com");  // 1024 bits
  const auto before = house.record("example.com").dkim->selectors;
  house.clock.advance(25h);
  // Where the SDKs send it.
  const auto answer = house.call(
      "PUT", "/v1/email/identities/example.com/dkim/signing",
      R"({"SigningAttributesOrigin":"AWS_SES","SigningAttributes":{"NextSigningKeyLength":"RSA_2048_BIT"}})");
  ASSERT_EQ(answer.status, 200) << answer.response.body;
  EXPECT_EQ(answer.json.at("DkimStatus"), "PENDING");
  ASSERT_EQ(answer.json.at("DkimTokens").as_array().size(), 3u);
  EXPECT_NE(answer.json.at("DkimTokens").at(0).as_string(), before[0]);
}

TEST(PutDkimSigningAttributes, AnOwnKeyShowsItsSelectorAndNoKeyLength) {
  ApiHouse house;
  house.verified_domain("example.com");
  SecureRandom random;
  const auto keys = identity::make_easy_dkim_keys({"", ""}, 1024, random, house.clock.now());
  const json::object own{{"DomainSigningSelector", "own1"},
                         {"DomainSigningPrivateKey", base64_encode(keys.keys[0].private_key.reveal())}};
  const auto answer =
      house.call("PUT", identity("example.com", "/dkim/signing"),
                 json::serialize(json::object{{"SigningAttributesOrigin", "EXTERNAL"}, {"SigningAttributes", own}}));
  EXPECT_EQ(answer.json, parsed(R"({"DkimStatus": "PENDING", "DkimTokens": ["own1"]})"));
  EXPECT_EQ(house.call("GET", identity("example.com")).json.at("DkimAttributes"),
            parsed(R"({"SigningEnabled": true, "Status": "PENDING", "Tokens": ["own1"],
                       "SigningAttributesOrigin": "EXTERNAL"})"));
  const auto created =
      house.call("POST", "/v2/email/identities",
                 json::serialize(json::object{{"EmailIdentity", "own.example"}, {"DkimSigningAttributes", own}}));
  EXPECT_EQ(created.json.at("DkimAttributes").at("SigningAttributesOrigin"), "EXTERNAL");
}

TEST(PutDkimSigningAttributes, AKeyAndAKeyLengthAtOnceAreRefused) {
  ApiHouse house;
  const auto answer = house.call("POST", "/v2/email/identities", R"({"EmailIdentity":"example.com",
      "DkimSigningAttributes":{"DomainSigningSelector":"s","DomainSigningPrivateKey":"eA==",
                               "NextSigningKeyLength":"RSA_2048_BIT"}})");
  EXPECT_EQ(answer.error_type, "BadRequestException");
  EXPECT_EQ(house.call("GET", identity("example.com")).status, 404);
}

TEST(PutDkimSigningAttributes, TheSameKeyLengthIsRefused) {
  ApiHouse house;
  house.verified_domain("example.com");
  const auto answer = house.call(
      "PUT", identity("example.com", "/dkim/signing"),
      R"({"SigningAttributesOrigin":"AWS_SES","SigningAttributes":{"NextSigningKeyLength":"RSA_1024_BIT"}})");
  EXPECT_EQ(answer.error_type, "BadRequestException");
}

TEST(PutDkimSigningAttributes, OriginAndAttributesMustAgree) {
  ApiHouse house;
  house.verified_domain("example.com");
  const std::string target = identity("example.com", "/dkim/signing");
  expect_error(house.call("PUT", target, "{}"), 400, "BadRequestException",
               "1 validation error detected: Value at 'signingAttributesOrigin' failed to satisfy constraint: Member "
               "must not be null");
  expect_error(house.call("PUT", target, R"({"SigningAttributesOrigin":"EXTERNAL"})"), 400, "BadRequestException",
               "1 validation error detected: Value at 'signingAttributes' failed to satisfy constraint: Member must "
               "not be null");
  for (const char* body :
       {R"({"SigningAttributesOrigin":"EXTERNAL","SigningAttributes":{}})",
        R"({"SigningAttributesOrigin":"EXTERNAL","SigningAttributes":{"DomainSigningSelector":"s"}})",
        R"({"SigningAttributesOrigin":"EXTERNAL","SigningAttributes":{"DomainSigningSelector":"s",
            "DomainSigningPrivateKey":"bm8gY29pbg=="}})",
        R"({"SigningAttributesOrigin":"AWS_SES","SigningAttributes":{"DomainSigningSelector":"s",
            "DomainSigningPrivateKey":"bm8gY29pbg=="}})",
        R"({"SigningAttributesOrigin":"ELSEWHERE"})"}) {
    EXPECT_EQ(house.call("PUT", target, body).error_type, "BadRequestException") << body;
  }
  EXPECT_EQ(house.record("example.com").dkim->status, store::VerificationStatus::success);
}

TEST(GetAccount, CountsWhatWasSentInADay) {
  ApiHouse house;
  house.verified_address("ann@example.com");  // one mail with a link, which is the service's own
  EXPECT_EQ(house
                .call("POST", "/v2/email/outbound-emails", R"({"FromEmailAddress": "ann@example.com",
    "Destination": {"ToAddresses": ["bob@example.net"]},
    "Content": {"Simple": {"Subject": {"Data": "Hi"}, "Body": {"Text": {"Data": "x"}}}}})")
                .status,
            200);
  EXPECT_EQ(house.call("GET", "/v2/email/account").json, parsed(R"({
    "DedicatedIpAutoWarmupEnabled": true, "EnforcementStatus": "HEALTHY", "ProductionAccessEnabled": true,
    "SendingEnabled": true,
    "SendQuota": {"Max24HourSend": -1.0, "MaxSendRate": -1.0, "SentLast24Hours": 1.0},
    "SuppressionAttributes": {"SuppressedReasons": ["BOUNCE", "COMPLAINT"]}})"));
}

}  // namespace
}  // namespace sesame::api
