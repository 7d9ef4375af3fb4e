// Looks at real name servers on loopback. What each finding is explained by is advice_test.cc's matter.
#include "identity/look.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

#include "identity/mail_from.h"
#include "identity/testing/house.h"

namespace sesame::identity {
namespace {

using dns::RecordType;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr const char* bounce = "bounce.example.com";
constexpr const char* good_mx = "10 feedback-smtp.us-east-1.svc.example";
constexpr const char* good_spf = "\"v=spf1 include:svc.example ~all\"";

struct LookTest : testing::Test {
  LookTest() {
    identity.account_id = House::account;
    identity.name = "example.com";
    identity.mail_from = on_set(std::nullopt, bounce, store::BehaviorOnMxFailure::use_default, house.clock.now());
  }
  Look look(LookOptions options = {}) {
    return house.run(look_at(house.client, &house.servers.resolver(), house.names, identity, facts, options,
                             house.clock.now(), net::after(std::chrono::seconds(3))));
  }
  static const RecordFinding& record(const Look& look, RecordPurpose purpose) {
    for (const RecordFinding& each : look.records) {
      if (each.purpose == purpose) return each;
    }
    throw std::runtime_error("no such record in the look");
  }

  House house;
  store::IdentityRecord identity;
  LookFacts facts;
};

TEST_F(LookTest, AMailFromDomainAsPrintedIsGoodOnEveryServer) {
  house.publish_mail_from(bounce);
  const Look seen = look();
  EXPECT_EQ(seen.findings.mail_from->finding, Finding::right);
  EXPECT_EQ(seen.zone, "example.com");
  EXPECT_EQ(seen.findings.soa, (store::SoaFacts{"ns1.example.com", "hostmaster.example.com", 2026010101}));
  EXPECT_THAT(seen.mail_from_problems, IsEmpty());
  const RecordFinding& mx = record(seen, RecordPurpose::mail_from_mx);
  EXPECT_EQ(mx.status, RecordStatus::good);
  ASSERT_EQ(mx.servers.size(), 2u);
  EXPECT_EQ(mx.servers[0].server, "ns1.example.com");
  EXPECT_THAT(mx.servers[1].found, ElementsAre(good_mx));
  EXPECT_EQ(record(seen, RecordPurpose::mail_from_spf).status, RecordStatus::good);
}

TEST_F(LookTest, OnlyTheMxDecidesTheState) {
  house.servers.publish(bounce, RecordType::mx, good_mx);
  const Look seen = look();
  EXPECT_EQ(seen.findings.mail_from->finding, Finding::right);
  EXPECT_EQ(record(seen, RecordPurpose::mail_from_spf).status, RecordStatus::missing);
  ASSERT_EQ(seen.mail_from_problems.size(), 1u);
  EXPECT_THAT(seen.mail_from_problems[0], HasSubstr("no SPF record"));
}

TEST_F(LookTest, NothingPublishedIsWrongAndSaysWhatToPublish) {
  const Look seen = look();
  EXPECT_EQ(seen.findings.mail_from->finding, Finding::wrong);
  EXPECT_EQ(seen.findings.mail_from->error, store::LookError::host_not_found);
  EXPECT_THAT(record(seen, RecordPurpose::mail_from_mx).advice, HasSubstr("Publish bounce.example.com MX"));
}

TEST_F(LookTest, ADoubledZoneIsFound) {
  house.servers.publish("bounce.example.com.example.com", RecordType::mx, good_mx);
  EXPECT_THAT(record(look(), RecordPurpose::mail_from_mx).advice, HasSubstr("Enter only \"bounce\""));
}

TEST_F(LookTest, AWildcardIsFound) {
  house.servers.publish("*.example.com", RecordType::mx, "10 mail.example.com");
  EXPECT_THAT(record(look(), RecordPurpose::mail_from_mx).advice, HasSubstr("A wildcard (*.example.com)"));
}

TEST_F(LookTest, AnAliasIsFound) {
  house.servers.publish(bounce, RecordType::cname, "www.example.com");
  const RecordFinding mx = record(look(), RecordPurpose::mail_from_mx);
  EXPECT_EQ(mx.status, RecordStatus::wrong);
  EXPECT_THAT(mx.advice, HasSubstr("remove the CNAME"));
}

TEST_F(LookTest, AProxyIsFound) {
  house.servers.publish(bounce, RecordType::a, "192.0.2.80");
  EXPECT_THAT(record(look(), RecordPurpose::mail_from_mx).advice, HasSubstr("proxy"));
}

TEST_F(LookTest, WithoutAdviceTheExtraQuestionsAreNotAsked) {
  house.servers.publish("bounce.example.com.example.com", RecordType::mx, good_mx);
  LookOptions plain;
  plain.advice = false;
  const std::size_t before = house.servers.server(0).questions();
  EXPECT_THAT(record(look(plain), RecordPurpose::mail_from_mx).advice, HasSubstr("Publish"));
  EXPECT_EQ(house.servers.server(0).questions() - before, 2u) << "MX and TXT";
}

TEST_F(LookTest, AServerThatLagsIsNamedAndTheOthersDecideNothingAlone) {
  house.publish_mail_from(bounce);
  house.servers.server(1).withdraw(bounce, RecordType::mx);
  const Look seen = look();
  EXPECT_EQ(seen.findings.mail_from->finding, Finding::unknown) << "one against one";
  EXPECT_EQ(record(seen, RecordPurpose::mail_from_mx).status, RecordStatus::partial);
  EXPECT_THAT(record(seen, RecordPurpose::mail_from_mx).advice, HasSubstr("ns2.example.com"));
}

TEST_F(LookTest, AServerThatFailsIsLeftOut) {
  house.publish_mail_from(bounce);
  for (const Misbehaviour how : {Misbehaviour::servfail, Misbehaviour::refused, Misbehaviour::silent}) {
    house.servers.server(1).misbehave(how);
    EXPECT_EQ(look().findings.mail_from->finding, Finding::right);
  }
}

TEST_F(LookTest, WhenAllServersFailNothingIsKnown) {
  house.publish_mail_from(bounce);
  house.servers.server(0).misbehave(Misbehaviour::servfail);
  house.servers.server(1).misbehave(Misbehaviour::refused);
  const Look seen = look();
  EXPECT_EQ(seen.findings.mail_from->finding, Finding::unknown);
  EXPECT_EQ(seen.findings.mail_from->error, store::LookError::dns_server_error);
  EXPECT_EQ(record(seen, RecordPurpose::mail_from_mx).status, RecordStatus::unknown);
}

TEST_F(LookTest, ALabelDelegatedToTheServiceIsGood) {
  NameServer& ours = house.servers.add_server("ns1.svc.example");
  ours.publish(bounce, RecordType::mx, good_mx);
  ours.publish(bounce, RecordType::txt, good_spf);
  house.servers.server(0).delegate(bounce, "ns1.svc.example");
  house.servers.server(1).delegate(bounce, "ns1.svc.example");
  const Look seen = look();
  EXPECT_EQ(seen.findings.mail_from->finding, Finding::right);
  EXPECT_EQ(record(seen, RecordPurpose::mail_from_delegation).status, RecordStatus::good);
  EXPECT_THAT(seen.mail_from_problems, IsEmpty());
}

TEST_F(LookTest, ALabelDelegatedElsewhereIsSaidToBe) {
  house.servers.add_server("ns.other.example").publish(bounce, RecordType::txt, "\"hello\"");
  house.servers.server(0).delegate(bounce, "ns.other.example");
  house.servers.server(1).delegate(bounce, "ns.other.example");
  EXPECT_THAT(record(look(), RecordPurpose::mail_from_mx).advice, HasSubstr("zone of its own"));
}

TEST_F(LookTest, ADomainThatDoesNotExistIsWrongAndADnsThatFailsIsNot) {
  identity.name = "nowhere.test";
  identity.mail_from->domain = "bounce.nowhere.test";
  EXPECT_EQ(look().findings.mail_from->finding, Finding::wrong);
  house.servers.resolver().fail("nowhere.test", dns::AnswerStatus::servfail);
  EXPECT_EQ(look().findings.mail_from->finding, Finding::unknown);
}

TEST_F(LookTest, SpfIsEvaluatedWithWhatItIncludes) {
  house.servers.publish(bounce, RecordType::mx, good_mx);
  std::string record_text = "\"v=spf1 include:svc.example";
  dns::FakeResolver& resolver = house.servers.resolver();
  for (int i = 0; i < 11; ++i) {
    record_text += fmt::format(" include:i{}.example.net", i);
    resolver.add(fmt::format("i{}.example.net", i), RecordType::txt, "\"v=spf1 ip4:192.0.2.26 -all\"");
  }
  record_text += " ~all\"";
  house.servers.publish(bounce, RecordType::txt, record_text);
  resolver.add(bounce, RecordType::txt, "\"v=spf1 -all\"");  // a cache that lags; the zone's servers are believed
  const Look seen = look();
  EXPECT_EQ(seen.findings.mail_from->finding, Finding::right);
  EXPECT_THAT(record(seen, RecordPurpose::mail_from_spf).advice, HasSubstr("more than ten look-ups"));
  EXPECT_EQ(record(seen, RecordPurpose::mail_from_spf).status, RecordStatus::wrong);
}

TEST_F(LookTest, AMailFromDomainThatIsAnIdentityIsAProblem) {
  house.publish_mail_from(bounce);
  facts.mail_from_is_identity = true;
  EXPECT_THAT(look().mail_from_problems, ElementsAre(HasSubstr("registered for sending itself")));
}

TEST_F(LookTest, AllThreeDkimAliasesMustBeThere) {
  identity.mail_from.reset();
  identity.dkim.emplace().selectors = {"one", "two", "three"};
  house.servers.publish("one._domainkey.example.com", RecordType::cname, "one.dkim.svc.example");
  house.servers.publish("two._domainkey.example.com", RecordType::cname, "two.dkim.svc.example");
  EXPECT_EQ(look().findings.dkim->finding, Finding::wrong);
  house.servers.publish("three._domainkey.example.com", RecordType::cname, "three.dkim.svc.example");
  EXPECT_EQ(look().findings.dkim->finding, Finding::right);
}

TEST_F(LookTest, AnOwnKeyIsComparedWithWhatIsPublished) {
  identity.mail_from.reset();
  identity.dkim.emplace().selectors = {"Mine"};
  identity.dkim->origin = store::DkimOrigin::external;
  facts.own_public_key = "AbC=";
  house.servers.publish("mine._domainkey.example.com", RecordType::txt, "\"v=DKIM1; p=AbC=\"");
  EXPECT_EQ(look().findings.dkim->finding, Finding::right);
  facts.own_public_key = "Other=";
  EXPECT_EQ(look().findings.dkim->finding, Finding::wrong);
}

TEST_F(LookTest, AnOwnKeyMayStandBehindAliases) {
  identity.mail_from.reset();
  identity.dkim.emplace().selectors = {"mine"};
  identity.dkim->origin = store::DkimOrigin::external;
  facts.own_public_key = "AbC=";
  house.servers.publish("mine._domainkey.example.com", RecordType::cname, "keys.example.com");
  house.servers.publish("keys.example.com", RecordType::cname, "key1.example.com");
  EXPECT_EQ(look().findings.dkim->finding, Finding::wrong);
  EXPECT_THAT(look().records.at(0).advice, HasSubstr("is an alias (CNAME) for"));
  house.servers.publish("key1.example.com", RecordType::txt, "\"v=DKIM1; p=AbC=\"");
  EXPECT_EQ(look().findings.dkim->finding, Finding::right);
  house.servers.replace("key1.example.com", RecordType::txt, "\"v=DKIM1; p=Other=\"");
  EXPECT_EQ(look().findings.dkim->finding, Finding::wrong);
  house.servers.publish("key1.example.com", RecordType::cname, "mine._domainkey.example.com");
  house.servers.withdraw("key1.example.com", RecordType::txt);
  EXPECT_EQ(look().findings.dkim->finding, Finding::wrong) << "a loop leads nowhere";
}

TEST_F(LookTest, TheTokenMayStandAtItsNameOrAtTheApex) {
  identity.mail_from.reset();
  identity.txt_token = "AbC=";
  EXPECT_EQ(look().findings.txt->finding, Finding::wrong);
  EXPECT_EQ(record(look(), RecordPurpose::verification).name, "_amazonses.example.com");
  house.servers.publish("example.com", RecordType::txt, "\"amazonses:AbC=\"");
  const Look at_apex = look();
  EXPECT_EQ(at_apex.findings.txt->finding, Finding::right);
  ASSERT_EQ(at_apex.records.size(), 1u);
  EXPECT_EQ(at_apex.records[0].name, "example.com");
  house.servers.withdraw("example.com", RecordType::txt);
  house.servers.publish("_amazonses.example.com", RecordType::txt, "\"AbC=\"");
  EXPECT_EQ(look().findings.txt->finding, Finding::right);
}

TEST_F(LookTest, OnlyWhatIsAskedForIsLookedAt) {
  identity.dkim.emplace().selectors = {"one"};
  const Look seen = look({.dkim = true, .txt = false, .mail_from = false, .advice = false});
  EXPECT_FALSE(seen.findings.mail_from);
  EXPECT_TRUE(seen.findings.dkim);
  EXPECT_THAT(seen.mail_from_problems, IsEmpty());
}

// --- the JSON of DESIGN 3.1 ---

std::vector<std::string> keys(const boost::json::value& object) {
  std::vector<std::string> names;
  for (const auto& member : object.as_object()) names.emplace_back(member.key());
  return names;
}

TEST_F(LookTest, TheJsonHasThePromisedKeys) {
  house.publish_mail_from(bounce);
  const boost::json::object json = to_json(look(), identity);
  EXPECT_THAT(keys(json), UnorderedElementsAre("domain", "mail_from", "records"));
  EXPECT_THAT(keys(json.at("mail_from")), UnorderedElementsAre("domain", "status", "problems"));
  const boost::json::value& mx = json.at("records").at(0);
  EXPECT_THAT(keys(mx),
              UnorderedElementsAre("purpose", "name", "type", "expected", "found", "servers", "status", "advice"));
  EXPECT_EQ(mx.at("type"), "MX");
  EXPECT_EQ(mx.at("expected"), good_mx);
  EXPECT_EQ(mx.at("found"), boost::json::array({good_mx}));
  EXPECT_EQ(mx.at("status"), "good");
  EXPECT_THAT(keys(mx.at("servers").at(0)), UnorderedElementsAre("name", "address", "status", "found"));
  EXPECT_EQ(mx.at("servers").at(0).at("name"), "ns1.example.com");
  EXPECT_EQ(json.at("mail_from").at("status"), "PENDING");
}

TEST_F(LookTest, PartsNotLookedAtStayAsTheyWere) {
  identity.dkim.emplace().selectors = {"one"};
  const boost::json::object before = to_json(look(), identity);
  house.publish_mail_from(bounce);
  const LookOptions only_dkim{.dkim = true, .txt = false, .mail_from = false, .advice = true};
  const boost::json::object after = with_parts_of(to_json(look(only_dkim), identity), before, only_dkim);
  EXPECT_EQ(after.at("records").as_array().size(), 3u);
  EXPECT_EQ(after.at("mail_from"), before.at("mail_from"));
}

}  // namespace
}  // namespace sesame::identity
