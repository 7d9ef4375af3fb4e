#include "api/front.h"

#include <gtest/gtest.h>

#include "api/sigv4/sign.h"
#include "api/testing/api_house.h"
#include "base/digest.h"
#include "base/text.h"

namespace sesame::api {
namespace {

using namespace std::chrono_literals;

http::Request plain(std::string method, std::string target) {
  http::Request request;
  request.method = std::move(method);
  request.target = std::move(target);
  request.headers = {{"Host", "localhost:8025"}};
  request.remote = {*net::parse_ip("192.0.2.7"), 40000};
  return request;
}

// Answers with what it was handed.
class Mirror final : public Api {
 public:
  explicit Mirror(std::string name) : name_(std::move(name)) {}
  net::Task<http::Response> handle(Call call) override {
    last = std::move(call);
    if (throws) throw std::logic_error("a bug");
    co_return http::text_response(200, name_);
  }
  Call last;
  bool throws = false;

 private:
  std::string name_;
};

TEST(Front, HealthNeedsNoSignature) {
  ApiHouse house;
  EXPECT_EQ(house.send(plain("GET", "/healthz")).status, 200);
  EXPECT_EQ(house.send(plain("HEAD", "/healthz")).status, 200);
  EXPECT_EQ(house.send(plain("POST", "/healthz")).status, 405);
}

TEST(Front, ReadinessIsAsked) {
  ApiHouse house;
  EXPECT_EQ(house.send(plain("GET", "/readyz")).status, 200);
  house.ready = false;
  EXPECT_EQ(house.send(plain("GET", "/readyz")).status, 503);
}

TEST(Front, MetricsAreThoseGivenAndItsOwn) {
  ApiHouse house;
  house.send(plain("GET", "/v2/email/account"));
  const auto answer = house.send(plain("GET", "/metrics"));
  EXPECT_TRUE(answer.response.body.starts_with("house_gauge 1\n"));
  EXPECT_NE(answer.response.body.find("\nsesame_api_requests_total 2\n"), std::string::npos);
  EXPECT_NE(answer.response.body.find("\nsesame_api_not_authenticated_total 1\n"), std::string::npos);
}

TEST(Front, EveryAnswerCarriesItsOwnRequestId) {
  ApiHouse house;
  const auto first = house.send(plain("GET", "/healthz"));
  const auto second = house.send(plain("GET", "/v2/email/account"));
  const std::string id(first.response.headers.find("x-amzn-RequestId").value());
  EXPECT_EQ(id.size(), 36u);
  EXPECT_NE(id, second.response.headers.find("x-amzn-RequestId").value());
}

TEST(Front, AnUnsignedJsonRequestLacksItsToken) {
  ApiHouse house;
  const auto answer = house.send(plain("GET", "/v2/email/account"));
  EXPECT_EQ(answer.status, 403);
  EXPECT_EQ(answer.error_type, "MissingAuthenticationTokenException");
  EXPECT_EQ(answer.message(), "Request is missing Authentication Token");
}

TEST(Front, AnUnsignedQueryRequestIsRefusedInXml) {
  ApiHouse house;
  for (auto request : {plain("POST", "/"), plain("GET", "/?Action=ListIdentities")}) {
    const auto answer = house.send(request);
    EXPECT_EQ(answer.status, 403);
    EXPECT_NE(answer.response.body.find("<Code>MissingAuthenticationToken</Code>"), std::string::npos);
    const std::string id(answer.response.headers.find("x-amzn-RequestId").value());
    EXPECT_NE(answer.response.body.find("<RequestId>" + id + "</RequestId>"), std::string::npos);
  }
}

TEST(Front, AnUnknownKeyIsUnrecognized) {
  ApiHouse house;
  const auto answer = house.call("GET", "/v2/email/account", "", {"AKIDNOBODY", "secret", "us-east-1", "ses"});
  EXPECT_EQ(answer.status, 403);
  EXPECT_EQ(answer.error_type, "UnrecognizedClientException");
  const auto query = house.call("POST", "/", "Action=ListIdentities", {"AKIDNOBODY", "secret", "us-east-1", "ses"});
  EXPECT_NE(query.response.body.find("<Code>InvalidClientTokenId</Code>"), std::string::npos);
}

TEST(Front, AWrongSecretDoesNotMatch) {
  ApiHouse house;
  const auto answer = house.call("GET", "/v2/email/account", "", {"AKIDEXAMPLE", "guess", "us-east-1", "ses"});
  EXPECT_EQ(answer.status, 403);
  EXPECT_EQ(answer.error_type, "SignatureDoesNotMatch");
}

TEST(Front, AChangedBodyDoesNotMatch) {
  ApiHouse house;
  auto request = house.signed_request("PUT", "/v2/email/identities/example.com/mail-from", "{}");
  request.body = R"({"MailFromDomain":"evil.example"})";
  EXPECT_EQ(house.send(request).error_type, "SignatureDoesNotMatch");
}

TEST(Front, AnOldSignatureHasExpired) {
  ApiHouse house;
  const auto request = house.signed_request("GET", "/v2/email/account", "");
  house.clock.advance(6min);
  const auto answer = house.send(request);
  EXPECT_EQ(answer.status, 403);
  EXPECT_TRUE(answer.message().starts_with("Signature expired: "));
}

TEST(Front, TheQueryIsRoutedAsItWasSigned) {
  ApiHouse house;
  Mirror mirror("here");
  house.front->mount("/v2/mirror", mirror);
  EXPECT_EQ(house.call("GET", "/v2/mirror/a%40b%2Fc?x=1+2&y=%2B&x=3").status, 200);
  EXPECT_EQ(mirror.last.segments, (std::vector<std::string>{"v2", "mirror", "a@b/c"}));
  ASSERT_EQ(mirror.last.parameters.size(), 3u);
  EXPECT_EQ(mirror.last.parameters[0].value, "1 2");
  EXPECT_EQ(*find_parameter(mirror.last, "y"), "+");
  EXPECT_EQ(mirror.last.caller.account_id, ApiHouse::account);
  EXPECT_EQ(mirror.last.caller.source_ip, "192.0.2.7");
  EXPECT_EQ(mirror.last.caller.user_agent, "house");
}

TEST(Front, TheLongestPrefixAnswers) {
  ApiHouse house;
  Mirror sandbox("sandbox");
  house.front->mount("/v2/sesame/sandbox", sandbox);
  EXPECT_EQ(house.call("GET", "/v2/sesame/sandbox/inbox").response.body, "sandbox");
  EXPECT_EQ(house.call("GET", "/v2/sesame/messages").status, 200);
  EXPECT_EQ(house.call("GET", "/v2/sesame/sandboxes").error_type, "UnknownOperationException");
}

TEST(Front, ASegmentInBracesTakesAnyOne) {
  ApiHouse house;
  Mirror records("records");
  house.front->mount("/v2/sesame/identities/{identity}/records", records);
  EXPECT_EQ(house.call("GET", "/v2/sesame/identities/a%2Fb/records/preview").response.body, "records");
  EXPECT_EQ(records.last.segments.at(3), "a/b");
  EXPECT_EQ(house.call("GET", "/v2/sesame/identities//records").error_type, "UnknownOperationException");
  EXPECT_EQ(house.call("GET", "/v2/sesame/identities/a/diagnosis").error_type, "NotFoundException");
}

TEST(Front, QueryApisAreChosenByTheServiceOfTheScope) {
  ApiHouse house;
  Mirror ses("ses");
  Mirror sns("sns");
  house.front->mount_query("ses", ses);
  house.front->mount_query("sns", sns);
  const TestKey sns_key{.service = "sns"};
  EXPECT_EQ(house.call("POST", "/", "Action=ListIdentities&Note=a+b%26c").response.body, "ses");
  EXPECT_EQ(*find_parameter(ses.last, "Note"), "a b&c");
  EXPECT_TRUE(ses.last.body.empty());
  EXPECT_EQ(house.call("GET", "/?Action=ListIdentities").response.body, "ses");
  EXPECT_EQ(house.call("POST", "/", "Action=Publish", sns_key).response.body, "sns");
}

TEST(Front, APresignedGetIsAQueryRequest) {
  ApiHouse house;
  Mirror ses("ses");
  house.front->mount_query("ses", ses);
  const TestKey key;
  const sigv4::HttpFacts facts{"GET", "/?Action=ListIdentities", {{"Host", "localhost:8025"}}, ""};
  const auto target = sigv4::presign(facts, {key.access_key_id, Secret(key.secret), ""},
                                     {"us-east-1", "ses", house.clock.now(), true}, 60s);
  EXPECT_EQ(house.send(plain("GET", target.value())).response.body, "ses");
  EXPECT_EQ(*find_parameter(ses.last, "Action"), "ListIdentities");
}

TEST(Front, AJsonApiTakesNoSignatureForAnotherService) {
  ApiHouse house;
  EXPECT_EQ(house.call("GET", "/v2/email/account", "", {.service = "sns"}).error_type, "SignatureDoesNotMatch");
}

TEST(Front, AQueryServiceThatIsNotHereHasNoActions) {
  ApiHouse house;
  const auto answer = house.call("POST", "/", "Action=Publish", {.service = "sns"});
  EXPECT_EQ(answer.status, 400);
  EXPECT_NE(answer.response.body.find("<Code>InvalidAction</Code>"), std::string::npos);
  EXPECT_NE(answer.response.body.find("http://sns.amazonaws.com/doc/2010-03-31/"), std::string::npos);
}

TEST(Front, UnknownPathsAndMethodsAreUnknownOperations) {
  ApiHouse house;
  for (const auto& [method, target] :
       std::vector<std::pair<std::string, std::string>>{{"GET", "/nowhere"},
                                                        {"GET", "/v2"},
                                                        {"GET", "/v2/email"},
                                                        {"PATCH", "/v2/email/account"},
                                                        {"GET", "/v2/email/identities/"},
                                                        {"GET", "/v2/email/identities/a/b"},
                                                        {"POST", "/v3/email/identities"}}) {
    const auto answer = house.call(method, target);
    EXPECT_EQ(answer.status, 404) << target;
    EXPECT_EQ(answer.error_type, "UnknownOperationException") << target;
  }
}

TEST(Front, TargetsThatCannotBeReadAreRefused) {
  ApiHouse house;
  for (const char* target : {"/v2/%zz", "*", "/v2/a%00b"}) {
    EXPECT_EQ(house.send(plain("GET", target)).status, 400) << target;
  }
  const auto answer = house.call("GET", "/v2/email/identities/%ff");
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.error_type, "BadRequestException");
}

TEST(Front, ALargeBodyIsCheckedToo) {
  ApiHouse house;
  Mirror mirror("here");
  house.front->mount("/v2/mirror", mirror);
  auto request = house.signed_request("POST", "/v2/mirror", std::string(1'000'000, 'x'));
  EXPECT_EQ(house.send(request).status, 200);
  EXPECT_EQ(mirror.last.body.size(), 1'000'000u);
  request.body.back() = 'y';
  EXPECT_EQ(house.send(request).error_type, "SignatureDoesNotMatch");
}

TEST(Front, ABodyOverTheLimitIsRefusedInTheFormOfTheApiMeant) {
  ApiHouse house;
  const http::RefuseBody refuse = house.front->refuse_body();
  const http::Response json = refuse(plain("POST", "/v2/email/outbound-emails"), 413);
  EXPECT_EQ(json.status, 413);
  EXPECT_EQ(json.headers.find("x-amzn-ErrorType"), "RequestEntityTooLargeException");
  EXPECT_EQ(json.body, R"({"message":"The request body is larger than the service accepts."})");
  const http::Response xml = refuse(plain("POST", "/"), 413);
  EXPECT_EQ(xml.status, 413);
  EXPECT_NE(xml.body.find("<Code>RequestEntityTooLarge</Code>"), std::string::npos);
  EXPECT_TRUE(xml.headers.contains("x-amzn-RequestId"));
}

TEST(Front, ABodyWithoutRoomIsRefusedSoThatClientsTryAgain) {
  ApiHouse house;
  const http::RefuseBody refuse = house.front->refuse_body();
  const http::Response json = refuse(plain("POST", "/v2/email/outbound-emails"), 503);
  EXPECT_EQ(json.status, 503);
  EXPECT_EQ(json.headers.find("x-amzn-ErrorType"), "ServiceUnavailable");
  const http::Response xml = refuse(plain("POST", "/"), 503);
  EXPECT_EQ(xml.status, 503);
  EXPECT_NE(xml.body.find("<Code>ServiceUnavailable</Code>"), std::string::npos);
  EXPECT_EQ(house.front->counters().failures, 2u);
}

TEST(Front, ABugIsAnInternalFailureOfThatRequestOnly) {
  ApiHouse house;
  Mirror mirror("here");
  house.front->mount("/v2/mirror", mirror);
  mirror.throws = true;
  const auto answer = house.call("GET", "/v2/mirror");
  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(answer.error_type, "InternalServiceErrorException");
  EXPECT_EQ(answer.message().find("a bug"), std::string::npos);
  EXPECT_EQ(house.front->counters().failures, 1u);
}

struct MailedLink {
  explicit MailedLink(ApiHouse& house) {
    house.call("POST", "/v2/email/identities", R"({"EmailIdentity":"ann@example.com"})");
    const auto kept = house.loop.run(house.stores.stores.queue->content(house.queued().front().queue_id)).value();
    const std::string& content = *kept;
    const std::size_t at = content.find("/v/");
    target = content.substr(at, 3 + 64);
  }
  std::string target;
};

TEST(VerificationLink, VerifiesTheAddressOnce) {
  ApiHouse house;
  const MailedLink link(house);
  EXPECT_EQ(house.record("ann@example.com").verification, store::VerificationStatus::pending);
  const auto done = house.send(plain("POST", link.target));
  EXPECT_EQ(done.status, 200);
  EXPECT_NE(done.response.body.find("ann@example.com"), std::string::npos);
  EXPECT_EQ(house.record("ann@example.com").verification, store::VerificationStatus::success);
  const auto again = house.send(plain("POST", link.target));
  EXPECT_EQ(again.status, 404);
  EXPECT_NE(again.response.body.find("no longer valid"), std::string::npos);
}

TEST(VerificationLink, OpenedByAMailGatewayVerifiesNothing) {
  ApiHouse house;
  const MailedLink link(house);
  for (const char* method : {"HEAD", "GET", "GET"}) EXPECT_EQ(house.send(plain(method, link.target)).status, 200);
  EXPECT_EQ(house.record("ann@example.com").verification, store::VerificationStatus::pending);
  EXPECT_EQ(house.send(plain("POST", link.target)).status, 200) << "the token is still good";
}

TEST(VerificationLink, IsAPageWithAButtonAndNothingThatRuns) {
  ApiHouse house;
  const MailedLink link(house);
  const auto page = house.send(plain("GET", link.target));
  EXPECT_EQ(page.response.headers.find("Content-Type"), "text/html; charset=utf-8");
  EXPECT_EQ(page.response.headers.find("Content-Security-Policy"),
            "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'");
  EXPECT_EQ(page.response.headers.find("Cache-Control"), "no-store");
  EXPECT_NE(page.response.body.find("<form method=\"post\"><button>"), std::string::npos);
  EXPECT_EQ(page.response.body.find("ann@example.com"), std::string::npos)
      << "the address is not told to whoever looks";
}

TEST(VerificationLink, TellsTheMethodsItKnows) {
  ApiHouse house;
  const MailedLink link(house);
  const auto answer = house.send(plain("PUT", link.target));
  EXPECT_EQ(answer.status, 405);
  EXPECT_EQ(answer.response.headers.find("Allow"), "GET, HEAD, POST");
}

TEST(VerificationLink, IsGoodForADay) {
  ApiHouse house;
  const MailedLink link(house);
  house.clock.advance(24h + 1min);
  EXPECT_EQ(house.send(plain("POST", link.target)).status, 404);
}

}  // namespace
}  // namespace sesame::api
