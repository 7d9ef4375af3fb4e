#include "mailauth/results/authentication_results.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cstdio>

#include "base/testing/corpora.h"

namespace sesame::mailauth {
namespace {

AuthenticationResults example() {
  return {.authserv_id = "mx.example",
          .results = {{.method = "spf", .result = "pass", .properties = {{"smtp", "mailfrom", "b.example.com"}}},
                      {.method = "dkim",
                       .result = "fail",
                       .reason = "the body \"has\" been altered",
                       .properties = {{"header", "d", "example.com"}, {"header", "i", "@example.com"}}}}};
}

TEST(AuthenticationResults, IsWrittenOnOneLineOrFolded) {
  EXPECT_EQ(format_value(example()),
            "mx.example; spf=pass smtp.mailfrom=b.example.com; dkim=fail reason=\"the body \\\"has\\\" been altered\" "
            "header.d=example.com header.i=@example.com");
  EXPECT_EQ(format_field({.authserv_id = "mx.example", .results = {{.method = "spf", .result = "none"}}}),
            "Authentication-Results: mx.example;\r\n\tspf=none\r\n");
  EXPECT_EQ(format_value({.authserv_id = "mx.example"}), "mx.example; none");
}

TEST(AuthenticationResults, WhatIsWrittenReadsBack) {
  EXPECT_EQ(parse_authentication_results(format_value(example())), example());
  EXPECT_EQ(parse_authentication_results(format_field(example()).substr(23)), example());
}

TEST(AuthenticationResults, QuotedLocalPartsKeepTheirDomain) {
  const auto read = parse_authentication_results("mx.example; spf=pass smtp.mailfrom=\"a; b\"@example.com; dkim=none");
  ASSERT_TRUE(read);
  ASSERT_EQ(read->results.size(), 2u);
  EXPECT_EQ(read->results[0].properties.at(0).value, "a; b@example.com");
  EXPECT_EQ(parse_authentication_results(format_value(*read)), *read);
}

TEST(AuthenticationResults, OutsideTextCannotAddALineOrAResult) {
  AuthenticationResults hostile = example();
  hostile.results[0].properties[0].value = "x;\r\ndkim=pass header.d=bank.example";
  hostile.results[1].comment = "a) dkim=pass (";
  const std::string field = format_field(hostile);
  EXPECT_EQ(field.find("\r\ndkim"), field.npos);
  const auto read = parse_authentication_results(field.substr(23));
  ASSERT_TRUE(read);
  ASSERT_EQ(read->results.size(), 2u);
  EXPECT_EQ(read->results[1].result, "fail");
}

TEST(AuthenticationResults, BrokenValuesAreRefusedWithAPosition) {
  for (const char* bad :
       {"mx.example; spf", "mx.example; =pass", "mx.example; spf=pass smtp", "mx.example; spf=pass x=y", "a b c"})
    EXPECT_FALSE(parse_authentication_results(bad)) << bad;
  EXPECT_EQ(parse_authentication_results("mx.example; spf").error().position, 15u);
}

TEST(AuthenticationResults, AgreesWithTheCorpus) {
  const auto dir = find_corpus("authentication-results");
  if (!dir) GTEST_SKIP();
  int passed = 0;
  for (const auto& test : boost::json::parse(read_file(*dir / "cases.json")).as_array()) {
    const std::string value(test.at("value").as_string());
    const auto read = parse_authentication_results(value);
    ASSERT_TRUE(read) << value;
    EXPECT_EQ(read->authserv_id, test.at("authserv_id").as_string()) << value;
    boost::json::array results;
    for (const MethodResult& one : read->results) {
      boost::json::object object{{"method", one.method}, {"result", one.result}};
      if (!one.reason.empty()) object["reason"] = one.reason;
      for (const auto& property : one.properties) object[property.type + "." + property.name] = property.value;
      results.push_back(std::move(object));
    }
    EXPECT_EQ(boost::json::value(results), test.at("results")) << value;
    passed += boost::json::value(results) == test.at("results");
  }
  std::printf("authentication-results: %d passed\n", passed);
}

}  // namespace
}  // namespace sesame::mailauth
