#include "api/sigv4/sign.h"

#include <gtest/gtest.h>

#include "api/sigv4/authorization.h"

namespace sesame::sigv4 {
namespace {

using namespace std::chrono_literals;

const SigningCredentials kCredentials{"AKIDEXAMPLE", Secret("secret"), "token"};
const SigningOptions kOptions{"eu-west-1", "ses", from_unix_ms(1440938160000)};

TEST(Sign, SignsEverythingButWhatHopsChange) {
  const HttpFacts facts{
      "GET", "/", {{"User-Agent", "x"}, {"Host", "h"}, {"Accept", "a"}, {"Connection", "close"}, {"accept", "b"}}, ""};
  const auto added = sign(facts, kCredentials, kOptions);
  ASSERT_TRUE(added);
  ASSERT_EQ(added->size(), 3U);
  EXPECT_EQ(added->at(0).value, "20150830T123600Z");
  EXPECT_EQ(added->at(1).name, "X-Amz-Security-Token");
  EXPECT_EQ(parse_authorization_header(added->at(2).value)->signed_headers,
            (std::vector<std::string>{"accept", "host", "x-amz-date", "x-amz-security-token"}));
}

TEST(Sign, RefusesWhatItCannotSign) {
  EXPECT_EQ(sign({"GET", "/", {}, ""}, kCredentials, kOptions).error(), SignError::no_host);
  EXPECT_EQ(sign({"GET", "/", {{"Host", "a"}, {"host", "b"}}, ""}, kCredentials, kOptions).error(), SignError::no_host);
  EXPECT_EQ(sign({"GET", "/?%", {{"Host", "a"}}, ""}, kCredentials, kOptions).error(), SignError::bad_escape);
  for (const char* name : {"authorization", "x-amz-date", "X-Amz-Security-Token"}) {
    EXPECT_EQ(sign({"GET", "/", {{"Host", "a"}, {name, "b"}}, ""}, kCredentials, kOptions).error(),
              SignError::reserved);
  }
}

TEST(Presign, RefusesLifetimesNoServerTakes) {
  const HttpFacts facts{"GET", "/", {{"Host", "h"}}, ""};
  for (const auto bad : {0s, -1s, 604801s}) {
    EXPECT_EQ(presign(facts, kCredentials, kOptions, bad).error(), SignError::bad_lifetime);
  }
  EXPECT_TRUE(presign(facts, kCredentials, kOptions, 604800s));
}

TEST(Presign, DoesNotSignTwice) {
  const std::string once = presign({"GET", "/?a", {{"Host", "h"}}, ""}, kCredentials, kOptions, 60s).value();
  EXPECT_TRUE(once.starts_with("/?a&X-Amz-Algorithm=")) << once;
  EXPECT_EQ(presign({"GET", once, {{"Host", "h"}}, ""}, kCredentials, kOptions, 60s).error(), SignError::reserved);
}

}  // namespace
}  // namespace sesame::sigv4
