#include "zone/service_zone.h"

#include <gtest/gtest.h>

#include "net/testing/run_task.h"
#include "zone/authority.h"
#include "zone/zone_file.h"

namespace sesame::zone {
namespace {

using dns::Rcode;
using dns::RecordType;

class Tokens final : public TokenSource {
 public:
  net::Task<Result<std::optional<std::string>, TokenError>> dkim_record(std::string token) override {
    std::optional<std::string> value;
    if (broken) co_return std::unexpected(TokenError::unavailable);
    if (token == "abc") value = "v=DKIM1; k=rsa; p=" + std::string(392, 'M');
    co_return value;
  }
  net::Task<Result<bool, TokenError>> is_mail_from_domain(std::string name) override {
    if (broken) co_return std::unexpected(TokenError::unavailable);
    co_return name == "bounce.customer.example";
  }
  bool broken = false;
};

ServiceZoneOptions options(std::string region) {
  ServiceZoneOptions options;
  options.service_domain = "svc.example";
  options.region = std::move(region);
  options.host = {"mail.svc.example", {*net::parse_ip("192.0.2.25"), *net::parse_ip("2001:db8::25")}};
  options.feedback_addresses = {*net::parse_ip("192.0.2.26")};
  options.name_servers = {{"ns1.svc.example", {*net::parse_ip("192.0.2.53")}}, {"ns.elsewhere.test", {}}};
  options.spf_mechanisms = {"ip4:192.0.2.25", "ip6:2001:db8::25"};
  return options;
}

std::vector<std::string> values(const std::vector<dns::Record>& records) {
  std::vector<std::string> texts;
  for (const auto& record : records) texts.push_back(dns::presentation(record.data));
  return texts;
}
using Values = std::vector<std::string>;

struct ServiceZoneTest : testing::Test {
  Tokens tokens;
  ServiceZone zone{options("us-east-1"), tokens};
  ZoneAnswer ask(std::string name, RecordType type) { return net::run_task(zone.answer(std::move(name), type)); }
};

TEST_F(ServiceZoneTest, PublishesSpfAndTheFeedbackHost) {
  EXPECT_EQ(values(ask("svc.example", RecordType::txt).answers),
            Values{R"("v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 -all")"});
  EXPECT_EQ(values(ask("svc.example", RecordType::mx).answers), Values{"10 feedback-smtp.us-east-1.svc.example."});
  EXPECT_EQ(values(ask("feedback-smtp.us-east-1.svc.example", RecordType::a).answers), Values{"192.0.2.26"});
  EXPECT_EQ(values(ask("mail.svc.example", RecordType::aaaa).answers), Values{"2001:db8::25"});
  EXPECT_EQ(values(ask("svc.example", RecordType::ns).answers), (Values{"ns1.svc.example.", "ns.elsewhere.test."}));
}

TEST_F(ServiceZoneTest, OutsideUsEast1TheRegionIsTheDefaultMailFromDomain) {
  ServiceZone frankfurt(options("eu-central-1"), tokens);
  const auto mx = net::run_task(frankfurt.answer("eu-central-1.svc.example", RecordType::mx));
  EXPECT_EQ(values(mx.answers), Values{"10 feedback-smtp.eu-central-1.svc.example."});
  const auto txt = net::run_task(frankfurt.answer("eu-central-1.svc.example", RecordType::txt));
  EXPECT_EQ(values(txt.answers), Values{R"("v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 -all")"});
}

TEST_F(ServiceZoneTest, DkimTokensComeFromTheStoreInStringsOf255Octets) {
  const auto found = ask("abc.dkim.svc.example", RecordType::txt);
  ASSERT_EQ(found.answers.size(), 1U);
  const auto& txt = std::get<dns::Txt>(found.answers[0].data);
  EXPECT_EQ(txt.strings.size(), 2U);
  EXPECT_EQ(txt.strings[0].size(), 255U);
  EXPECT_EQ(txt.joined(), "v=DKIM1; k=rsa; p=" + std::string(392, 'M'));
  EXPECT_EQ(ask("abc.dkim.svc.example", RecordType::a).rcode, Rcode::noerror);
  EXPECT_EQ(ask("abc.dkim.svc.example", RecordType::a).authority.size(), 1U);
  EXPECT_EQ(ask("xyz.dkim.svc.example", RecordType::txt).rcode, Rcode::nxdomain);
  EXPECT_EQ(ask("x.abc.dkim.svc.example", RecordType::txt).rcode, Rcode::nxdomain);
  EXPECT_EQ(ask("dkim.svc.example", RecordType::txt).rcode, Rcode::noerror);
}

TEST_F(ServiceZoneTest, AStoreThatCannotTellMakesServfailNotNxdomain) {
  tokens.broken = true;
  EXPECT_EQ(ask("abc.dkim.svc.example", RecordType::txt).rcode, Rcode::servfail);
  EXPECT_EQ(ask("svc.example", RecordType::mx).rcode, Rcode::noerror);
}

TEST_F(ServiceZoneTest, ADelegatedMailFromLabelIsAZoneOfItsOwn) {
  DelegatedMailFrom delegated(options("us-east-1"), tokens);
  const auto ask_delegated = [&](std::string name, RecordType type) {
    return net::run_task(delegated.answer(std::move(name), type));
  };
  EXPECT_EQ(values(ask_delegated("bounce.customer.example", RecordType::mx).answers),
            Values{"10 feedback-smtp.us-east-1.svc.example."});
  EXPECT_EQ(values(ask_delegated("bounce.customer.example", RecordType::txt).answers),
            Values{R"("v=spf1 include:svc.example ~all")"});
  EXPECT_EQ(ask_delegated("bounce.customer.example", RecordType::soa).answers.size(), 1U);
  EXPECT_EQ(ask_delegated("bounce.customer.example", RecordType::ns).answers.size(), 2U);
  EXPECT_EQ(ask_delegated("_dmarc.bounce.customer.example", RecordType::txt).rcode, Rcode::nxdomain);
  EXPECT_EQ(ask_delegated("customer.example", RecordType::mx).rcode, Rcode::refused);
  EXPECT_EQ(ask_delegated("other.customer.example", RecordType::mx).rcode, Rcode::refused);
}

TEST_F(ServiceZoneTest, AReferralToAZoneServedHereIsAnsweredByThatZone) {
  ZoneData customer("customer.example", {.primary = "ns.customer.example", .mailbox = "h.customer.example"});
  for (const std::string name : {"bounce.customer.example", "elsewhere.customer.example"}) {
    ASSERT_TRUE(customer.add({name, RecordType::ns, 60, dns::Ns{"ns1.svc.example"}}));
  }
  Authority authority;
  authority.put("customer.example", std::make_shared<Zone>(std::move(customer)));
  authority.set_fallback(std::make_shared<DelegatedMailFrom>(options("us-east-1"), tokens));
  const auto own = net::run_task(authority.answer("bounce.customer.example", RecordType::mx));
  EXPECT_TRUE(own.authoritative);
  EXPECT_EQ(own.answers.size(), 1U);
  const auto other = net::run_task(authority.answer("elsewhere.customer.example", RecordType::mx));
  EXPECT_FALSE(other.authoritative);
  EXPECT_EQ(other.authority.size(), 1U);
}

TEST_F(ServiceZoneTest, PublishesTheKeyOfTheServicesOwnMail) {
  ServiceZoneOptions with_key = options("us-east-1");
  const std::string value = "v=DKIM1; k=rsa; p=" + std::string(392, 'M');
  with_key.own_dkim_key = {"sel", value};
  ServiceZone signing(with_key, tokens);
  const ZoneAnswer answer = net::run_task(signing.answer("sel._domainkey.svc.example", RecordType::txt));
  ASSERT_EQ(answer.answers.size(), 1u);
  EXPECT_EQ(std::get<dns::Txt>(answer.answers.front().data).joined(), value);
  EXPECT_EQ(net::run_task(zone.answer("sel._domainkey.svc.example", RecordType::txt)).rcode, Rcode::nxdomain);
}

TEST_F(ServiceZoneTest, PublishesTheKeyThatSignsDomainConnectUrlsInParts) {
  ServiceZoneOptions with_key = options("us-east-1");
  with_key.domain_connect_key = {"_dck1", {"p=1,a=RS256,t=x509,d=MII", "p=2,a=RS256,t=x509,d=AQAB"}};
  ServiceZone signing(with_key, tokens);
  const ZoneAnswer answer = net::run_task(signing.answer("_dck1.svc.example", RecordType::txt));
  EXPECT_EQ(answer.answers.size(), 2u);
  EXPECT_EQ(net::run_task(zone.answer("_dck1.svc.example", RecordType::txt)).rcode, Rcode::nxdomain);
}

TEST_F(ServiceZoneTest, PrintsAsAZoneFileWithItsTokens) {
  const std::string text = print_service_zone(options("us-east-1"), {{"abc", "v=DKIM1; k=rsa; p=MII"}});
  const auto zone_read = parse_zone(text);
  ASSERT_TRUE(zone_read.has_value()) << zone_read.error().text;
  EXPECT_EQ(values(zone_read->set("abc.dkim.svc.example", RecordType::txt)), Values{R"("v=DKIM1; k=rsa; p=MII")"});
  EXPECT_EQ(zone_read->soa().primary, "ns1.svc.example");
}

TEST_F(ServiceZoneTest, WrongOptionsShowAtStartUp) {
  ServiceZoneOptions wrong = options("us-east-1");
  wrong.name_servers.clear();
  EXPECT_THROW(build_service_zone(wrong), std::invalid_argument);
  wrong = options("us-east-1");
  wrong.service_domain = "no domain";
  EXPECT_THROW(build_service_zone(wrong), std::invalid_argument);
}

}  // namespace
}  // namespace sesame::zone
