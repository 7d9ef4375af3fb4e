// Exchanges as developers.cloudflare.com/api shows them, replayed by a server on loopback.
#include "dns_providers/cloudflare.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "dns/testing/fake_resolver.h"
#include "net/testing/run_task.h"
#include "publish/testing/web_receiver.h"

namespace sesame::dns_providers {
namespace {

namespace json = boost::json;
using dns::RecordType;

constexpr const char* zones_answer = R"({"success":true,"errors":[],"messages":[],"result":[
  {"id":"023e105f4ecef8ad9ca31a8372d0c353","name":"example.com","status":"active","paused":false,"type":"full"}],
  "result_info":{"page":1,"per_page":20,"count":1,"total_count":1}})";
constexpr const char* empty_answer = R"({"success":true,"errors":[],"messages":[],"result":[],
  "result_info":{"page":1,"per_page":100,"count":0,"total_count":0}})";
constexpr const char* records_answer = R"({"success":true,"errors":[],"messages":[],"result":[
  {"id":"372e67954025e0ba6aaa6d586b9e0b59","type":"MX","name":"bounce.example.com","content":"mx.example.com",
   "priority":10,"proxiable":false,"proxied":false,"ttl":1,"comment":null,"tags":[]},
  {"id":"372e67954025e0ba6aaa6d586b9e0b5a","type":"TXT","name":"bounce.example.com","content":"v=spf1 -all",
   "proxiable":false,"proxied":false,"ttl":3600},
  {"id":"372e67954025e0ba6aaa6d586b9e0b5b","type":"HTTPS","name":"bounce.example.com","content":"1 .","ttl":1}]})";
constexpr const char* batch_answer = R"({"success":true,"errors":[],"messages":[],"result":
  {"deletes":[],"patches":[],"puts":[],"posts":[]}})";

http::Response answer(const char* body, int status = 200) {
  http::Response response = http::text_response(status, body);
  response.headers.set("Content-Type", "application/json");
  return response;
}

const SetKey mx_key{"bounce.example.com", RecordType::mx}, txt_key{"bounce.example.com", RecordType::txt};
const RecordSet mx{"bounce.example.com", RecordType::mx, 1, {dns::Mx{10, "mx.example.com"}}};
const RecordSet txt{"bounce.example.com", RecordType::txt, 3600, {dns::Txt{{"v=spf1 -all"}}}};
const RecordSet our_mx{"bounce.example.com", RecordType::mx, 1, {dns::Mx{10, "feedback-smtp.us-east-1.svc.example"}}};

class CloudflareTest : public testing::Test {
 protected:
  CloudflareProvider provider(std::string zone_id = "z1") {
    http::OutsideClient client(dns_, [](const net::IpAddress&) { return true; });
    return {std::move(client), CloudflareSettings{.zone = "example.com",
                                                  .zone_id = std::move(zone_id),
                                                  .api_token = Secret("token"),
                                                  .url = *http::parse_url(receiver.url("/client/v4"))}};
  }
  static net::Deadline soon() { return net::after(std::chrono::seconds(5)); }

  ProviderErrc error_of(const char* body, int status) {
    receiver.answer({answer(body, status)});
    CloudflareProvider asked = provider();
    const auto refused = net::run_task(asked.read({mx_key}, soon()));
    return refused ? ProviderErrc::unreachable : refused.error().code;
  }

  dns::FakeResolver dns_;
  publish::WebReceiver receiver;
};

TEST_F(CloudflareTest, FindsTheZoneByItsNameAndReadsIt) {
  receiver.answer({answer(zones_answer), answer(records_answer)});
  CloudflareProvider asked = provider("");
  const auto works = net::run_task(asked.test(soon()));
  ASSERT_TRUE(works.has_value()) << works.error().text;
  const auto requests = receiver.wait_for(2);
  EXPECT_EQ(requests[0].target, "/client/v4/zones?name=example.com");
  EXPECT_EQ(requests[0].headers.find("Authorization"), "Bearer token");
  EXPECT_EQ(requests[1].target,
            "/client/v4/zones/023e105f4ecef8ad9ca31a8372d0c353/dns_records?name=example.com&per_page=100");
}

TEST_F(CloudflareTest, AnIdIsOfTheZoneItWasEnteredFor) {
  receiver.answer({answer(R"({"success":true,"errors":[],"result":{"id":"z1","name":"example.org"}})"),
                   answer(R"({"success":true,"errors":[],"result":{"id":"z1","name":"example.com"}})"),
                   answer(empty_answer)});
  CloudflareProvider asked = provider();
  const auto other = net::run_task(asked.test(soon()));
  ASSERT_FALSE(other.has_value());
  EXPECT_EQ(other.error().code, ProviderErrc::no_zone);
  EXPECT_EQ(other.error().field, "settings.zone_id");
  EXPECT_TRUE(net::run_task(asked.test(soon())).has_value());
  EXPECT_EQ(receiver.wait_for(3)[0].target, "/client/v4/zones/z1");
}

TEST_F(CloudflareTest, MoreRecordsThanAreListedAreRefused) {
  json::array many;
  for (int i = 0; i < 100; ++i) {
    many.push_back(json::object{
        {"id", std::to_string(i)}, {"type", "TXT"}, {"name", "bounce.example.com"}, {"content", "x"}, {"ttl", 1}});
  }
  const std::string body = json::serialize(json::object{{"success", true}, {"result", std::move(many)}});
  EXPECT_EQ(error_of(body.c_str(), 200), ProviderErrc::refused);
}

TEST_F(CloudflareTest, ReadsTheSetsOfAName) {
  receiver.answer({answer(records_answer)});
  CloudflareProvider asked = provider();
  const auto sets = net::run_task(asked.read({mx_key, txt_key}, soon()));
  ASSERT_TRUE(sets.has_value()) << sets.error().text;
  EXPECT_EQ(*sets, (std::vector<RecordSet>{mx, txt}));
}

TEST_F(CloudflareTest, AChangeSetIsOneBatch) {
  receiver.answer({answer(records_answer), answer(batch_answer)});
  CloudflareProvider asked = provider();
  const RecordSet no_text{"bounce.example.com", RecordType::txt, 0, {}};
  const auto done = net::run_task(asked.apply({{mx, txt}, {{mx, our_mx}, {txt, no_text}}}, soon()));
  ASSERT_TRUE(done.has_value()) << done.error().text;
  const auto requests = receiver.wait_for(2);
  EXPECT_EQ(requests[1].method, "POST");
  EXPECT_EQ(requests[1].target, "/client/v4/zones/z1/dns_records/batch");
  EXPECT_EQ(json::parse(requests[1].body), json::parse(R"({
      "deletes":[{"id":"372e67954025e0ba6aaa6d586b9e0b59"},{"id":"372e67954025e0ba6aaa6d586b9e0b5a"}],
      "posts":[{"type":"MX","name":"bounce.example.com","ttl":1,"proxied":false,
                "content":"feedback-smtp.us-east-1.svc.example","priority":10}]})"));
}

TEST_F(CloudflareTest, TextsArePostedInQuotationMarks) {
  const RecordSet none{"bounce.example.com", RecordType::txt, 0, {}};
  EXPECT_EQ(json::parse(cloudflare_batch({{none, txt}}, {})), json::parse(R"({"deletes":[],"posts":[
      {"type":"TXT","name":"bounce.example.com","ttl":3600,"proxied":false,"content":"\"v=spf1 -all\""}]})"));
}

TEST_F(CloudflareTest, NothingIsSentWhenTheZoneIsNotAsExpected) {
  receiver.answer({answer(records_answer)});
  CloudflareProvider asked = provider();
  const auto done = net::run_task(asked.apply({{our_mx}, {{our_mx, mx}}}, soon()));
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().code, ProviderErrc::changed);
  EXPECT_FALSE(done.error().may_have_happened);
}

TEST_F(CloudflareTest, AProxiedRecordIsRefusedWithTheRepair) {
  receiver.answer({answer(R"({"success":true,"errors":[],"result":[{"id":"1","type":"CNAME",
      "name":"bounce.example.com","content":"www.example.com","proxied":true,"ttl":1}]})")});
  CloudflareProvider asked = provider();
  const auto sets = net::run_task(asked.read({{"bounce.example.com", RecordType::cname}}, soon()));
  ASSERT_FALSE(sets.has_value());
  EXPECT_EQ(sets.error().code, ProviderErrc::refused);
}

TEST_F(CloudflareTest, RefusalsAreToldApart) {
  EXPECT_EQ(error_of(R"({"success":false,"errors":[{"code":10000,"message":"Authentication error"}]})", 403),
            ProviderErrc::bad_credentials);
  EXPECT_EQ(error_of(R"({"success":false,"errors":[{"code":9109,"message":"Invalid access token"}]})", 403),
            ProviderErrc::bad_credentials);
  EXPECT_EQ(error_of(R"({"success":false,"errors":[{"code":7003,"message":"Could not route to /zones/x"}]})", 400),
            ProviderErrc::no_zone);
  EXPECT_EQ(error_of(R"({"success":false,"errors":[]})", 403), ProviderErrc::forbidden);
  EXPECT_EQ(error_of("<html>", 520), ProviderErrc::refused);
  EXPECT_EQ(error_of("no json", 200), ProviderErrc::malformed);
  EXPECT_EQ(error_of(R"({"success":true,"result":{}})", 200), ProviderErrc::malformed);
  EXPECT_EQ(error_of(R"({"success":true,"result":[{"type":"MX","content":"x"}]})", 200), ProviderErrc::malformed);
}

TEST_F(CloudflareTest, AZoneTheTokenMayNotSeeIsNoZone) {
  receiver.answer({answer(empty_answer)});
  CloudflareProvider asked = provider("");
  const auto works = net::run_task(asked.test(soon()));
  ASSERT_FALSE(works.has_value());
  EXPECT_EQ(works.error().code, ProviderErrc::no_zone);
}

TEST_F(CloudflareTest, ABatchThatBreaksMayHaveHappened) {
  receiver.answer({answer(records_answer), answer("", 500)});
  CloudflareProvider asked = provider();
  const auto done = net::run_task(asked.apply({{mx}, {{mx, our_mx}}}, soon()));
  ASSERT_FALSE(done.has_value());
  EXPECT_TRUE(done.error().may_have_happened);
}

}  // namespace
}  // namespace sesame::dns_providers
