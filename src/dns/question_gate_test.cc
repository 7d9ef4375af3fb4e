#include "dns/question_gate.h"

#include <gtest/gtest.h>

#include "net/testing/run_task.h"

namespace sesame::dns {
namespace {

const net::IpAddress server = *net::parse_ip("192.0.2.1");
const net::IpAddress other_server = *net::parse_ip("192.0.2.2");
const net::IpAddress third_server = *net::parse_ip("192.0.2.3");

using Entry = Result<QuestionGate::Place, GateRefusal>;
using std::chrono::milliseconds;
using std::chrono::seconds;

struct QuestionGateTest : testing::Test {
  Entry enter(const net::IpAddress& address, milliseconds patience = seconds(10)) {
    return loop.run(gate.enter(address, net::after(patience)));
  }
  void answer(const net::IpAddress& address) { enter(address)->answered(); }

  QuestionGate gate{{.max_under_way = 4, .per_server_per_second = 0, .max_per_answering_server = 3}};
  net::TestLoop loop;
};

net::Task<void> enter_and_leave(QuestionGate& gate, std::vector<int>& order, int number) {
  const Entry place = co_await gate.enter(server, net::after(seconds(10)));
  order.push_back(place ? number : -number);
}

TEST_F(QuestionGateTest, LetsInNoMoreThanItsBoundAndTheRestInOrder) {
  answer(server);
  std::vector<int> order;
  {
    const Entry first = enter(server);
    const Entry second = enter(server);
    std::optional<Entry> third = enter(server);
    ASSERT_TRUE(first && second && *third);
    for (int number = 1; number <= 3; ++number) loop.spawn(enter_and_leave(gate, order, number));
    EXPECT_EQ(enter(server, milliseconds(1)).error(), GateRefusal::late);
    EXPECT_EQ(gate.under_way(), 3U);
    EXPECT_TRUE(order.empty());
    third.reset();
    loop.run_all();
  }
  EXPECT_EQ(order, (std::vector<int>{1, 2, 3}));
  EXPECT_EQ(gate.under_way(), 0U);
}

TEST_F(QuestionGateTest, ServersNotKnownToAnswerGetHalfOfThePlaces) {
  answer(other_server);
  const Entry first = enter(server);
  const Entry second = enter(server);
  EXPECT_EQ(enter(third_server, milliseconds(1)).error(), GateRefusal::late);
  EXPECT_TRUE(enter(other_server, milliseconds(1)).has_value());
}

TEST_F(QuestionGateTest, TheFirstAnswerLetsInThoseWhoWait) {
  std::vector<int> order;
  Entry first = enter(server);
  const Entry second = enter(server);
  loop.spawn(enter_and_leave(gate, order, 1));
  EXPECT_FALSE(enter(server, milliseconds(1)).has_value());
  first->answered();
  loop.run_all();
  EXPECT_EQ(order, (std::vector<int>{1}));
}

TEST_F(QuestionGateTest, ASilentServerIsRefusedAtOnceAndSoAreThoseWhoWaitForIt) {
  std::vector<int> order;
  {
    Entry first = enter(server);
    Entry second = enter(server);
    loop.spawn(enter_and_leave(gate, order, 1));
    EXPECT_EQ(enter(server, milliseconds(1)).error(), GateRefusal::late);
    first->timed_out();
    second->timed_out();
    loop.run_all();
  }
  EXPECT_EQ(order, (std::vector<int>{-1}));
  EXPECT_EQ(enter(server).error(), GateRefusal::silent);
  EXPECT_TRUE(enter(other_server).has_value());
}

TEST_F(QuestionGateTest, ATimeOutBesideAnAnswerIsNotSilence) {
  answer(server);
  {
    Entry dropped = enter(server);
    Entry dropped_too = enter(server);
    answer(server);
    dropped->timed_out();
    dropped_too->timed_out();
  }
  EXPECT_TRUE(enter(server).has_value());
}

TEST(QuestionGate, ASilentServerIsProbedAndAnAnswerEndsItsSilence) {
  QuestionGate gate({.per_server_per_second = 0, .probe_interval = milliseconds(0)});
  net::TestLoop loop;
  const net::Deadline deadline = net::after(seconds(10));
  for (int i = 0; i < 3; ++i) {
    Entry probe = loop.run(gate.enter(server, deadline));
    ASSERT_TRUE(probe.has_value());
    probe->timed_out();
  }
  loop.run(gate.enter(server, deadline))->answered();
  std::vector<Entry> places;
  for (int i = 0; i < 8; ++i) places.push_back(loop.run(gate.enter(server, deadline)));
  EXPECT_TRUE(places.back().has_value());
}

TEST(QuestionGate, ALaterServerTurnThanTheDeadlineIsRefusedAtOnce) {
  QuestionGate gate({.max_under_way = 10, .per_server_per_second = 2});
  net::TestLoop loop;
  const net::Deadline deadline = net::after(milliseconds(100));
  EXPECT_TRUE(loop.run(gate.enter(server, deadline)).has_value());
  EXPECT_TRUE(loop.run(gate.enter(server, deadline)).has_value());
  EXPECT_FALSE(loop.run(gate.enter(server, deadline)).has_value());
  EXPECT_TRUE(loop.run(gate.enter(other_server, deadline)).has_value());
}

}  // namespace
}  // namespace sesame::dns
