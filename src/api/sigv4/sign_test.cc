#include "api/sigv4/sign.h"

#include <gtest/gtest.h>

#include "api/sigv4/authorization.h"

namespace sesame::sigv4 {
namespace {

using namespace std::chrono_literals;

const SigningCredentials test_credentials{"AKIDEXAMPLE", Secret("secret"), "token"};
const SigningOptions test_options{"eu-west-1", "ses", from_unix_ms(1440938160000)};

TEST(Sign, SignsEverythingButWhatHopsChange) {
  const HttpFacts facts{
      "GET", "/", {{"User-Agent", "x"}, {"Host", "h"}, {"Accept", "a"}, {"Connection", "close"}, {"accept", "b"}}, ""};
  const auto added = sign(facts, test_credentials, test_options);
  ASSERT_TRUE(added);
  ASSERT_EQ(added->size(), 3U);
  EXPECT_EQ(added->at(0).value, "20150830T123600Z");
  EXPECT_EQ(added->at(1).name, "X-Amz-Security-Token");
  EXPECT_EQ(parse_authorization_header(added->at(2).value)->signed_headers,
            (std::vector<std::string>{"accept", "host", "x-amz-date", "x-amz-security-token"}));
}

TEST(Sign, RefusesWhatItCannotSign) {
  EXPECT_EQ(sign({"GET", "/", {}, ""}, test_credentials, test_options).error(), SignError::no_host);
  EXPECT_EQ(sign({"GET", "/", {{"Host", "a"}, {"host", "b"}}, ""}, test_credentials, test_options).error(),
            SignError::no_host);
  EXPECT_EQ(sign({"GET", "/?%", {{"Host", "a"}}, ""}, test_credentials, test_options).error(), SignError::bad_escape);
  for (const char* name : {"authorization", "x-amz-date", "X-Amz-Security-Token"}) {
    EXPECT_EQ(sign({"GET", "/", {{"Host", "a"}, {name, "b"}}, ""}, test_credentials, test_options).error(),
              SignError::reserved);
  }
}

TEST(Presign, RefusesLifetimesNoServerTakes) {
  const HttpFacts facts{"GET", "/", {{"Host", "h"}}, ""};
  for (const auto bad : {0s, -1s, 604801s}) {
    EXPECT_EQ(presign(facts, test_credentials, test_options, bad).error(), SignError::bad_lifetime);
  }
  EXPECT_TRUE(presign(facts, test_credentials, test_options, 604800s));
}

TEST(Presign, DoesNotSignTwice) {
  const std::string once = presign({"GET", "/?a", {{"Host", "h"}}, ""}, test_credentials, test_options, 60s).value();
  EXPECT_TRUE(once.starts_with("/?a&X-Amz-Algorithm=")) << once;
  EXPECT_EQ(presign({"GET", once, {{"Host", "h"}}, ""}, test_credentials, test_options, 60s).error(),
            SignError::reserved);
}

}  // namespace
}  // namespace sesame::sigv4
