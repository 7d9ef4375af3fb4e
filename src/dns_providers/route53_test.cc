// Exchanges as the Route 53 API reference shows them, replayed by a server on loopback; their signatures are checked by
// our own verifier of Signature Version 4.
#include "dns_providers/route53.h"

#include <gtest/gtest.h>

#include "api/sigv4/verify.h"
#include "dns/testing/fake_resolver.h"
#include "net/testing/run_task.h"
#include "publish/testing/web_receiver.h"

namespace sesame::dns_providers {
namespace {

using dns::RecordType;

constexpr const char* key_id = "AKIDEXAMPLE";
constexpr const char* secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

constexpr const char* zones_answer = R"(<?xml version="1.0" encoding="UTF-8"?>
<ListHostedZonesByNameResponse xmlns="https://route53.amazonaws.com/doc/2013-04-01/">
  <HostedZones>
    <HostedZone><Id>/hostedzone/Z111PRIVATE</Id><Name>example.com.</Name><CallerReference>a</CallerReference>
      <Config><PrivateZone>true</PrivateZone></Config><ResourceRecordSetCount>3</ResourceRecordSetCount></HostedZone>
    <HostedZone><Id>/hostedzone/Z222222VVVVVVV</Id><Name>example.com.</Name><CallerReference>b</CallerReference>
      <Config><Comment>ours</Comment><PrivateZone>false</PrivateZone></Config></HostedZone>
  </HostedZones>
  <DNSName>example.com</DNSName><IsTruncated>false</IsTruncated><MaxItems>10</MaxItems>
</ListHostedZonesByNameResponse>)";

constexpr const char* sets_answer = R"(<?xml version="1.0" encoding="UTF-8"?>
<ListResourceRecordSetsResponse xmlns="https://route53.amazonaws.com/doc/2013-04-01/">
  <ResourceRecordSets>
    <ResourceRecordSet><Name>example.com.</Name><Type>SOA</Type><TTL>900</TTL>
      <ResourceRecords><ResourceRecord><Value>ns-1.awsdns-00.org. hostmaster.example.com. 1 7200 900 1209600 86400</Value>
      </ResourceRecord></ResourceRecords></ResourceRecordSet>
    <ResourceRecordSet><Name>bounce.example.com.</Name><Type>MX</Type><TTL>300</TTL>
      <ResourceRecords><ResourceRecord><Value>10 mx.example.com</Value></ResourceRecord></ResourceRecords></ResourceRecordSet>
    <ResourceRecordSet><Name>bounce.example.com.</Name><Type>TXT</Type><TTL>60</TTL>
      <ResourceRecords><ResourceRecord><Value>"v=spf1 -all"</Value></ResourceRecord></ResourceRecords></ResourceRecordSet>
    <ResourceRecordSet><Name>www.example.com.</Name><Type>A</Type>
      <AliasTarget><HostedZoneId>Z2</HostedZoneId><DNSName>x.cloudfront.net.</DNSName></AliasTarget></ResourceRecordSet>
  </ResourceRecordSets>
  <IsTruncated>false</IsTruncated><MaxItems>100</MaxItems>
</ListResourceRecordSetsResponse>)";

constexpr const char* change_answer = R"(<?xml version="1.0" encoding="UTF-8"?>
<ChangeResourceRecordSetsResponse xmlns="https://route53.amazonaws.com/doc/2013-04-01/">
  <ChangeInfo><Id>/change/C2682N5HXP0BZ4</Id><Status>PENDING</Status><SubmittedAt>2026-01-01T00:00:00Z</SubmittedAt></ChangeInfo>
</ChangeResourceRecordSetsResponse>)";

std::string error_answer(const std::string& code, const std::string& message) {
  return "<?xml version=\"1.0\"?><ErrorResponse xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\"><Error>"
         "<Type>Sender</Type><Code>" +
         code + "</Code><Message>" + message + "</Message></Error><RequestId>b25f48e8</RequestId></ErrorResponse>";
}

const SetKey mx_key{"bounce.example.com", RecordType::mx}, txt_key{"bounce.example.com", RecordType::txt};
const RecordSet mx{"bounce.example.com", RecordType::mx, 300, {dns::Mx{10, "mx.example.com"}}};
const RecordSet txt{"bounce.example.com", RecordType::txt, 60, {dns::Txt{{"v=spf1 -all"}}}};
const RecordSet our_mx{"bounce.example.com", RecordType::mx, 300, {dns::Mx{10, "mx.svc.example"}}};
const RecordSet no_mx{"bounce.example.com", RecordType::mx, 0, {}};

class Route53Test : public testing::Test {
 protected:
  Route53Provider provider(std::string zone_id = "Z2") {
    http::OutsideClient client(dns_, [](const net::IpAddress&) { return true; });
    return {std::move(client), clock,
            Route53Settings{.zone = "example.com",
                            .hosted_zone_id = std::move(zone_id),
                            .access_key_id = key_id,
                            .secret_access_key = Secret(secret),
                            .url = *http::parse_url(receiver.url("/"))}};
  }
  static http::Response answer(const std::string& body, int status = 200) { return http::text_response(status, body); }
  static net::Deadline soon() { return net::after(std::chrono::seconds(5)); }

  bool is_signed(const http::Request& request) const {
    sigv4::HttpFacts facts{request.method, request.target, {}, request.body};
    for (const http::Field& field : request.headers) facts.headers.push_back({field.name, field.value});
    const auto parsed = sigv4::parse_authorization(facts, {.services = {"route53"}, .regions = {"us-east-1"}});
    return parsed && parsed->access_key_id == key_id && sigv4::verify(*parsed, Secret(secret), clock.now()).has_value();
  }
  ProviderErrc error_of(const std::string& body, int status) {
    receiver.answer({answer(sets_answer), answer(body, status)});
    Route53Provider asked = provider();
    const auto refused = net::run_task(asked.apply({{mx}, {{mx, our_mx}}}, soon()));
    return refused ? ProviderErrc::unreachable : refused.error().code;
  }

  dns::FakeResolver dns_;
  ManualClock clock;
  publish::WebReceiver receiver;
};

TEST_F(Route53Test, FindsThePublicZoneByItsName) {
  receiver.answer({answer(zones_answer), answer(sets_answer)});
  Route53Provider asked = provider("");
  const auto works = net::run_task(asked.test(soon()));
  ASSERT_TRUE(works.has_value()) << works.error().text;
  const auto requests = receiver.wait_for(2);
  EXPECT_EQ(requests[0].target, "/2013-04-01/hostedzonesbyname?dnsname=example.com&maxitems=10");
  EXPECT_EQ(requests[1].target, "/2013-04-01/hostedzone/Z222222VVVVVVV/rrset?name=example.com&maxitems=100");
  EXPECT_TRUE(is_signed(requests[0]));
  EXPECT_TRUE(is_signed(requests[1]));
}

TEST_F(Route53Test, AnIdIsOfTheZoneItWasEnteredFor) {
  receiver.answer(
      {answer(R"(<ListResourceRecordSetsResponse><ResourceRecordSets/></ListResourceRecordSetsResponse>)")});
  Route53Provider asked = provider();
  const auto other = net::run_task(asked.test(soon()));
  ASSERT_FALSE(other.has_value());
  EXPECT_EQ(other.error().code, ProviderErrc::no_zone);
  EXPECT_EQ(other.error().field, "settings.hosted_zone_id");
}

TEST_F(Route53Test, ReadsTheSetsThatWereAskedFor) {
  receiver.answer({answer(sets_answer)});
  Route53Provider asked = provider();
  const auto sets = net::run_task(asked.read({mx_key, txt_key}, soon()));
  ASSERT_TRUE(sets.has_value()) << sets.error().text;
  EXPECT_EQ(*sets, (std::vector<RecordSet>{mx, txt}));
}

TEST_F(Route53Test, AChangeSetIsOneSignedBatchThatRemovesBeforeItCreates) {
  receiver.answer({answer(sets_answer), answer(change_answer)});
  Route53Provider asked = provider();
  RecordSet other_ttl = mx;
  other_ttl.ttl = 999;  // what a preview saw long ago; DELETE needs the one there is
  const auto done = net::run_task(asked.apply({{mx, txt}, {{other_ttl, our_mx}}}, soon()));
  ASSERT_TRUE(done.has_value()) << done.error().text;
  const auto requests = receiver.wait_for(2);
  EXPECT_EQ(requests[1].method, "POST");
  EXPECT_EQ(requests[1].target, "/2013-04-01/hostedzone/Z2/rrset/");
  EXPECT_TRUE(is_signed(requests[1]));
  http::Request tampered = requests[1];
  tampered.body += " ";
  EXPECT_FALSE(is_signed(tampered));
  const auto root = read_xml(requests[1].body);
  ASSERT_TRUE(root.has_value());
  EXPECT_EQ(root->name, "ChangeResourceRecordSetsRequest");
  const auto& changes = root->child("ChangeBatch")->child("Changes")->children;
  ASSERT_EQ(changes.size(), 2u);
  EXPECT_EQ(changes[0].text_of("Action"), "DELETE");
  EXPECT_EQ(changes[0].child("ResourceRecordSet")->text_of("TTL"), "300");
  EXPECT_EQ(changes[1].text_of("Action"), "CREATE");
  EXPECT_EQ(changes[1].child("ResourceRecordSet")->text_of("Name"), "bounce.example.com.");
  EXPECT_EQ(changes[1].child("ResourceRecordSet")->child("ResourceRecords")->child("ResourceRecord")->text_of("Value"),
            "10 mx.svc.example.");
}

TEST_F(Route53Test, NothingIsSentWhenTheZoneIsNotAsExpected) {
  receiver.answer({answer(sets_answer)});
  Route53Provider asked = provider();
  const auto done = net::run_task(asked.apply({{no_mx}, {{no_mx, our_mx}}}, soon()));
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().code, ProviderErrc::changed);
}

TEST_F(Route53Test, AnAliasThatAChangeWouldLoseIsRefused) {
  receiver.answer({answer(sets_answer)});
  Route53Provider asked = provider();
  const auto sets = net::run_task(asked.read({{"www.example.com", RecordType::a}}, soon()));
  ASSERT_FALSE(sets.has_value());
  EXPECT_EQ(sets.error().code, ProviderErrc::refused);
}

TEST_F(Route53Test, RefusalsAreToldApart) {
  EXPECT_EQ(error_of(error_answer("SignatureDoesNotMatch", "The request signature does not match"), 403),
            ProviderErrc::bad_credentials);
  EXPECT_EQ(error_of(error_answer("InvalidClientTokenId", "The security token is invalid"), 403),
            ProviderErrc::bad_credentials);
  EXPECT_EQ(error_of(error_answer("AccessDenied", "User is not authorized"), 403), ProviderErrc::forbidden);
  EXPECT_EQ(error_of(error_answer("NoSuchHostedZone", "No hosted zone found with ID"), 404), ProviderErrc::no_zone);
  EXPECT_EQ(
      error_of(error_answer("InvalidChangeBatch",
                            "[Tried to delete resource record set [name='bounce.example.com.', type='MX'] but the "
                            "values provided do not match the current values]"),
               400),
      ProviderErrc::changed);
  EXPECT_EQ(error_of("<InvalidChangeBatch xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\"><Messages><Message>"
                     "Tried to create resource record set [name='bounce.example.com.', type='MX'] but it already exists"
                     "</Message></Messages></InvalidChangeBatch>",
                     400),
            ProviderErrc::changed);
  EXPECT_EQ(error_of(error_answer("InvalidChangeBatch", "[RRSet of type CNAME is not permitted]"), 400),
            ProviderErrc::refused);
  EXPECT_EQ(error_of("<html>", 200), ProviderErrc::malformed);
}

}  // namespace
}  // namespace sesame::dns_providers
