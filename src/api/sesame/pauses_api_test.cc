#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "api/testing/api_house.h"

namespace sesame::api {
namespace {

namespace json = boost::json;

class Pauses : public ::testing::Test {
 protected:
  json::array list() { return house.call("GET", "/v2/sesame/pauses").json.at("pauses").as_array(); }

  ApiHouse house;
};

TEST_F(Pauses, AreMadeListedAndEnded) {
  EXPECT_EQ(house.call("PUT", "/v2/sesame/pauses/mx/%2A.Provider.Example.?note=too%20busy").json, json::parse("{}"));
  EXPECT_EQ(house.call("PUT", "/v2/sesame/pauses/account").status, 200);
  EXPECT_EQ(house.pause_changes, 2);
  EXPECT_EQ(list(), json::parse(R"([
    {"scope": "account", "value": "", "since": "2026-01-01T00:00:00.000Z", "note": ""},
    {"scope": "mx", "value": "*.provider.example", "since": "2026-01-01T00:00:00.000Z", "note": "too busy"}])"));
  EXPECT_EQ(house.call("DELETE", "/v2/sesame/pauses/mx/*.provider.example").status, 200);
  EXPECT_EQ(house.call("DELETE", "/v2/sesame/pauses/mx/*.provider.example").error_type, "NotFoundException");
  EXPECT_EQ(list().size(), 1u);
}

TEST_F(Pauses, AreOfTheCallersAccountOnly) {
  house.call("PUT", "/v2/sesame/pauses/domain/example.net");
  const auto other = ApiHouse::key_of_other_account();
  EXPECT_EQ(house.call("GET", "/v2/sesame/pauses", "", other).json, json::parse(R"({"pauses": []})"));
  EXPECT_EQ(house.call("DELETE", "/v2/sesame/pauses/domain/example.net", "", other).error_type, "NotFoundException");
  EXPECT_EQ(list().size(), 1u);
}

TEST_F(Pauses, OfWhatCannotBeAreRefused) {
  for (const char* path : {"weather/rain", "domain/no%20domain", "domain/*.example.net", "mx/*.", "account/x"}) {
    EXPECT_EQ(house.call("PUT", std::string("/v2/sesame/pauses/") + path).error_type, "BadRequestException") << path;
  }
  EXPECT_EQ(house.call("PUT", "/v2/sesame/pauses/identity/" + std::string(321, 'x')).error_type, "BadRequestException");
  EXPECT_TRUE(list().empty());
  EXPECT_EQ(house.pause_changes, 0);
}

TEST_F(Pauses, ShowInTheMessagesTheyHold) {
  house.verified_domain("example.com");
  const json::object body{
      {"FromEmailAddress", "ann@example.com"},
      {"Destination", {{"ToAddresses", json::array{"bob@Example.NET"}}}},
      {"Content", {{"Simple", {{"Subject", {{"Data", "Hi"}}}, {"Body", {{"Text", {{"Data", "Hello"}}}}}}}}}};
  house.call("POST", "/v2/email/outbound-emails", json::serialize(body));
  const auto held_by = [&] {
    return house.call("GET", "/v2/sesame/messages").json.at("messages").at(0).at("recipients").at(0).at("held_by");
  };
  EXPECT_TRUE(held_by().is_null());
  house.call("PUT", "/v2/sesame/pauses/domain/other.example");
  EXPECT_TRUE(held_by().is_null());
  house.call("PUT", "/v2/sesame/pauses/identity/example.com");
  EXPECT_EQ(held_by().as_string(), "identity example.com");
  house.call("DELETE", "/v2/sesame/pauses/identity/example.com");
  house.call("PUT", "/v2/sesame/pauses/domain/example.net");
  EXPECT_EQ(held_by().as_string(), "domain example.net");
}

}  // namespace
}  // namespace sesame::api
