#include "dns_providers/powerdns.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace sesame::dns_providers {
namespace {

namespace json = boost::json;
using dns::RecordType;

json::object zone(const std::string& rrsets) {
  return json::parse(R"({"name":"example.com.","rrsets":[)" + rrsets + "]}").as_object();
}

// As the documentation of the API shows a set.
const std::string mx_set = R"({"comments":[],"name":"bounce.example.com.","records":[)"
                           R"({"content":"10 mx.example.com.","disabled":false}],"ttl":300,"type":"MX"})";

TEST(PowerDns, SetsAreReadAsTheApiShowsThem) {
  const auto sets = sets_in_powerdns_zone(
      zone(
          mx_set +
          R"(,{"name":"bounce.example.com.","type":"TXT","ttl":60,"records":[{"content":"\"a\" \"b\"","disabled":false}]})"),
      {"bounce.example.com"});
  ASSERT_TRUE(sets.has_value());
  EXPECT_EQ(*sets, (std::vector<RecordSet>{{"bounce.example.com", RecordType::mx, 300, {dns::Mx{10, "mx.example.com"}}},
                                           {"bounce.example.com", RecordType::txt, 60, {dns::Txt{{"a", "b"}}}}}));
}

TEST(PowerDns, OtherNamesAndTypesAreLeftOut) {
  const auto sets = sets_in_powerdns_zone(
      zone(
          mx_set +
          R"(,{"name":"bounce.example.com.","type":"LUA","ttl":60,"records":[{"content":"A \"x\"","disabled":false}]})"),
      {"other.example.com"});
  ASSERT_TRUE(sets.has_value());
  EXPECT_TRUE(sets->empty());
}

TEST(PowerDns, DisabledRecordsAreNotPutAtRisk) {
  const auto sets = sets_in_powerdns_zone(
      zone(R"({"name":"b.example.com.","type":"MX","ttl":1,"records":[{"content":"10 a.","disabled":true}]})"),
      {"b.example.com"});
  ASSERT_FALSE(sets.has_value());
  EXPECT_EQ(sets.error().code, ProviderErrc::refused);
}

TEST(PowerDns, WhatIsNoZoneIsMalformed) {
  for (const char* text :
       {R"({})", R"({"rrsets":{}})", R"({"rrsets":[1]})",
        R"({"rrsets":[{"name":"b.example.com.","type":"MX","ttl":"x","records":[]}]})",
        R"({"rrsets":[{"name":"b.example.com.","type":"MX","ttl":1}]})",
        R"({"rrsets":[{"name":"b.example.com.","type":"MX","ttl":1,"records":["x"]}]})",
        R"({"rrsets":[{"name":"b.example.com.","type":"MX","ttl":1,"records":[{"content":"x"}]}]})"}) {
    const auto sets = sets_in_powerdns_zone(json::parse(text).as_object(), {"b.example.com"});
    ASSERT_FALSE(sets.has_value()) << text;
    EXPECT_EQ(sets.error().code, ProviderErrc::malformed) << text;
  }
}

TEST(PowerDns, APatchRemovesBeforeItAdds) {
  const std::vector<Change> changes = {
      {{"b.example.com", RecordType::mx, 0, {}},
       {"b.example.com", RecordType::mx, 300, {dns::Mx{10, "mx.svc.example"}}}},
      {{"b.example.com", RecordType::cname, 5, {dns::Cname{"x"}}}, {"b.example.com", RecordType::cname, 0, {}}}};
  EXPECT_EQ(json::parse(powerdns_patch(changes)), json::parse(R"({"rrsets":[
      {"name":"b.example.com.","type":"CNAME","changetype":"DELETE"},
      {"name":"b.example.com.","type":"MX","changetype":"REPLACE","ttl":300,
       "records":[{"content":"10 mx.svc.example.","disabled":false}]}]})"));
}

}  // namespace
}  // namespace sesame::dns_providers
