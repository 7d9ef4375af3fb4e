#include "api/sigv4/verify.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <stdexcept>

#include "api/sigv4/authorization.h"
#include "api/sigv4/sign.h"
#include "api/sigv4/testing/http_text.h"
#include "base/digest.h"
#include "base/time_text.h"

namespace sesame::sigv4 {
namespace {

using namespace std::chrono_literals;
using testing::HttpText;
using enum AuthFailureKind;

const Time test_now = from_unix_ms(1440938160000);  // 20150830T123600Z
constexpr std::string_view test_secret_text = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const Secret test_secret{std::string(test_secret_text)};

SigningCredentials credentials(std::string token = {}) {
  return {"AKIDEXAMPLE", Secret(std::string(test_secret_text)), std::move(token)};
}

HttpText plain_request() {
  return {"POST", "/v2/email/identities?x=1", {{"Host", "localhost:8080"}, {"Content-Type", "application/json"}}, "{}"};
}

HttpText signed_request(HttpText request = plain_request(), std::string service = "ses", Time at = test_now) {
  const auto added = sign(request.facts(), credentials(), {"eu-west-1", std::move(service), at});
  for (const OwnedHeader& header : added.value()) request.headers.emplace_back(header.name, header.value);
  return request;
}

HttpText presigned_request(std::chrono::seconds lifetime = 60s, std::string token = {}) {
  HttpText request{"GET", "/?Action=ListIdentities", {{"Host", "localhost"}}, ""};
  request.target =
      presign(request.facts(), credentials(std::move(token)), {"eu-west-1", "ses", test_now}, lifetime).value();
  return request;
}

std::string& header(HttpText& request, std::string_view name) {
  for (auto& [key, value] : request.headers) {
    if (key == name) return value;
  }
  throw std::logic_error("the request has no such header");
}

void replace(std::string& text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  ASSERT_NE(at, std::string::npos) << from;
  text.replace(at, from.size(), to);
}

std::optional<AuthFailure> failure(const HttpText& request, Time now = test_now, const VerifyOptions& options = {}) {
  const auto parsed = parse_authorization(request.facts(), options);
  if (!parsed) return parsed.error();
  const auto verdict = verify(*parsed, test_secret, now);
  if (!verdict) return verdict.error();
  return std::nullopt;
}

std::optional<AuthFailureKind> kind(const HttpText& request, Time now = test_now, const VerifyOptions& options = {}) {
  const auto found = failure(request, now, options);
  return found ? std::optional(found->kind) : std::nullopt;
}

std::string text(const HttpText& request, Time now = test_now, const VerifyOptions& options = {}) {
  const auto found = failure(request, now, options);
  return found ? message_of(*found) : "accepted";
}

TEST(Verify, AcceptsBothFormsAndBothServices) {
  EXPECT_EQ(text(signed_request()), "accepted");
  EXPECT_EQ(text(signed_request(plain_request(), "sns")), "accepted");
  EXPECT_EQ(text(presigned_request()), "accepted");
}

TEST(Verify, WorksAfterTheRequestIsGone) {
  auto request = std::make_unique<HttpText>(signed_request());
  const auto parsed = parse_authorization(request->facts(), {});
  request.reset();
  EXPECT_TRUE(verify(parsed.value(), test_secret, test_now));
}

TEST(Verify, RequestWithoutAnySignatureIsMissing) {
  EXPECT_EQ(kind(plain_request()), missing);
  EXPECT_EQ(kind({"GET", "/", {}, ""}), missing);
}

TEST(Verify, WrongSecretSaysWhatAwsSays) {
  const auto parsed = parse_authorization(signed_request().facts(), {});
  const auto verdict = verify(parsed.value(), Secret("other"), test_now);
  EXPECT_EQ(verdict.error().kind, signature_mismatch);
  EXPECT_EQ(message_of(verdict.error()),
            "The request signature we calculated does not match the signature you provided. Check your AWS Secret "
            "Access Key and signing method. Consult the service documentation for details.");
}

TEST(Verify, ClockMayBeFiveMinutesOffEitherWayAndNoMore) {
  const HttpText request = signed_request();
  EXPECT_EQ(text(request, test_now + 5min), "accepted");
  EXPECT_EQ(text(request, test_now - 5min), "accepted");
  EXPECT_EQ(text(request, test_now + 5min + 1s),
            "Signature expired: 20150830T123600Z is now earlier than 20150830T123601Z (20150830T124101Z - 5 min.)");
  EXPECT_EQ(text(request, test_now - 5min - 1s),
            "Signature not yet current: 20150830T123600Z is still later than 20150830T123559Z (20150830T123059Z + 5 "
            "min.)");
}

TEST(Verify, PresignedLifetimeIsExact) {
  EXPECT_EQ(kind(presigned_request(60s), test_now + 60s), std::nullopt);
  EXPECT_EQ(kind(presigned_request(60s), test_now + 61s), expired);
  EXPECT_EQ(kind(presigned_request(604800s), test_now + 604800s), std::nullopt);
  EXPECT_EQ(kind(presigned_request(60s), test_now - 5min - 1s), not_yet_current);
}

TEST(Verify, PresignedLifetimeOutOfRangeIsMalformed) {
  for (const char* bad : {"0", "604801", "-1", "", "1e3", "99999999999999999999"}) {
    HttpText request = presigned_request(60s);
    replace(request.target, "X-Amz-Expires=60", std::string("X-Amz-Expires=") + bad);
    EXPECT_EQ(kind(request), malformed) << bad;
  }
}

TEST(Verify, PresignedIsForGetOnly) {
  HttpText request = presigned_request();
  request.method = "POST";
  EXPECT_EQ(text(request), "A presigned request must be a GET.");
}

TEST(Verify, PresignedNamesEverythingThatIsAbsent) {
  HttpText request = presigned_request();
  replace(request.target, "X-Amz-Date", "x-amz-date");
  replace(request.target, "X-Amz-Expires", "x-amz-expires");
  EXPECT_EQ(text(request),
            "AWS query-string parameters must include 'X-Amz-Date'. AWS query-string parameters must include "
            "'X-Amz-Expires'. Re-examine the query-string parameters.");
}

TEST(Verify, RepeatedPresignedParameterIsMalformed) {
  for (const char* name : {"X-Amz-Date", "X-Amz-Security-Token"}) {
    HttpText request = presigned_request(60s, "token");
    request.target += fmt::format("&{}=x", name);
    EXPECT_EQ(kind(request), malformed) << name;
  }
}

TEST(Verify, SignatureInHeaderAndQueryIsMalformed) {
  HttpText request = presigned_request();
  HttpText other = signed_request();
  request.headers.emplace_back("Authorization", header(other, "Authorization"));
  EXPECT_EQ(kind(request), malformed);
}

TEST(Verify, HostMustBeSigned) {
  HttpText request = signed_request();
  replace(header(request, "Authorization"), "content-type;host;", "content-type;");
  EXPECT_EQ(text(request), "'Host' must be a 'SignedHeader' in the AWS Authorization.");
}

TEST(Verify, EveryAmzHeaderMustBeSigned) {
  HttpText request = signed_request();
  request.headers.emplace_back("X-AMZ-Extra", "1");
  EXPECT_EQ(kind(request), malformed);
  HttpText presigned = presigned_request();
  presigned.headers.emplace_back("x-amz-security-token", "t");
  EXPECT_EQ(kind(presigned), malformed);
}

TEST(Verify, OtherUnsignedHeadersAreIgnored) {
  HttpText request = signed_request();
  request.headers.emplace_back("amz-sdk-request", "attempt=1");
  request.headers.emplace_back("x-amzn-trace-id", "Root=1");
  EXPECT_EQ(text(request), "accepted");
}

TEST(Verify, SecondHostOrDateOrAuthorizationIsMalformed) {
  for (const char* name : {"host", "x-amz-date", "authorization"}) {
    HttpText request = signed_request();
    request.headers.emplace_back(name, "x");
    EXPECT_EQ(kind(request), malformed) << name;
  }
}

TEST(Verify, BodyIsAlwaysHashed) {
  HttpText request = signed_request();
  request.body = "{} ";
  EXPECT_EQ(kind(request), signature_mismatch);
}

TEST(Verify, DeclaredHashMustBeTheBodysHash) {
  HttpText right = plain_request();
  right.headers.emplace_back("x-amz-content-sha256", sha256_hex(right.body));
  EXPECT_EQ(text(signed_request(right)), "accepted");
  for (const char* hash : {"UNSIGNED-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "", "00"}) {
    HttpText request = plain_request();
    request.headers.emplace_back("x-amz-content-sha256", hash);
    EXPECT_EQ(kind(signed_request(request)), payload_mismatch) << hash;
  }
  HttpText presigned = presigned_request();
  presigned.target += "&X-Amz-Content-Sha256=UNSIGNED-PAYLOAD";
  EXPECT_EQ(kind(presigned), payload_mismatch);
}

TEST(Verify, SessionTokenIsCarriedFromEitherPlace) {
  HttpText request = plain_request();
  const auto added = sign(request.facts(), credentials("to//ken+=="), {"eu-west-1", "ses", test_now});
  for (const OwnedHeader& one : added.value()) request.headers.emplace_back(one.name, one.value);
  EXPECT_EQ(text(request), "accepted");
  EXPECT_EQ(parse_authorization(request.facts(), {})->session_token, "to//ken+==");
  const HttpText presigned = presigned_request(60s, "to//ken+==");
  EXPECT_EQ(text(presigned), "accepted");
  EXPECT_EQ(parse_authorization(presigned.facts(), {})->session_token, "to//ken+==");
}

TEST(Verify, ScopeIsCheckedPartByPart) {
  EXPECT_EQ(text(signed_request(plain_request(), "email")),
            "Credential should be scoped to correct service: 'ses' or 'sns'.");
  EXPECT_EQ(text(signed_request(), test_now, {.regions = {"us-east-1"}}),
            "Credential should be scoped to a valid region.");
  EXPECT_EQ(text(signed_request(), test_now, {.regions = {"us-east-1", "eu-west-1"}}), "accepted");
  HttpText request = signed_request();
  replace(header(request, "Authorization"), "/20150830/", "/20150831/");
  EXPECT_EQ(text(request),
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20150831' != "
            "'20150830', from '20150830T123600Z'.");
  request = signed_request();
  replace(header(request, "Authorization"), "aws4_request", "aws5_request");
  EXPECT_EQ(kind(request), wrong_scope);
}

TEST(Verify, DateMustBeTheBasicForm) {
  for (const char* date : {"2015-08-30T12:36:00Z", "Sun, 30 Aug 2015 12:36:00 GMT", "", "20150830"}) {
    HttpText request = signed_request();
    header(request, "X-Amz-Date") = date;
    EXPECT_EQ(kind(request), malformed) << date;
  }
  HttpText none = signed_request();
  std::erase_if(none.headers, [](const auto& field) { return field.first == "X-Amz-Date"; });
  EXPECT_EQ(text(none), "Authorization header requires existence of a 'X-Amz-Date' header.");
}

TEST(Verify, TargetWithABrokenEscapeIsMalformed) {
  HttpText request = signed_request();
  request.target = "/?a=%f";
  EXPECT_EQ(kind(request), malformed);
}

TEST(Verify, PathNormalisationFollowsTheOption) {
  HttpText request = plain_request();
  request.target = "/a//b/../c";
  const HttpText normal = signed_request(request);
  EXPECT_EQ(kind(normal), std::nullopt);
  EXPECT_EQ(kind(normal, test_now, {.normalize_path = false}), signature_mismatch);
}

TEST(AuthFailureTable, NamesEveryKindForBothApis) {
  const auto row = [](AuthFailureKind k) {
    const AuthFailureWire wire = wire_form(k);
    return fmt::format("{} {} {}", wire.v1_code, wire.v2_error_type, wire.http_status);
  };
  EXPECT_EQ(row(missing), "MissingAuthenticationToken MissingAuthenticationTokenException 403");
  EXPECT_EQ(row(malformed), "IncompleteSignature IncompleteSignatureException 400");
  EXPECT_EQ(row(unknown_key), "InvalidClientTokenId UnrecognizedClientException 403");
  EXPECT_EQ(row(expired_token), "ExpiredToken ExpiredTokenException 403");
  for (AuthFailureKind k : {wrong_scope, payload_mismatch, signature_mismatch, expired, not_yet_current}) {
    EXPECT_EQ(row(k), "SignatureDoesNotMatch SignatureDoesNotMatch 403");
  }
}

TEST(AuthFailureTable, OwnTextWinsOverTheTables) {
  EXPECT_EQ(message_of({unknown_key, {}}), "The security token included in the request is invalid.");
  EXPECT_EQ(message_of({malformed, "Because."}), "Because.");
}

}  // namespace
}  // namespace sesame::sigv4
