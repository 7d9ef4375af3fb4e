#include "dns/question_gate.h"

#include <gtest/gtest.h>

#include "net/testing/run_task.h"

namespace sesame::dns {
namespace {

const net::IpAddress server = *net::parse_ip("192.0.2.1");
const net::IpAddress other_server = *net::parse_ip("192.0.2.2");

using Place = std::optional<QuestionGate::Place>;

net::Task<void> enter_and_leave(QuestionGate& gate, std::vector<int>& order, int number) {
  const Place place = co_await gate.enter(server, net::after(std::chrono::seconds(10)));
  order.push_back(place ? number : -number);
}

TEST(QuestionGate, LetsInNoMoreThanItsBoundAndTheRestInOrder) {
  QuestionGate gate({.max_under_way = 2, .per_server_per_second = 0});
  net::TestLoop loop;
  const net::Deadline deadline = net::after(std::chrono::seconds(10));
  std::vector<int> order;
  {
    const Place first = loop.run(gate.enter(server, deadline));
    Place second = loop.run(gate.enter(server, deadline));
    ASSERT_TRUE(first && second);
    for (int number = 1; number <= 3; ++number) loop.spawn(enter_and_leave(gate, order, number));
    EXPECT_FALSE(loop.run(gate.enter(server, net::after(std::chrono::milliseconds(1)))).has_value());
    EXPECT_EQ(gate.under_way(), 2U);
    EXPECT_TRUE(order.empty());
    second.reset();
    loop.run_all();
  }
  EXPECT_EQ(order, (std::vector<int>{1, 2, 3}));
  EXPECT_EQ(gate.under_way(), 0U);
}

TEST(QuestionGate, ALaterServerTurnThanTheDeadlineIsRefusedAtOnce) {
  QuestionGate gate({.max_under_way = 10, .per_server_per_second = 2});
  net::TestLoop loop;
  const net::Deadline deadline = net::after(std::chrono::milliseconds(100));
  EXPECT_TRUE(loop.run(gate.enter(server, deadline)).has_value());
  EXPECT_TRUE(loop.run(gate.enter(server, deadline)).has_value());
  EXPECT_FALSE(loop.run(gate.enter(server, deadline)).has_value());
  EXPECT_TRUE(loop.run(gate.enter(other_server, deadline)).has_value());
}

TEST(TokenBucket, ReservesTurnsAtItsRate) {
  const TokenBucket::Moment start{std::chrono::hours(1)};
  TokenBucket bucket(10, 2, start);
  EXPECT_EQ(bucket.reserve(start), start);
  EXPECT_EQ(bucket.reserve(start), start);
  EXPECT_EQ(bucket.reserve(start), start + std::chrono::milliseconds(100));
  EXPECT_EQ(bucket.reserve(start), start + std::chrono::milliseconds(200));
  bucket.give_back();
  EXPECT_EQ(bucket.reserve(start), start + std::chrono::milliseconds(200));
  EXPECT_FALSE(bucket.idle(start + std::chrono::milliseconds(399)));
  EXPECT_TRUE(bucket.idle(start + std::chrono::milliseconds(401)));
}

}  // namespace
}  // namespace sesame::dns
