#include "app/own_doors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sesame::app {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

net::Endpoint at(const char* text) { return net::parse_endpoint(text).value(); }
net::IpAddress ip(const char* text) { return net::parse_ip(text).value(); }

TEST(OwnDoors, AreThoseThatListenWhereMailIsDelivered) {
  Config config;
  config.delivery.port = 25;
  config.feedback.listen = {at("192.0.2.25:25"), at("192.0.2.26:2525")};
  config.submission.listen = {at("192.0.2.25:587"), at("[2001:db8::25]:25")};
  EXPECT_THAT(own_mail_addresses(config), ElementsAre(ip("192.0.2.25"), ip("2001:db8::25")));
}

TEST(OwnDoors, OneThatListensEverywhereCountsForEachAddressOfTheMachine) {
  Config config;
  config.delivery.port = 25;
  config.feedback.listen = {at("0.0.0.0:25")};
  EXPECT_THAT(own_mail_addresses(config), Contains(ip("127.0.0.1")));
  config.feedback.listen = {at("0.0.0.0:2525")};
  EXPECT_THAT(own_mail_addresses(config), IsEmpty());
}

}  // namespace
}  // namespace sesame::app
