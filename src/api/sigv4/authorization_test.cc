#include "api/sigv4/authorization.h"

#include <gtest/gtest.h>

namespace sesame::sigv4 {
namespace {

constexpr std::string_view good_credential =
    "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/ses/aws4_request, SignedHeaders=host;x-amz-date, "
    "Signature=5fa00fa31553b73ebf1942676e86291e";

TEST(AuthorizationHeader, IsReadIntoItsParts) {
  const auto parsed = parse_authorization_header(good_credential);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->access_key_id, "AKIDEXAMPLE");
  EXPECT_EQ(parsed->scope, (Scope{"20150830", "us-east-1", "ses"}));
  EXPECT_EQ(parsed->signed_headers, (std::vector<std::string>{"host", "x-amz-date"}));
  EXPECT_EQ(parsed->signature, "5fa00fa31553b73ebf1942676e86291e");
  EXPECT_EQ(authorization_header(*parsed), good_credential);
}

TEST(AuthorizationHeader, TakesAnyOrderAndNoBlanks) {
  const auto parsed = parse_authorization_header(
      "AWS4-HMAC-SHA256 Signature=00,SignedHeaders=host ,,Credential=A/20150830/r/ses/aws4_request,");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(authorization_header(*parsed),
            "AWS4-HMAC-SHA256 Credential=A/20150830/r/ses/aws4_request, SignedHeaders=host, Signature=00");
}

TEST(AuthorizationHeader, NamesEveryPartThatIsAbsent) {
  const auto parsed = parse_authorization_header("AWS4-HMAC-SHA256 Signature=00");
  EXPECT_EQ(parsed.error().text,
            "Authorization header requires 'Credential' parameter. Authorization header requires 'SignedHeaders' "
            "parameter.");
}

TEST(AuthorizationHeader, BrokenFormsAreMalformed) {
  const auto part = [](std::string_view credential, std::string_view headers, std::string_view signature) {
    return fmt::format("AWS4-HMAC-SHA256 Credential={}, SignedHeaders={}, Signature={}", credential, headers,
                       signature);
  };
  const std::string good = "A/20150830/r/ses/aws4_request";
  ASSERT_TRUE(parse_authorization_header(part(good, "host", "00")));
  const std::vector<std::string> broken = {"",
                                           "Basic dTpw",
                                           "AWS4-HMAC-SHA256",
                                           "AWS4-HMAC-SHA256,Credential=",
                                           "AWS4-ECDSA-P256-SHA256 Credential=a",
                                           "AWS4-HMAC-SHA256 Credential",
                                           part(good, "host", "00") + ", Credential=" + good,
                                           part(good, "host", "00") + ", More=1",
                                           part("A/20150830/r/ses", "host", "00"),
                                           part("A//r/ses/aws4_request", "host", "00"),
                                           part("/20150830/r/ses/aws4_request", "host", "00"),
                                           part(good + "/x", "host", "00"),
                                           part("A B/20150830/r/ses/aws4_request", "host", "00"),
                                           part("\xc3\xa9/20150830/r/ses/aws4_request", "host", "00"),
                                           part(std::string(129, 'A') + "/20150830/r/ses/aws4_request", "host", "00"),
                                           part(good, "", "00"),
                                           part(good, "host;", "00"),
                                           part(good, "Host", "00"),
                                           part(good, "host;host", "00"),
                                           part(good, "host; x", "00"),
                                           part(good, "host", ""),
                                           part(good, "host", "0 0"),
                                           std::string(max_authorization_octets, ' ') + std::string(good_credential)};
  for (const std::string& text : broken) {
    const auto parsed = parse_authorization_header(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().kind, AuthFailureKind::malformed) << text;
  }
}

TEST(AuthorizationHeader, SignedHeadersAreBounded) {
  std::string names = "h0";
  for (std::size_t i = 1; i < max_signed_headers; ++i) names += fmt::format(";h{}", i);
  const std::string start = "AWS4-HMAC-SHA256 Credential=A/20150830/r/ses/aws4_request, Signature=00, SignedHeaders=";
  EXPECT_TRUE(parse_authorization_header(start + names));
  EXPECT_FALSE(parse_authorization_header(start + names + ";one-more"));
}

}  // namespace
}  // namespace sesame::sigv4
