#include "mailauth/verdict/reverse_dns.h"

#include <gtest/gtest.h>

#include <boost/asio/ip/address.hpp>

#include "mailauth/testing/run.h"
#include "mailauth/testing/zone_resolver.h"

namespace sesame::mailauth {
namespace {

net::IpAddress ip(const char* text) { return boost::asio::ip::make_address(text); }

ReverseDns look(testing::ZoneResolver& dns, const char* address) {
  return testing::run(look_up_reverse(dns, ip(address), net::after(std::chrono::hours(1))));
}

TEST(ReverseDns, IsConfirmedByTheAddressOfTheName) {
  testing::ZoneResolver dns;
  dns.add("1.2.0.192.in-addr.arpa", dns::RecordType::ptr, dns::Ptr{"elsewhere.example"});
  dns.add("1.2.0.192.in-addr.arpa", dns::RecordType::ptr, dns::Ptr{"Out.example"});
  dns.add("elsewhere.example", dns::RecordType::a, dns::A{"192.0.2.2"});
  EXPECT_EQ(look(dns, "192.0.2.1").confirmed, "");
  dns.add("out.example", dns::RecordType::a, dns::A{"192.0.2.1"});
  EXPECT_EQ(look(dns, "192.0.2.1").confirmed, "out.example");
  EXPECT_EQ(look(dns, "192.0.2.1").names.size(), 2u);
}

TEST(ReverseDns, WorksForIpv6) {
  testing::ZoneResolver dns;
  dns.add("1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", dns::RecordType::ptr,
          dns::Ptr{"six.example"});
  dns.add("six.example", dns::RecordType::aaaa, dns::Aaaa{"2001:db8::1"});
  EXPECT_EQ(look(dns, "2001:db8::1").confirmed, "six.example");
}

TEST(ReverseDns, SilenceIsNotAbsence) {
  testing::ZoneResolver dns;
  EXPECT_FALSE(look(dns, "192.0.2.1").unanswered);
  dns.fail("1.2.0.192.in-addr.arpa", dns::RecordType::ptr, dns::AnswerStatus::servfail);
  EXPECT_TRUE(look(dns, "192.0.2.1").unanswered);
  dns.add("9.2.0.192.in-addr.arpa", dns::RecordType::ptr, dns::Ptr{"out.example"});
  dns.fail("out.example", dns::RecordType::a, dns::AnswerStatus::timeout);
  EXPECT_TRUE(look(dns, "192.0.2.9").unanswered);
}

TEST(ReverseDns, AsksAboutAtMostTenNames) {
  testing::ZoneResolver dns;
  for (int i = 0; i < 1000; ++i)
    dns.add("1.2.0.192.in-addr.arpa", dns::RecordType::ptr, dns::Ptr{"h" + std::to_string(i) + ".example"});
  dns.add("5.2.0.192.in-addr.arpa", dns::RecordType::ptr, dns::Ptr{"..not a name.."});
  look(dns, "192.0.2.1");
  EXPECT_EQ(dns.questions(), 1 + max_reverse_names);
  EXPECT_EQ(look(dns, "192.0.2.5").confirmed, "");
}

TEST(ReverseDns, PrivateAddressesAreNotAskedAbout) {
  testing::ZoneResolver dns;
  for (const char* address : {"127.0.0.1", "10.1.2.3", "172.31.0.1", "192.168.1.1", "169.254.1.1", "100.64.0.1",
                              "0.0.0.0", "::1", "::", "fe80::1", "fd00::1", "::ffff:10.0.0.1"}) {
    EXPECT_FALSE(is_public(ip(address))) << address;
    look(dns, address);
  }
  EXPECT_EQ(dns.questions(), 0u);
  for (const char* address : {"192.0.2.1", "172.32.0.1", "100.128.0.1", "2001:db8::1"})
    EXPECT_TRUE(is_public(ip(address))) << address;
}

}  // namespace
}  // namespace sesame::mailauth
