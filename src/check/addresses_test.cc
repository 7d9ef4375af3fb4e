#include "check/addresses.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mailauth/testing/zone_resolver.h"
#include "net/testing/run_task.h"

namespace sesame::check {
namespace {

using dns::RecordType;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr const char* reverse = "7.2.0.192.in-addr.arpa";

struct AddressOfASender : testing::Test {
  AddressOfASender() { zone.add_txt("bounce.example.com", "v=spf1 ip4:192.0.2.0/24 -all"); }
  AddressFinding look(const std::string& ip = "192.0.2.7") {
    return net::run_task(look_at_address(zone, net::parse_ip(ip).value(), "bounce.example.com", Time{},
                                         net::after(std::chrono::seconds(5))));
  }
  void name_it() {
    zone.add(reverse, RecordType::ptr, dns::Ptr{"out.example.com"});
    zone.add("out.example.com", RecordType::a, dns::A{"192.0.2.7"});
  }

  mailauth::testing::ZoneResolver zone;
};

TEST_F(AddressOfASender, WithANameThatLeadsBackAndInSpfIsGood) {
  name_it();
  const AddressFinding found = look();
  EXPECT_EQ(found.reverse.confirmed, "out.example.com");
  EXPECT_EQ(found.spf.result, mailauth::spf::SpfResult::pass);
  EXPECT_THAT(found.problems, IsEmpty());
}

TEST_F(AddressOfASender, WithoutANameIsBad) {
  const AddressFinding found = look();
  ASSERT_THAT(found.problems, SizeIs(1));
  EXPECT_EQ(found.problems[0].severity, Severity::bad);
  EXPECT_EQ(found.problems[0].asked, "7.2.0.192.in-addr.arpa PTR");
}

TEST_F(AddressOfASender, WhoseNameLeadsElsewhereIsBad) {
  zone.add(reverse, RecordType::ptr, dns::Ptr{"out.example.com"});
  zone.add("out.example.com", RecordType::a, dns::A{"192.0.2.8"});
  const AddressFinding found = look();
  ASSERT_THAT(found.problems, SizeIs(1));
  EXPECT_EQ(found.problems[0].found, "out.example.com");
  EXPECT_THAT(found.problems[0].change, HasSubstr("leads back"));
}

TEST_F(AddressOfASender, UnansweredIsUnknown) {
  zone.fail(reverse, RecordType::ptr, dns::AnswerStatus::timeout);
  EXPECT_EQ(look().problems.at(0).severity, Severity::unknown);
}

TEST_F(AddressOfASender, OfAPrivateNetworkIsNotAskedAbout) {
  EXPECT_EQ(look("10.0.0.1").problems.at(0).found, "not asked");
}

TEST_F(AddressOfASender, ThatSpfDoesNotListIsBad) {
  zone.add("9.113.0.203.in-addr.arpa", RecordType::ptr, dns::Ptr{"x.example.com"});
  zone.add("x.example.com", RecordType::a, dns::A{"203.0.113.9"});
  const AddressFinding found = look("203.0.113.9");
  ASSERT_THAT(found.problems, SizeIs(1));
  EXPECT_EQ(found.problems[0].found, "fail, decided by -all");
  EXPECT_THAT(found.problems[0].change, HasSubstr("ip4:203.0.113.9"));
}

}  // namespace
}  // namespace sesame::check
