// MTA-STS and TLS-RPT as values, against the corpora and the corners they leave out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "base/testing/corpora.h"
#include "check/mta_sts.h"
#include "check/tls_rpt.h"

namespace sesame::check {
namespace {

namespace json = boost::json;
using testing::ElementsAre;
using testing::HasSubstr;

std::optional<json::array> cases(std::string_view set, std::string_view file) {
  const auto directory = find_corpus(set);
  if (!directory) return std::nullopt;
  return json::parse(read_file(*directory / file)).as_array();
}

std::string text_of(const json::object& object, std::string_view member) {
  return json::value_to<std::string>(object.at(member));
}

TEST(MtaStsRecords, OfTheCorpusAreReadAsItSays) {
  const auto corpus = cases("mta-sts", "txt-records.json");
  if (!corpus) GTEST_SKIP();
  for (const json::value& each : *corpus) {
    const json::object& expected = each.as_object();
    const std::string txt = text_of(expected, "record");
    const auto record = parse_mta_sts_record(txt);
    EXPECT_EQ(record.has_value(), expected.at("valid").as_bool()) << txt;
    if (record) EXPECT_EQ(record->id, text_of(expected, "id")) << txt;
  }
}

TEST(MtaStsPolicies, OfTheCorpusAreReadAsItSays) {
  const auto corpus = cases("mta-sts", "policies.json");
  if (!corpus) GTEST_SKIP();
  for (const json::value& each : *corpus) {
    const json::object& expected = each.as_object();
    const std::string body = text_of(expected, "policy");
    const auto policy = parse_mta_sts_policy(body);
    EXPECT_EQ(policy.has_value(), expected.at("valid").as_bool()) << body;
    if (!policy) continue;
    EXPECT_EQ(name(policy->mode), text_of(expected, "mode"));
    EXPECT_EQ(policy->max_age_seconds, expected.at("max_age").to_number<std::uint32_t>());
    if (const json::value* mx = expected.if_contains("mx"))
      EXPECT_EQ(policy->mx, json::value_to<std::vector<std::string>>(*mx));
  }
}

// What resolver-cases.json expects of a whole policy host, as far as the file decides it.
TEST(MtaStsPolicies, OfTheCorpusHostsAreUsableOrNot) {
  const auto corpus = cases("mta-sts", "resolver-cases.json");
  if (!corpus) GTEST_SKIP();
  for (const json::value& each : *corpus) {
    const json::value* host = each.as_object().if_contains("policy_host");
    if (!host || !host->is_object() || !host->as_object().contains("body")) continue;
    const std::string body = text_of(host->as_object(), "body");
    if (body.size() > max_policy_octets) continue;
    const bool is_refused = text_of(each.at("expect").as_object(), "strict_testing").starts_with("OK");
    if (is_refused) EXPECT_TRUE(parse_mta_sts_policy(body)) << body;
  }
}

TEST(MtaStsPolicies, AStarStandsForOneLabel) {
  const auto policy =
      parse_mta_sts_policy("version: STSv1\nmode: enforce\nmx: *.mail.example\nmx: mx.example\nmax_age: 1\n");
  ASSERT_TRUE(policy);
  EXPECT_TRUE(policy->names_host("a.mail.example"));
  EXPECT_TRUE(policy->names_host("MX.example"));
  EXPECT_FALSE(policy->names_host("mail.example"));
  EXPECT_FALSE(policy->names_host("a.b.mail.example"));
}

TEST(MtaStsPolicies, OfAFieldGivenTwiceTheFirstCounts) {
  const auto policy = parse_mta_sts_policy("version: STSv1\nmode: none\nmode: enforce\nmax_age: 5\nmax_age: 6\n");
  ASSERT_TRUE(policy);
  EXPECT_EQ(policy->mode, MtaStsMode::none);
  EXPECT_EQ(policy->max_age_seconds, 5u);
}

TEST(MtaStsPolicies, MoreThanAYearIsRefused) {
  EXPECT_TRUE(parse_mta_sts_policy("version: STSv1\nmode: none\nmax_age: 31557600"));
  EXPECT_FALSE(parse_mta_sts_policy("version: STSv1\nmode: none\nmax_age: 31557601"));
  EXPECT_FALSE(parse_mta_sts_policy("version: STSv1\nmode: none\nmax_age: -1"));
}

TEST(MtaStsRecords, TwoIdsAreAnError) {
  const auto record = parse_mta_sts_record("v=STSv1; id=a; id=b");
  ASSERT_FALSE(record);
  EXPECT_THAT(record.error().text, HasSubstr("more than one id="));
}

TEST(TlsRptRecords, OfTheCorpusAreReadAsItSays) {
  const auto corpus = cases("tlsrpt-records", "records.json");
  if (!corpus) GTEST_SKIP();
  for (const json::value& each : *corpus) {
    const json::object& expected = each.as_object();
    const std::string txt = text_of(expected, "record");
    const auto record = parse_tls_rpt_record(txt);
    EXPECT_EQ(record.has_value(), expected.at("valid").as_bool()) << txt;
    if (!record) continue;
    std::vector<std::string> uris;
    for (const json::value& field : expected.at("rua").as_array()) {
      for (const json::value& uri : field.as_array()) uris.push_back(json::value_to<std::string>(uri));
    }
    EXPECT_EQ(record->rua, uris) << txt;
  }
}

TEST(TlsRptRecords, OnlyMailtoAndHttpsAreAddresses) {
  EXPECT_THAT(parse_tls_rpt_record("v=TLSRPTv1; rua=https://a.example/x").value().rua,
              ElementsAre("https://a.example/x"));
  EXPECT_FALSE(parse_tls_rpt_record("v=TLSRPTv1; rua=ftp://a.example/x"));
  EXPECT_FALSE(parse_tls_rpt_record("v=TLSRPTv1; rua=mailto:nobody"));
}

}  // namespace
}  // namespace sesame::check
