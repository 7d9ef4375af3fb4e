#include "api/sesame/credentials_api.h"

#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

#include "api/sigv4/smtp_password.h"
#include "api/testing/api_house.h"

namespace sesame::api {
namespace {

namespace json = boost::json;

struct Credentials : ::testing::Test {
  Credentials() { house.front->mount("/v2/sesame/credentials", credentials); }
  ApiHouse house;
  SecureRandom random;
  CredentialsApi credentials{{*house.stores.stores.control, house.clock, random, "us-east-1"}};
};

TEST_F(Credentials, ANewKeySignsAndItsSecretIsToldOnce) {
  const auto made = house.call("POST", "/v2/sesame/credentials", R"({"description":"shop"})");
  ASSERT_EQ(made.status, 200) << made.response.body;
  const std::string id(made.json.at("access_key_id").as_string());
  const std::string secret(made.json.at("secret_access_key").as_string());
  EXPECT_TRUE(sigv4::smtp_password_matches(std::string_view(made.json.at("smtp_password").as_string()), Secret(secret),
                                           "us-east-1"));
  const TestKey key{id, secret, "us-east-1", "ses"};
  const auto list = house.call("GET", "/v2/sesame/credentials", "", key);
  ASSERT_EQ(list.status, 200);
  EXPECT_EQ(list.json.at("credentials").as_array().size(), 2u);
  EXPECT_EQ(list.response.body.find(secret), std::string::npos);
  EXPECT_NE(list.response.body.find("\"shop\""), std::string::npos);
}

TEST_F(Credentials, ADeletedKeyIsGoodForNothing) {
  const auto made = house.call("POST", "/v2/sesame/credentials");
  const TestKey key{std::string(made.json.at("access_key_id").as_string()),
                    std::string(made.json.at("secret_access_key").as_string()), "us-east-1", "ses"};
  EXPECT_EQ(house.call("GET", "/v2/email/account", "", key).status, 200);
  EXPECT_EQ(house.call("DELETE", "/v2/sesame/credentials/" + key.access_key_id).status, 200);
  EXPECT_EQ(house.call("GET", "/v2/email/account", "", key).status, 403);
  EXPECT_EQ(house.call("DELETE", "/v2/sesame/credentials/" + key.access_key_id).status, 404);
}

TEST_F(Credentials, AnotherAccountsKeysAreNotThere) {
  EXPECT_EQ(house.call("DELETE", "/v2/sesame/credentials/" + ApiHouse::key_of_other_account().access_key_id).status,
            404);
  EXPECT_EQ(house.call("GET", "/v2/email/account", "", ApiHouse::key_of_other_account()).status, 200);
}

TEST_F(Credentials, ALongDescriptionIsRefused) {
  const json::object body{{"description", std::string(257, 'a')}};
  EXPECT_EQ(house.call("POST", "/v2/sesame/credentials", json::serialize(body)).status, 400);
}

}  // namespace
}  // namespace sesame::api
