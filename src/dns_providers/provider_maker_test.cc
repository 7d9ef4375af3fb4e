#include "dns_providers/provider_maker.h"

#include <gtest/gtest.h>

#include "check/provider.h"
#include "dns/testing/fake_resolver.h"

namespace sesame::dns_providers {
namespace {

using HostPort = std::pair<std::string, std::uint16_t>;

class ProviderMakerTest : public testing::Test {
 protected:
  // The field that is refused; empty: none.
  std::string refused(std::string_view kind, std::map<std::string, std::string, std::less<>> settings,
                      std::pair<std::string, std::string> secret) {
    Credentials entered;
    entered.settings = std::move(settings);
    entered.secrets.emplace(secret.first, Secret(secret.second));
    const Kind* const known = find_kind(kind);
    auto checked = check_fields(*known, std::move(entered));
    if (!checked) return checked.error().field;
    const auto made = maker_.make(*known, "example.com", *checked);
    return made ? "" : made.error().field;
  }

 private:
  dns::FakeResolver dns_;
  ManualClock clock_;
  SeededRandom random_{1};
  ProviderMaker maker_{{dns_, [](const net::IpAddress&) { return false; }, clock_, random_}};
};

TEST_F(ProviderMakerTest, EveryKindIsMadeFromItsFields) {
  EXPECT_EQ(refused("rfc2136", {{"server", "ns1.example.com"}, {"key_name", "k"}}, {"key", "c2VjcmV0"}), "");
  EXPECT_EQ(refused("powerdns", {{"url", "http://192.0.2.1:8081"}}, {"api_key", "x"}), "");
  EXPECT_EQ(refused("cloudflare", {}, {"api_token", "x"}), "");
  EXPECT_EQ(refused("route53", {{"access_key_id", "AKIA"}}, {"secret_access_key", "x"}), "");
  EXPECT_EQ(kinds().size(), 4u);
}

TEST_F(ProviderMakerTest, WhatTheTableCannotTellIsRefusedByItsField) {
  EXPECT_EQ(refused("rfc2136", {{"server", "a b"}, {"key_name", "k"}}, {"key", "c2VjcmV0"}), "settings.server");
  EXPECT_EQ(refused("rfc2136", {{"server", "a.example"}, {"key_name", ".."}}, {"key", "c2VjcmV0"}),
            "settings.key_name");
  EXPECT_EQ(refused("rfc2136", {{"server", "a.example"}, {"key_name", "k"}}, {"key", "not base64!"}), "secrets.key");
  EXPECT_EQ(refused("powerdns", {{"url", "ftp://192.0.2.1"}}, {"api_key", "x"}), "settings.url");
  EXPECT_EQ(refused("powerdns", {{"url", "http://192.0.2.1/?a=b"}}, {"api_key", "x"}), "settings.url");
  EXPECT_EQ(refused("powerdns", {{"url", "http://192.0.2.1"}}, {"api_token", "x"}), "secrets.api_token");
}

TEST(HostAndPort, AsPeopleWriteThem) {
  EXPECT_EQ(parse_host_port("ns1.Example.com.", 53), HostPort("ns1.example.com", 53));
  EXPECT_EQ(parse_host_port("ns1.example.com:5353", 53), HostPort("ns1.example.com", 5353));
  EXPECT_EQ(parse_host_port("192.0.2.1", 53), HostPort("192.0.2.1", 53));
  EXPECT_EQ(parse_host_port("192.0.2.1:54", 53), HostPort("192.0.2.1", 54));
  EXPECT_EQ(parse_host_port("[2001:db8::1]:54", 53), HostPort("2001:db8::1", 54));
  EXPECT_EQ(parse_host_port("localhost:54", 53), HostPort("localhost", 54));
  for (const char* wrong :
       {"", "a b", "http://x.example", "ns1.example.com:0", "ns1.example.com:65536", "ns1", ":53"}) {
    EXPECT_FALSE(parse_host_port(wrong, 53).has_value()) << wrong;
  }
}

TEST(Kinds, NamesOfProvidersAreThoseADiagnosisTells) {
  for (const Kind& kind : kinds()) {
    for (const std::string_view name : kind.provider_names) {
      const auto known = check::known_providers();
      EXPECT_TRUE(std::ranges::any_of(known, [&](const auto& provider) { return provider.name == name; })) << name;
    }
  }
}

}  // namespace
}  // namespace sesame::dns_providers
