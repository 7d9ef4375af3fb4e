#include "mailauth/verdict/verdict.h"

#include <gtest/gtest.h>

#include <boost/asio/ip/address.hpp>
#include <boost/json.hpp>

#include "base/text.h"
#include "mailauth/dkim/sign.h"
#include "mailauth/testing/run.h"
#include "mailauth/testing/zone_resolver.h"

namespace sesame::mailauth {
namespace {

constexpr std::string_view message = "From: Ann <ann@example.com>\nTo: bob@example.net\nSubject: hello\n\nHi.\n";

class Evaluate : public ::testing::Test {
 protected:
  static Verdict verdict(dns::Resolver& dns, std::string_view octets) {
    ConnectionFacts facts{.ip = boost::asio::ip::make_address("192.0.2.1"),
                          .helo = "out.svc.example",
                          .reverse_path = "id@bounce.example.com",
                          .receiver = "mx.example.net"};
    return testing::run(
        evaluate_message(dns, facts, octets, from_unix_ms(1767225600000), net::after(std::chrono::hours(1))));
  }
  testing::ZoneResolver dns;
};

TEST_F(Evaluate, AlignedAndSignedMessagePasses) {
  const auto key = dkim::SigningKey::generate_ed25519();
  dns.add_txt("bounce.example.com", "v=spf1 include:svc.example ~all");
  dns.add_txt("svc.example", "v=spf1 ip4:192.0.2.0/24 -all");
  dns.add_txt("_dmarc.example.com", "v=DMARC1; p=reject");
  dns.add_txt("t1._domainkey.example.com", key.record());
  std::string octets;
  for (const char c : message) octets += c == '\n' ? "\r\n" : std::string(1, c);
  const auto field = dkim::sign(
      octets, {.signing_domain = "example.com", .selector = "t1", .key = &key, .time = from_unix_ms(1767225600000)});
  const auto json = to_json(verdict(dns, *field + octets));
  EXPECT_EQ(boost::json::value(json.at("spf")),
            boost::json::parse(R"({"result":"pass","domain":"bounce.example.com","explanation":null,"problem":null})"));
  EXPECT_EQ(boost::json::value(json.at("dkim")),
            boost::json::parse(R"([{"result":"pass","domain":"example.com","selector":"t1",
                                    "algorithm":"ed25519-sha256","key_bits":256,"problem":null}])"));
  EXPECT_EQ(boost::json::value(json.at("dmarc")),
            boost::json::parse(R"({"result":"pass","author_domain":"example.com","policy_domain":"example.com",
                                   "organizational_domain":"example.com","policy":"reject","disposition":"none",
                                   "spf_aligned":true,"dkim_aligned":true,"problem":null})"));
  EXPECT_EQ(boost::json::value(json.at("arc")), boost::json::parse(R"({"result":"none"})"));
  EXPECT_TRUE(json.at("authentication_results")
                  .as_string()
                  .starts_with("mx.example.net; spf=pass smtp.mailfrom=bounce.example.com; dkim=pass "
                               "header.d=example.com header.s=t1 header.a=ed25519-sha256 header.b="))
      << json.at("authentication_results");
  EXPECT_TRUE(json.at("authentication_results")
                  .as_string()
                  .ends_with("arc=none; dmarc=pass (p=reject dis=none) header.from=example.com"));
}

TEST_F(Evaluate, NothingPublishedIsNoneThroughout) {
  const Verdict found = verdict(dns, message);
  EXPECT_EQ(found.spf.result, spf::SpfResult::none);
  EXPECT_TRUE(found.dkim.empty());
  EXPECT_EQ(found.dmarc.result, dmarc::DmarcResult::none);
  EXPECT_TRUE(to_json(found).at("dmarc").at("policy").is_null());
}

TEST_F(Evaluate, MessageStoredWithLfIsJudgedAsItWasOnTheWire) {
  const auto key = dkim::SigningKey::generate_ed25519();
  dns.add_txt("t1._domainkey.example.com", key.record());
  std::string octets;
  for (const char c : message) octets += c == '\n' ? "\r\n" : std::string(1, c);
  std::string stored = *dkim::sign(octets, {.signing_domain = "example.com", .selector = "t1", .key = &key}) + octets;
  std::erase(stored, '\r');
  const Verdict found = verdict(dns, stored);
  ASSERT_EQ(found.dkim.size(), 1u);
  EXPECT_EQ(found.dkim[0].result, dkim::DkimResult::pass) << found.dkim[0].problem;
}

TEST_F(Evaluate, BrokenChainOfForwardersIsSaidAndLeavesDmarcAlone) {
  const Verdict found = verdict(dns, "ARC-Seal: i=1; cv=none\r\nFrom: ann@example.com\r\n\r\nHi.\r\n");
  EXPECT_EQ(found.arc.result, arc::ArcResult::fail);
  EXPECT_EQ(found.dmarc.result, dmarc::DmarcResult::none);
  EXPECT_TRUE(format_value(found.authentication_results)
                  .ends_with("arc=fail reason=\"instance 1 has no ARC-Authentication-Results\"; dmarc=none "
                             "header.from=example.com"))
      << format_value(found.authentication_results);
}

TEST_F(Evaluate, SaysWhatLargeReceiversRulesSay) {
  dns.add("1.2.0.192.in-addr.arpa", dns::RecordType::ptr, dns::Ptr{"out.svc.example"});
  dns.add("out.svc.example", dns::RecordType::a, dns::A{"192.0.2.1"});
  const Verdict found =
      verdict(dns, "Received: from out ([192.0.2.1]) by mx with ESMTPS; now\n" + std::string(message));
  const auto receivers = to_json(found).at("receivers").as_object();
  std::map<std::string, std::string> results;
  for (const auto& entry : receivers.at("google").as_array())
    results.emplace(entry.at("rule").as_string(), entry.at("result").as_string());
  EXPECT_EQ(results.at("reverse_dns"), "pass");
  EXPECT_EQ(results.at("tls"), "pass");
  EXPECT_EQ(results.at("spf_or_dkim"), "fail");
  EXPECT_EQ(results.at("one_click_unsubscribe"), "not applicable");
  EXPECT_EQ(results.at("message_format"), "fail") << "no Date, no Message-ID";
}

TEST_F(Evaluate, NoFromIsSaid) {
  const Verdict found = verdict(dns, "To: b@example.net\r\n\r\nHi.\r\n");
  EXPECT_EQ(found.dmarc.result, dmarc::DmarcResult::permerror);
  EXPECT_EQ(found.dmarc.problem, "the message has no From field");
}

TEST_F(Evaluate, JsonIsUtf8WhateverTheMessageHolds) {
  const Verdict found = verdict(dns, "DKIM-Signature: a=\xff; s=\xfe; d=\xc3\r\nFrom: ann@\xff.example\r\n\r\n");
  EXPECT_TRUE(is_utf8(boost::json::serialize(to_json(found))));
}

TEST_F(Evaluate, HostileOctetsEndInAResult) {
  std::string headers;
  for (int i = 0; i < 20000; ++i) headers += "From: a@b" + std::to_string(i) + ".example\r\n";
  EXPECT_EQ(verdict(dns, headers).dmarc.result, dmarc::DmarcResult::permerror);
  verdict(dns, std::string(1000, '\0'));
  verdict(dns, "");
  verdict(dns, "DKIM-Signature: \0;v=1\r\nFrom: \0@\0\r\n\r\n");
}

}  // namespace
}  // namespace sesame::mailauth
