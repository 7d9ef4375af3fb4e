// Pools of dedicated addresses, as clients of SES v2 see them.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "api/testing/api_house.h"

namespace sesame::api {
namespace {

namespace json = boost::json;

class DedicatedPoolsTest : public testing::Test {
 protected:
  ApiAnswer create(const std::string& name) {
    return house.call("POST", "/v2/email/dedicated-ip-pools", json::serialize(json::object{{"PoolName", name}}));
  }
  ApiAnswer put(const std::string& address, const std::string& what, const std::string& body) {
    return house.call("PUT", "/v2/email/dedicated-ips/" + address + "/" + what, body);
  }
  json::value address(const std::string& text) {
    return house.call("GET", "/v2/email/dedicated-ips/" + text).json.at("DedicatedIp");
  }
  static json::value shape(const std::string& ip, const std::string& pool, int percentage) {
    return json::object{{"Ip", ip},
                        {"WarmupStatus", percentage == 100 ? "DONE" : "IN_PROGRESS"},
                        {"WarmupPercentage", percentage},
                        {"PoolName", pool}};
  }

  ApiHouse house;
};

TEST_F(DedicatedPoolsTest, AreMadeListedAndDeleted) {
  for (const char* name : {"c", "a", "b"}) EXPECT_EQ(create(name).status, 200);
  EXPECT_EQ(create("a").error_type, "AlreadyExistsException");
  EXPECT_EQ(create("ses-shared-pool").error_type, "AlreadyExistsException");
  EXPECT_EQ(create("a b").error_type, "BadRequestException");
  EXPECT_EQ(house.call("GET", "/v2/email/dedicated-ip-pools/a").json,
            json::parse(R"({"DedicatedIpPool":{"PoolName":"a","ScalingMode":"STANDARD"}})"));
  const auto first = house.call("GET", "/v2/email/dedicated-ip-pools?PageSize=2").json;
  EXPECT_EQ(first.at("DedicatedIpPools"), json::parse(R"(["a","b"])"));
  const std::string token(first.at("NextToken").as_string());
  EXPECT_EQ(house.call("GET", "/v2/email/dedicated-ip-pools?PageSize=2&NextToken=" + token).json,
            json::parse(R"({"DedicatedIpPools":["c"]})"));
  EXPECT_EQ(house.call("DELETE", "/v2/email/dedicated-ip-pools/a").status, 200);
  EXPECT_EQ(house.call("DELETE", "/v2/email/dedicated-ip-pools/a").error_type, "NotFoundException");
  EXPECT_EQ(house.call("GET", "/v2/email/dedicated-ip-pools/a").error_type, "NotFoundException");
}

TEST_F(DedicatedPoolsTest, ThatManageThemselvesAreRefused) {
  const auto answer = house.call("POST", "/v2/email/dedicated-ip-pools", R"({"PoolName":"a","ScalingMode":"MANAGED"})");
  EXPECT_EQ(answer.error_type, "BadRequestException");
  EXPECT_EQ(answer.message(), "ScalingMode MANAGED is not supported.");
}

TEST_F(DedicatedPoolsTest, AddressesAreThoseOfTheConfiguration) {
  const std::string pool(store::default_pool);
  EXPECT_EQ(house.call("GET", "/v2/email/dedicated-ips").json.at("DedicatedIps"),
            (json::array{shape("192.0.2.1", pool, 0), shape("192.0.2.2", pool, 0), shape("2001:db8::1", pool, 100)}));
  EXPECT_EQ(address("2001:DB8:0::1"), shape("2001:db8::1", pool, 100));
  EXPECT_EQ(house.call("GET", "/v2/email/dedicated-ips/192.0.2.3").error_type, "NotFoundException");
  EXPECT_EQ(house.call("GET", "/v2/email/dedicated-ips/x").error_type, "NotFoundException");
  const auto others = house.call("GET", "/v2/email/dedicated-ips", "", ApiHouse::key_of_other_account());
  EXPECT_EQ(others.json, json::parse(R"({"DedicatedIps":[]})"));
}

TEST_F(DedicatedPoolsTest, AnAddressIsMovedAndComesBackWhenItsPoolGoes) {
  create("news");
  EXPECT_EQ(put("192.0.2.1", "pool", R"({"DestinationPoolName":"none"})").error_type, "NotFoundException");
  EXPECT_EQ(put("192.0.2.9", "pool", R"({"DestinationPoolName":"news"})").error_type, "NotFoundException");
  EXPECT_EQ(put("192.0.2.1", "pool", "{}").error_type, "BadRequestException");
  EXPECT_EQ(house.pool_changes, 0);
  EXPECT_EQ(put("192.0.2.1", "pool", R"({"DestinationPoolName":"news"})").status, 200);
  EXPECT_EQ(house.pool_changes, 1);
  EXPECT_EQ(house.call("GET", "/v2/email/dedicated-ips?PoolName=news").json.at("DedicatedIps"),
            json::array{shape("192.0.2.1", "news", 0)});
  EXPECT_EQ(house.call("GET", "/v2/email/dedicated-ips?PoolName=none").error_type, "NotFoundException");
  house.call("DELETE", "/v2/email/dedicated-ip-pools/news");
  EXPECT_EQ(house.pool_changes, 2);
  EXPECT_EQ(address("192.0.2.1"), shape("192.0.2.1", std::string(store::default_pool), 0));
}

TEST_F(DedicatedPoolsTest, AWarmUpGoesOnBeginsAnewAndEnds) {
  const std::string pool(store::default_pool);
  house.clock.advance(std::chrono::days(9));
  EXPECT_EQ(address("192.0.2.1"), shape("192.0.2.1", pool, 20));
  EXPECT_EQ(put("192.0.2.1", "warmup", R"({"WarmupPercentage":35})").status, 200);
  EXPECT_EQ(address("192.0.2.1"), shape("192.0.2.1", pool, 35));
  EXPECT_EQ(put("192.0.2.1", "warmup", R"({"WarmupPercentage":100})").status, 200);
  EXPECT_EQ(address("192.0.2.1"), shape("192.0.2.1", pool, 100));
  house.clock.advance(std::chrono::days(36));
  EXPECT_EQ(address("192.0.2.2"), shape("192.0.2.2", pool, 100));
  for (const char* wrong : {R"({"WarmupPercentage":101})", R"({"WarmupPercentage":-1})", "{}"}) {
    EXPECT_EQ(put("192.0.2.1", "warmup", wrong).error_type, "BadRequestException");
  }
}

TEST_F(DedicatedPoolsTest, AutomaticWarmUpIsSwitched) {
  const auto enabled = [&] { return house.call("GET", "/v2/email/account").json.at("DedicatedIpAutoWarmupEnabled"); };
  EXPECT_EQ(enabled(), true);
  EXPECT_EQ(house.call("PUT", "/v2/email/account/dedicated-ips/warmup", "{}").status, 200);
  EXPECT_EQ(enabled(), false);
  house.call("PUT", "/v2/email/account/dedicated-ips/warmup", R"({"AutoWarmupEnabled":true})");
  EXPECT_EQ(enabled(), true);
}

TEST_F(DedicatedPoolsTest, AConfigurationSetNamesOne) {
  const auto set = [&](const std::string& name) {
    return house.call("GET", "/v2/email/configuration-sets/" + name).json.at("DeliveryOptions");
  };
  const std::string with_pool = R"({"ConfigurationSetName":"s","DeliveryOptions":{"SendingPoolName":"news"}})";
  EXPECT_EQ(house.call("POST", "/v2/email/configuration-sets", with_pool).error_type, "NotFoundException");
  create("news");
  EXPECT_EQ(house.call("POST", "/v2/email/configuration-sets", with_pool).status, 200);
  EXPECT_EQ(set("s"), json::parse(R"({"TlsPolicy":"OPTIONAL","SendingPoolName":"news"})"));
  const std::string options = "/v2/email/configuration-sets/s/delivery-options";
  const auto refused = house.call("PUT", options, R"({"SendingPoolName":"none","TlsPolicy":"REQUIRE"})");
  EXPECT_EQ(refused.error_type, "NotFoundException");
  EXPECT_EQ(refused.message(), "Sending pool <none> does not exist.");
  EXPECT_EQ(set("s"), json::parse(R"({"TlsPolicy":"OPTIONAL","SendingPoolName":"news"})"));
  EXPECT_EQ(house.call("PUT", options, R"({"SendingPoolName":"ses-shared-pool"})").status, 200);
  EXPECT_EQ(set("s"), json::parse(R"({"TlsPolicy":"OPTIONAL","SendingPoolName":"ses-shared-pool"})"));
  house.call("DELETE", "/v2/email/configuration-sets/s");
  house.call("POST", "/v2/email/configuration-sets", R"({"ConfigurationSetName":"s"})");
  EXPECT_EQ(set("s"), json::parse(R"({"TlsPolicy":"OPTIONAL"})"));
}

}  // namespace
}  // namespace sesame::api
