#include "mailauth/spf/record.h"

#include <gtest/gtest.h>

#include <boost/asio/ip/address.hpp>

namespace sesame::mailauth::spf {
namespace {

net::IpAddress ip(const char* text) { return boost::asio::ip::make_address(text); }

TEST(SpfRecord, VersionEndsAtABlankOrTheEnd) {
  EXPECT_TRUE(is_spf_record("v=spf1"));
  EXPECT_TRUE(is_spf_record("V=SPF1 -all"));
  EXPECT_FALSE(is_spf_record("v=spf10 -all"));
  EXPECT_FALSE(is_spf_record("v=spf1\t-all"));
  EXPECT_FALSE(is_spf_record(" v=spf1 -all"));
}

TEST(SpfRecord, KeepsTermsInOrderWithQualifiers) {
  const auto record = parse_record("v=spf1 a:x.example/24//64 -ip4:192.0.2.0/24 ~mx ?ptr +all redirect=y.example");
  ASSERT_TRUE(record) << record.error().text;
  ASSERT_EQ(record->directives.size(), 5u);
  const auto& a = std::get<A>(record->directives[0].mechanism);
  EXPECT_EQ(*a.domain->literal(), "x.example");
  EXPECT_EQ(a.ip4_prefix_bits, 24u);
  EXPECT_EQ(a.ip6_prefix_bits, 64u);
  EXPECT_EQ(record->directives[1].result, SpfResult::fail);
  EXPECT_EQ(record->directives[2].result, SpfResult::softfail);
  EXPECT_EQ(record->directives[3].result, SpfResult::neutral);
  EXPECT_EQ(record->directives[4].result, SpfResult::pass);
  EXPECT_EQ(*record->redirect->literal(), "y.example");
}

TEST(SpfRecord, UnknownModifiersAreIgnoredUnlessTheirSyntaxIsWrong) {
  EXPECT_TRUE(parse_record("v=spf1 x-y.z_1=%{d}/anything:goes all"));
  EXPECT_FALSE(parse_record("v=spf1 x=%(d all"));
  EXPECT_FALSE(parse_record("v=spf1 -x=y all"));
}

TEST(SpfRecord, OneErrorAnywhereSpoilsIt) {
  for (const char* bad : {"all:x",
                          "al",
                          "include",
                          "include:",
                          "exists",
                          "a:",
                          "a/33",
                          "a/024",
                          "a//129",
                          "a/24/64",
                          "a:x.123",
                          "ptr/24",
                          "ip4:192.0.2",
                          "ip4:192.0.2.1/",
                          "ip4:192.0.2.1/33",
                          "ip6:192.0.2.1",
                          "ip6:fe80::1%eth0",
                          "ip6:::1/129",
                          "redirect=",
                          "redirect=a.b redirect=a.b",
                          "exp=a.b exp=a.b",
                          "=x",
                          "include:%{c}.x",
                          "include:%{d0}",
                          "include:%{dx}",
                          "include:%d.x",
                          "include:%{d",
                          "--all",
                          "a:b\tc.d"}) {
    const auto record = parse_record(std::string("v=spf1 ip4:192.0.2.1 ") + bad + " -all");
    ASSERT_FALSE(record) << bad;
    EXPECT_FALSE(record.error().text.empty());
  }
  EXPECT_FALSE(parse_record("v=spf1 a:\xc3\xa9.example"));
}

TEST(SpfRecord, NetworksCompareTheirPrefixOnly) {
  EXPECT_TRUE(in_network(ip("192.0.2.130"), ip("192.0.2.129"), 25));
  EXPECT_FALSE(in_network(ip("192.0.2.127"), ip("192.0.2.129"), 25));
  EXPECT_TRUE(in_network(ip("192.0.2.1"), ip("10.0.0.0"), 0));
  EXPECT_TRUE(in_network(ip("2001:db8::1"), ip("2001:db8::"), 127));
  EXPECT_FALSE(in_network(ip("2001:db8::2"), ip("2001:db8::"), 127));
  EXPECT_FALSE(in_network(ip("192.0.2.1"), ip("::ffff:192.0.2.1"), 128));
}

}  // namespace
}  // namespace sesame::mailauth::spf
