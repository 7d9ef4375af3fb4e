#include "delivery/host_book.h"

#include <gtest/gtest.h>

namespace sesame::delivery {
namespace {

using namespace std::chrono_literals;
using Moment = HostBook::Moment;

const Moment start = Moment(std::chrono::hours(1));
const net::IpAddress host = *net::parse_ip("192.0.2.1");
const net::IpAddress other = *net::parse_ip("2001:db8::1");

TEST(HostBook, AHostThatFailedIsPutAsideForAWhile) {
  HostBook book;
  EXPECT_EQ(book.aside_until(host, start), std::nullopt);
  book.failed(host, start);
  EXPECT_EQ(book.aside_until(host, start), start + 60s);
  EXPECT_EQ(book.aside_until(other, start), std::nullopt);
  EXPECT_EQ(book.aside(start), 1u);
  EXPECT_EQ(book.aside_until(host, start + 60s), std::nullopt);
  EXPECT_EQ(book.aside(start + 60s), 0u);
}

TEST(HostBook, EachFurtherFailureDoublesThePause) {
  HostBook book;
  Moment now = start;
  std::chrono::seconds pause = 60s;
  for (int i = 0; i < 8; ++i) {
    book.failed(host, now);
    book.failed(host, now + 1s);  // of a session that began before
    ASSERT_EQ(book.aside_until(host, now), now + pause);
    now += pause;
    pause = std::min<std::chrono::seconds>(2 * pause, 1800s);
  }
}

TEST(HostBook, AHostThatAnswersIsAsGoodAsNew) {
  HostBook book;
  book.failed(host, start);
  book.failed(host, start + 60s);
  book.reached(host);
  EXPECT_EQ(book.aside_until(host, start + 61s), std::nullopt);
  book.failed(host, start + 61s);
  EXPECT_EQ(book.aside_until(host, start + 61s), start + 121s);
}

TEST(HostBook, RemembersSoManyAndNoMore) {
  HostBook book;
  for (std::uint32_t i = 0; i <= HostBook::max_hosts; ++i) {
    book.failed(boost::asio::ip::make_address_v4(0x0a000000 + i), start);
  }
  EXPECT_EQ(book.aside(start), HostBook::max_hosts);
  book.failed(host, start + 3min);  // those before are past their time
  EXPECT_EQ(book.aside(start + 3min), 1u);
}

}  // namespace
}  // namespace sesame::delivery
