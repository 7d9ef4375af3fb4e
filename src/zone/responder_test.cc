#include "zone/responder.h"

#include <gtest/gtest.h>

#include "net/testing/run_task.h"
#include "zone/rate_limit.h"

namespace sesame::zone {
namespace {

using dns::Message;
using dns::Rcode;
using dns::RecordType;

class Throwing final : public ZoneSource {
 public:
  net::Task<ZoneAnswer> answer(std::string, RecordType) override {
    throw std::runtime_error("broken");
    co_return refused();
  }
};

struct ResponderTest : testing::Test {
  ResponderTest() {
    ZoneData zone("example", {.primary = "ns.example", .mailbox = "h.example", .minimum = 60});
    for (int i = 0; i < 30; ++i) {
      EXPECT_TRUE(zone.add({"big.example", RecordType::txt, 60, dns::Txt{{std::string(60, 'x') + fmt::to_string(i)}}}));
    }
    EXPECT_TRUE(zone.add({"www.example", RecordType::a, 60, dns::A{"192.0.2.1"}}));
    authority.put("example", std::make_shared<Zone>(std::move(zone)));
    authority.put("broken.test", std::make_shared<Throwing>());
  }

  static Message query(std::string name, RecordType type) {
    Message message;
    message.header.id = 77;
    message.header.rd = true;
    message.questions = {{std::move(name), type}};
    return message;
  }
  std::string raw(std::string octets, Transport transport = Transport::udp) {
    return net::run_task(respond(authority, std::move(octets), transport));
  }
  Message ask(const Message& message, Transport transport = Transport::udp) {
    const auto response = dns::parse_message(raw(dns::serialise(message), transport));
    return response ? *response : Message{};
  }

  Authority authority;
};

TEST_F(ResponderTest, RepeatsIdAndQuestionInTheCaseItCame) {
  const Message response = ask(query("WwW.eXample", RecordType::a));
  EXPECT_EQ(response.header.id, 77);
  EXPECT_TRUE(response.header.qr);
  EXPECT_TRUE(response.header.aa);
  EXPECT_TRUE(response.header.rd);
  EXPECT_FALSE(response.header.ra);
  EXPECT_EQ(response.questions.at(0).name, "WwW.eXample");
  EXPECT_EQ(response.answers.size(), 1U);
  EXPECT_FALSE(response.edns.has_value());
}

TEST_F(ResponderTest, CutsAtWhatTheAskerTakes) {
  Message message = query("big.example", RecordType::txt);
  EXPECT_TRUE(ask(message).header.tc);
  message.edns = dns::Edns{65535, 0, true};
  EXPECT_TRUE(ask(message).header.tc);
  EXPECT_LE(raw(dns::serialise(message)).size(), dns::safe_udp_octets);
  const Message whole = ask(message, Transport::tcp);
  EXPECT_FALSE(whole.header.tc);
  EXPECT_EQ(whole.answers.size(), 30U);
  EXPECT_EQ(whole.edns, (dns::Edns{1232, 0, true}));
  EXPECT_EQ(response_limit(Transport::udp, dns::Edns{100, 0, false}), 512U);
}

TEST_F(ResponderTest, LaterEdnsVersionsGetBadvers) {
  Message message = query("www.example", RecordType::a);
  message.edns = dns::Edns{1232, 1, false};
  const Message response = ask(message);
  EXPECT_EQ(response.rcode, Rcode::badvers);
  EXPECT_EQ(response.edns->version, 0);
  EXPECT_TRUE(response.answers.empty());
}

TEST_F(ResponderTest, RefusesOtherZonesClassesAndTransfers) {
  EXPECT_EQ(ask(query("other.test", RecordType::a)).rcode, Rcode::refused);
  EXPECT_EQ(ask(query("example", static_cast<RecordType>(252))).rcode, Rcode::refused);
  Message chaos = query("version.bind", RecordType::txt);
  chaos.questions[0].record_class = 3;
  EXPECT_EQ(ask(chaos).rcode, Rcode::refused);
}

TEST_F(ResponderTest, WhatItCannotReadIsFormerrAndWhatItDoesNotDoNotimp) {
  const std::string good = dns::serialise(query("www.example", RecordType::a));
  EXPECT_EQ(dns::parse_message(raw(good + "x"))->rcode, Rcode::formerr);
  EXPECT_EQ(dns::parse_message(raw(good.substr(0, 20)))->rcode, Rcode::formerr);
  Message two = query("www.example", RecordType::a);
  two.questions.push_back(two.questions[0]);
  EXPECT_EQ(ask(two).rcode, Rcode::formerr);
  Message update = query("example", RecordType::soa);
  update.header.opcode = dns::Opcode::update;
  EXPECT_EQ(ask(update).rcode, Rcode::notimp);
  EXPECT_EQ(ask(update).header.opcode, dns::Opcode::update);
}

TEST_F(ResponderTest, SaysNothingToResponsesAndScraps) {
  Message response = query("www.example", RecordType::a);
  response.header.qr = true;
  EXPECT_EQ(raw(dns::serialise(response)), "");
  EXPECT_EQ(raw("too short"), "");
  EXPECT_EQ(truncated_response(dns::serialise(response)), "");
}

TEST_F(ResponderTest, AZoneThatThrowsMakesServfail) {
  EXPECT_EQ(ask(query("a.broken.test", RecordType::a)).rcode, Rcode::servfail);
}

TEST(ResponseRateLimit, LimitsANetworkAndLetsEveryOtherQuestionComeBackByTcp) {
  using Verdict = ResponseRateLimit::Verdict;
  SeededRandom random(7);
  ResponseRateLimit limit(2, random);
  const auto start = TokenBucket::Moment{} + std::chrono::hours(1);
  const auto check = [&](std::string_view address, int seconds) {
    return limit.check(*net::parse_ip(address), start + std::chrono::seconds(seconds));
  };
  EXPECT_EQ(check("192.0.2.1", 0), Verdict::respond);
  EXPECT_EQ(check("192.0.2.2", 0), Verdict::respond);
  EXPECT_EQ(check("192.0.2.3", 0), Verdict::respond_truncated);
  EXPECT_EQ(check("::ffff:192.0.2.4", 0), Verdict::drop);
  EXPECT_EQ(check("192.0.3.1", 0), Verdict::respond);
  EXPECT_EQ(check("127.0.0.1", 0), Verdict::respond);
  EXPECT_EQ(check("192.0.2.1", 1), Verdict::respond);
}

}  // namespace
}  // namespace sesame::zone
