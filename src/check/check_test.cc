// The whole check of a domain on two name servers of its own on loopback.
#include "check/check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

#include "check/receivers_view.h"
#include "identity/mail_from.h"
#include "identity/testing/house.h"
#include "mailauth/dkim/key.h"

namespace sesame::check {
namespace {

namespace json = boost::json;
using dns::RecordType;
using identity::Misbehaviour;
using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::IsSupersetOf;
using testing::SizeIs;

constexpr const char* bounce = "bounce.example.com";

struct CheckOfADomain : testing::Test {
  CheckOfADomain() {
    resolver().add("feedback-smtp.us-east-1.svc.example", RecordType::a, "192.0.2.25");
    question.domain = "example.com";
    question.mail_from_domain = bounce;
  }

  dns::FakeResolver& resolver() { return house.servers.resolver(); }
  void publish(const std::string& name, RecordType type, const std::string& value) {
    house.servers.publish(name, type, value);
    resolver().add(name, type, value);
  }
  void publish_all() {
    const std::string soa = "ns1.example.com hostmaster.example.com 2026010101 7200 900 1209600 300";
    house.servers.publish("example.com", RecordType::soa, soa);
    publish(bounce, RecordType::mx, "10 feedback-smtp.us-east-1.svc.example");
    publish(bounce, RecordType::txt, "\"v=spf1 include:svc.example ~all\"");
    publish("_dmarc.example.com", RecordType::txt, "\"v=DMARC1; p=reject; rua=mailto:dmarc@example.com\"");
    resolver().add("default._domainkey.example.com", RecordType::txt, key);
  }
  Report check() {
    Sources sources{house.client, house.servers.port(), resolver(), nullptr};
    return house.run(check_domain(sources, question, house.clock.now(), net::after(std::chrono::seconds(15))));
  }
  static std::vector<std::string> asked(const Report& report, Severity severity) {
    std::vector<std::string> all;
    for (const Problem& problem : report.problems) {
      if (problem.severity == severity) all.push_back(problem.asked);
    }
    return all;
  }

  identity::House house;
  Question question;
  const std::string key = mailauth::dkim::SigningKey::generate_ed25519().record();
};

TEST_F(CheckOfADomain, InOrderIsGood) {
  publish_all();
  const Report report = check();
  EXPECT_EQ(report.verdict, Verdict::good);
  EXPECT_THAT(report.problems, IsEmpty()) << json::serialize(to_json(report));
  EXPECT_EQ(report.summary, "example.com is in order.");
  EXPECT_EQ(
      report.decision,
      "SPF passes for hosts it lists and counts for DMARC; signatures can pass; what fails is rejected (p=reject).");
  ASSERT_TRUE(report.mail_from);
  EXPECT_EQ(report.mail_from->status, "SUCCESS");
  ASSERT_TRUE(report.mail_from->service);
  EXPECT_EQ(report.mail_from->service->service_domain, "svc.example") << "recognised by the MX";
  ASSERT_THAT(report.zone.servers, SizeIs(2));
  EXPECT_EQ(report.zone.servers[1].serial, 2026010101u);
}

TEST_F(CheckOfADomain, GivesTheJsonThatScriptsRelyOn) {
  publish_all();
  question.addresses = {net::parse_ip("192.0.2.25").value()};
  const json::object object = to_json(check());
  for (const char* member : {"domain", "mail_from", "records", "spf", "dkim", "dmarc", "provider", "verdict"}) {
    EXPECT_TRUE(object.contains(member)) << member;
  }
  EXPECT_EQ(object.at("mail_from").at("domain"), bounce);
  EXPECT_EQ(object.at("mail_from").at("status"), "SUCCESS");
  EXPECT_TRUE(object.at("mail_from").at("problems").as_array().empty());
  const json::object& record = object.at("records").at(0).as_object();
  EXPECT_EQ(record.at("purpose"), "mail_from_mx");
  EXPECT_EQ(record.at("expected"), "10 feedback-smtp.us-east-1.svc.example");
  EXPECT_EQ(record.at("status"), "good");
  EXPECT_EQ(record.at("servers").at(1).at("name"), "ns2.example.com");
  EXPECT_EQ(object.at("spf").at("lookups"), 1);
  EXPECT_EQ(object.at("spf").at("networks").at(0), "192.0.2.25");
  EXPECT_EQ(object.at("dkim").at(0).at("selector"), "default");
  EXPECT_EQ(object.at("dmarc").at("policy"), "reject");
  EXPECT_TRUE(object.at("dmarc").at("spf_aligned").as_bool());
  EXPECT_TRUE(object.at("provider").at("name").is_null());
  EXPECT_EQ(object.at("addresses").at(0).at("spf"), "pass");
  EXPECT_EQ(object.at("verdict"), "bad") << "the address has no name";
}

TEST_F(CheckOfADomain, WithTwoMxSpeaksAsTheDiagnosisDoes) {
  publish_all();
  question.service = identity::ServiceNames{"svc.example"};
  publish(bounce, RecordType::mx, "20 mx.example.com");
  const Report report = check();
  EXPECT_EQ(report.verdict, Verdict::bad);
  ASSERT_TRUE(report.mail_from);
  EXPECT_EQ(report.mail_from->status, "FAILED");
  EXPECT_THAT(report.mail_from->problems.at(0).change, HasSubstr("Remove: 20 mx.example.com"));
}

TEST_F(CheckOfADomain, WithTwoMxForAnUnknownServiceIsBadToo) {
  publish_all();
  publish(bounce, RecordType::mx, "20 mx.example.com");
  const Report report = check();
  ASSERT_TRUE(report.mail_from);
  EXPECT_FALSE(report.mail_from->service);
  EXPECT_THAT(report.mail_from->problems.at(0).change, HasSubstr("There are 2 MX records"));
}

TEST_F(CheckOfADomain, WhoseMxLeadsNowhereIsBad) {
  publish_all();
  resolver().remove("feedback-smtp.us-east-1.svc.example", RecordType::a);
  EXPECT_THAT(asked(check(), Severity::bad), ElementsAre("feedback-smtp.us-east-1.svc.example A"));
}

TEST_F(CheckOfADomain, AtAnAliasIsToldToRemoveIt) {
  publish_all();
  house.servers.withdraw(bounce, RecordType::mx);
  house.servers.withdraw(bounce, RecordType::txt);
  house.servers.publish(bounce, RecordType::cname, "www.example.com");
  const Report report = check();
  ASSERT_TRUE(report.mail_from);
  EXPECT_THAT(report.mail_from->problems.at(0).change, HasSubstr("is an alias (CNAME) for www.example.com"));
}

TEST_F(CheckOfADomain, WithADoubledZoneIsToldWhichNameToEnter) {
  publish_all();
  house.servers.withdraw(bounce, RecordType::mx);
  house.servers.publish("bounce.example.com.example.com", RecordType::mx, "10 feedback-smtp.us-east-1.svc.example");
  const Report report = check();
  ASSERT_TRUE(report.mail_from);
  EXPECT_THAT(report.mail_from->problems.at(0).change, HasSubstr("Enter only \"bounce\""));
}

TEST_F(CheckOfADomain, WithTwoSpfRecordsAtTheMailFromDomainIsToldOnce) {
  publish_all();
  publish(bounce, RecordType::txt, "\"v=spf1 -all\"");
  EXPECT_THAT(asked(check(), Severity::bad), ElementsAre("bounce.example.com TXT"));
}

TEST_F(CheckOfADomain, WhoseServersDisagreeIsBadAndNamesThem) {
  publish_all();
  house.servers.server(1).withdraw("_dmarc.example.com", RecordType::txt);
  const Report report = check();
  EXPECT_EQ(report.verdict, Verdict::bad);
  EXPECT_THAT(report.problems.at(0).found, HasSubstr("nothing at ns2.example.com"));
}

TEST_F(CheckOfADomain, WhosePolicyIsKeptElsewhereIsGood) {
  publish_all();
  house.servers.withdraw("_dmarc.example.com", RecordType::txt);
  resolver().remove("_dmarc.example.com", RecordType::txt);
  publish("_dmarc.example.com", RecordType::cname, "example-com.dmarc.example.net");
  resolver().add("example-com.dmarc.example.net", RecordType::txt,
                 "\"v=DMARC1; p=reject; rua=mailto:dmarc@example.com\"");
  const Report report = check();
  EXPECT_EQ(report.verdict, Verdict::good) << json::serialize(to_json(report));
  EXPECT_EQ(report.records.back().purpose, "dmarc");
  EXPECT_EQ(report.records.back().finding.status, identity::RecordStatus::good);
}

TEST_F(CheckOfADomain, WithASilentServerIsBadAndNamesIt) {
  publish_all();
  house.servers.server(1).misbehave(Misbehaviour::silent);
  EXPECT_THAT(asked(check(), Severity::bad), ElementsAre("example.com SOA at ns2.example.com"));
}

TEST_F(CheckOfADomain, WithServersOutOfReachTakesTheResolversWord) {
  publish_all();
  for (const std::size_t server : {0u, 1u}) house.servers.server(server).misbehave(Misbehaviour::silent);
  const Report report = check();
  EXPECT_EQ(report.verdict, Verdict::good) << json::serialize(to_json(report));
  ASSERT_TRUE(report.mail_from);
  EXPECT_EQ(report.mail_from->status, "SUCCESS");
  EXPECT_THAT(asked(report, Severity::advice), Contains("example.com SOA"));
}

TEST_F(CheckOfADomain, WithoutAnAnsweringResolverIsUnknown) {
  for (const char* name : {"example.com", "com"}) resolver().fail(name, dns::AnswerStatus::timeout);
  const Report report = check();
  EXPECT_EQ(report.verdict, Verdict::unknown);
  ASSERT_THAT(report.problems, SizeIs(1));
  EXPECT_THAT(report.problems[0].change, HasSubstr("No resolver answers"));
  const json::object object = to_json(report);
  EXPECT_TRUE(object.at("spf").is_null());
  EXPECT_EQ(object.at("verdict"), "unknown");
}

TEST_F(CheckOfADomain, ThatAloneIsNotAnsweredForIsUnknownAndSaidToBeIt) {
  resolver().fail("example.com", dns::AnswerStatus::servfail);
  const Report report = check();
  EXPECT_EQ(report.verdict, Verdict::unknown);
  ASSERT_THAT(report.problems, SizeIs(1));
  EXPECT_THAT(report.problems[0].change, HasSubstr("answers about com and not about example.com"));
}

TEST_F(CheckOfADomain, ThatDoesNotExistIsBad) {
  question.domain = "nobody.test";
  question.mail_from_domain.clear();
  const Report report = check();
  EXPECT_EQ(report.verdict, Verdict::bad);
  EXPECT_THAT(report.problems.at(0).change, HasSubstr("There is no nobody.test"));
}

TEST_F(CheckOfADomain, WithoutAMailFromDomainIsJudgedByItsOwnSpf) {
  publish_all();
  question.mail_from_domain.clear();
  const Report report = check();
  EXPECT_FALSE(report.mail_from);
  EXPECT_EQ(report.spf.domain, "example.com");
  EXPECT_THAT(asked(report, Severity::bad), ElementsAre("example.com TXT"));
  EXPECT_TRUE(to_json(report).at("mail_from").is_null());
}

TEST_F(CheckOfADomain, WhoseOwnSpfIsBrokenIsAdvisedBesideItsMailFrom) {
  publish_all();
  publish("example.com", RecordType::txt, "\"v=spf1 +all\"");
  const Report report = check();
  EXPECT_EQ(report.verdict, Verdict::good);
  EXPECT_THAT(asked(report, Severity::advice), ElementsAre("example.com TXT"));
}

TEST_F(CheckOfADomain, LooksForTheServicesDkimRecords) {
  publish_all();
  question.service = identity::ServiceNames{"svc.example"};
  question.selectors = {std::string(32, 'a')};
  const Report report = check();
  const std::string at = std::string(32, 'a') + "._domainkey.example.com";
  EXPECT_THAT(asked(report, Severity::bad), IsSupersetOf({at + " CNAME", at + " TXT"}));
}

TEST_F(CheckOfADomain, AsksTheZonesOwnServersBeforeACache) {
  publish_all();
  // The resolver still has what stood there before.
  resolver().remove("_dmarc.example.com", RecordType::txt);
  resolver().add("_dmarc.example.com", RecordType::txt, "\"v=DMARC1; p=none\"");
  EXPECT_EQ(check().dmarc.outcome.policy, mailauth::dmarc::Policy::reject);
}

TEST_F(CheckOfADomain, ConcludingAgainChangesNothing) {
  question.mail_from_domain.clear();
  house.servers.publish("example.com", RecordType::soa, "ns1.example.com hostmaster.example.com 1 2 3 4 5");
  Report report = check();
  const json::object before = to_json(report);
  conclude(report);
  EXPECT_EQ(to_json(report), before);
}

TEST_F(CheckOfADomain, IsPartOfADiagnosisOnceAskedFor) {
  publish_all();
  CheckedReceivers receivers({house.client, house.servers.port(), resolver(), nullptr}, house.clock, house.names);
  store::IdentityRecord identity;
  identity.name = "example.com";
  identity.mail_from =
      identity::on_set(std::nullopt, bounce, store::BehaviorOnMxFailure::use_default, house.clock.now());
  identity::Look look;
  identity::RecordFinding missing;
  missing.name = bounce;
  missing.status = identity::RecordStatus::missing;
  missing.advice = "Publish it.";
  const json::object good = house.run(receivers.see(look, identity));
  EXPECT_EQ(good.at("verdict"), "good");
  EXPECT_EQ(good.at("spf").at("domain"), bounce);
  EXPECT_FALSE(good.contains("records")) << "those are the look's";
  look.records.push_back(missing);
  const json::object bad = house.run(receivers.see(look, identity));
  EXPECT_EQ(bad.at("verdict"), "bad");
  EXPECT_EQ(bad.at("problems").at(0).at("advice"), "Publish it.");
}

TEST(AService, IsRecognisedByItsFeedbackHost) {
  const auto service_of = [](const std::string& host) {
    return recognise_service({{"b.example.com", RecordType::mx, 60, dns::Mx{10, host}}});
  };
  const auto ses = service_of("feedback-smtp.eu-west-1.amazonses.com");
  ASSERT_TRUE(ses);
  EXPECT_EQ(ses->service_domain, "amazonses.com");
  EXPECT_EQ(ses->region, "eu-west-1");
  EXPECT_FALSE(service_of("mx.example.net"));
  EXPECT_FALSE(service_of("feedback-smtp.example"));
  EXPECT_FALSE(recognise_service({}));
}

}  // namespace
}  // namespace sesame::check
