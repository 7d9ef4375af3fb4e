#include "sandbox/zone_records.h"

#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

namespace sesame::sandbox {
namespace {

std::string error_of(std::string_view body) {
  const auto records = parse_zone_records(body, "shop.example");
  return records ? "" : records.error().text;
}

TEST(ZoneRecords, AreReadAsPeopleTypeThem) {
  const auto records = parse_zone_records(
      R"([{"name":"Bounce.Shop.example.","type":"mx","value":"10 feedback.svc.example"},
          {"name":"shop.example","type":"TXT","ttl":300,"value":"v=spf1 -all","comment":"ignored"}])",
      "shop.example");
  ASSERT_TRUE(records.has_value()) << records.error().text;
  ASSERT_EQ(records->size(), 2u);
  EXPECT_EQ(dns::presentation(records->at(0)), "bounce.shop.example. 60 IN MX 10 feedback.svc.example.");
  EXPECT_EQ(dns::presentation(records->at(1)), "shop.example. 300 IN TXT \"v=spf1 -all\"");
}

TEST(ZoneRecords, UmlautsBecomeALabels) {
  const auto records =
      parse_zone_records(R"([{"name":"b\u00fccher.shop.example","type":"A","value":"192.0.2.1"}])", "shop.example");
  ASSERT_TRUE(records.has_value()) << records.error().text;
  EXPECT_EQ(records->at(0).name, "xn--bcher-kva.shop.example");
}

TEST(ZoneRecords, WhatIsWrittenReadsBack) {
  const auto records = parse_zone_records(
      R"([{"name":"shop.example","type":"TXT","value":"\"a;b\" \"\\\"q\\\" \\200\""},
          {"name":"*.shop.example","type":"CAA","value":"\\# 4 00010203"},
          {"name":"x.shop.example","type":"TYPE65280","ttl":0,"value":"\\# 0"},
          {"name":"null.shop.example","type":"MX","value":"0 ."}])",
      "shop.example");
  ASSERT_TRUE(records.has_value()) << records.error().text;
  const auto again = parse_zone_records(boost::json::serialize(to_json(*records)), "shop.example");
  ASSERT_TRUE(again.has_value()) << again.error().text;
  EXPECT_EQ(*again, *records);
}

TEST(ZoneRecords, FaultsNameTheElementAndTheMember) {
  EXPECT_EQ(
      error_of(R"([{"name":"shop.example","type":"A","value":"192.0.2.1"},{"name":"shop.example","type":"MXX"}])"),
      "records[1].type: 'MXX' is not a record type");
  EXPECT_EQ(error_of(R"([{"type":"A"}])"), "records[0].name: is missing");
  EXPECT_EQ(error_of(R"([{"name":"bounce","type":"A"}])"),
            "records[0].name: 'bounce' is not in the zone shop.example; names are written in full, as in "
            "'bounce.shop.example'");
  EXPECT_EQ(error_of(R"([{"name":"a b.shop.example","type":"A"}])"),
            "records[0].name: 'a b.shop.example' is not a domain name");
  EXPECT_EQ(error_of(R"([{"name":"shop.example","type":"A"}])"), "records[0].value: is missing");
  EXPECT_EQ(error_of(R"([{"name":"shop.example","type":"A","value":"1.2.3"}])"),
            "records[0].value: '1.2.3' is not an IPv4 address");
  EXPECT_EQ(error_of(R"([{"name":"shop.example","type":"A","ttl":-1,"value":"192.0.2.1"}])"),
            "records[0].ttl: -1 is not between 0 and 2147483647 seconds");
}

TEST(ZoneRecords, ValuesOfTheWrongTypeAreUnreadable) {
  for (const char* body :
       {"", "{", "{}", "[1]", "[null]", R"([{"name":1}])", R"([{"name":"shop.example","type":[]}])",
        R"([{"name":"shop.example","type":"A","ttl":"60","value":"192.0.2.1"}])",
        R"([{"name":"shop.example","type":"A","ttl":1.5,"value":"192.0.2.1"}])", R"([[[[[[[[[[]]]]]]]]]])"}) {
    const auto records = parse_zone_records(body, "shop.example");
    ASSERT_FALSE(records.has_value()) << body;
    EXPECT_TRUE(records.error().unreadable) << body;
  }
}

TEST(ZoneRecords, QuestionsAndPseudoTypesAreNoRecords) {
  for (const char* type : {"ANY", "AXFR", "TYPE41", "TYPE250", "TYPE0"}) {
    EXPECT_NE(error_of(fmt::format(R"([{{"name":"shop.example","type":"{}","value":"\\# 0"}}])", type)), "") << type;
  }
}

}  // namespace
}  // namespace sesame::sandbox
