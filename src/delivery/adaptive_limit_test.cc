#include "delivery/adaptive_limit.h"

#include <gtest/gtest.h>

namespace sesame::delivery {
namespace {

using namespace std::chrono_literals;
using Moment = AdaptiveLimit::Moment;

const Moment start = Moment(std::chrono::hours(1));

void deliver(AdaptiveLimit& limit, int messages, Moment at) {
  for (int i = 0; i < messages; ++i) limit.delivered(at);
}

TEST(AdaptiveLimit, BeginsSmallAndGrowsWithEachMessageTaken) {
  AdaptiveLimit limit({.max_connections = 10}, start);
  EXPECT_EQ(limit.sessions(start), 2u);
  deliver(limit, 3, start);
  EXPECT_EQ(limit.sessions(start), 5u);
  deliver(limit, 100, start);
  EXPECT_EQ(limit.sessions(start), 10u);
}

TEST(AdaptiveLimit, AnOperatorsLimitBelowTheFirstStepHolds) {
  AdaptiveLimit limit({.max_connections = 1}, start);
  EXPECT_EQ(limit.sessions(start), 1u);
  deliver(limit, 100, start);
  EXPECT_EQ(limit.sessions(start), 1u);
}

TEST(AdaptiveLimit, ARefusalPausesThenOneSessionAsksThenItGrowsSlowlyBeyondTheHalf) {
  AdaptiveLimit limit({.max_connections = 10}, start);
  deliver(limit, 100, start);
  limit.throttled(start);
  EXPECT_EQ(limit.sessions(start), 0u);
  EXPECT_EQ(limit.resumes_at(start), start + 1s);
  const Moment resumed = start + 1s;
  EXPECT_EQ(limit.resumes_at(resumed), std::nullopt);
  EXPECT_EQ(limit.sessions(resumed), 1u);
  limit.delivered(resumed);
  EXPECT_EQ(limit.sessions(resumed), 5u);
  deliver(limit, 4, resumed);
  EXPECT_EQ(limit.sessions(resumed), 5u);
  deliver(limit, 2, resumed);
  EXPECT_EQ(limit.sessions(resumed), 6u);
}

TEST(AdaptiveLimit, WhatWasUnderWayWhenItWasRefusedCountsOnce) {
  AdaptiveLimit limit({.max_connections = 10}, start);
  deliver(limit, 100, start);
  limit.throttled(start);
  limit.throttled(start + 1ms);
  limit.delivered(start + 2ms);
  EXPECT_EQ(limit.backoffs(), 1u);
  EXPECT_EQ(limit.sessions(start + 1s), 1u);
  limit.delivered(start + 1s);
  EXPECT_EQ(limit.sessions(start + 1s), 5u);
}

TEST(AdaptiveLimit, PausesDoubleUpToTheLongestAndBeginAnewWhenItWentWell) {
  AdaptiveLimit limit({}, start);
  Moment now = start;
  std::chrono::seconds expected = 1s;
  for (int i = 0; i < 12; ++i) {
    limit.throttled(now);
    ASSERT_EQ(limit.resumes_at(now), now + expected);
    now += expected;
    expected = std::min<std::chrono::seconds>(2 * expected, 600s);
  }
  EXPECT_EQ(limit.sessions(now), 1u);
  now += 1201s;
  limit.throttled(now);
  EXPECT_EQ(limit.resumes_at(now), now + 1s);
}

TEST(AdaptiveLimit, AfterSilenceItBeginsSmallAgain) {
  AdaptiveLimit limit({.max_connections = 10}, start);
  deliver(limit, 100, start);
  EXPECT_EQ(limit.sessions(start + 5min), 10u);
  EXPECT_EQ(limit.sessions(start + 6min), 2u);
  limit.delivered(start + 6min);
  EXPECT_EQ(limit.sessions(start + 6min), 3u);
}

TEST(AdaptiveLimit, AGroupThatCannotBeReachedBeginsSmallAgain) {
  AdaptiveLimit limit({.max_connections = 10}, start);
  deliver(limit, 100, start);
  limit.unreachable(start);
  EXPECT_EQ(limit.sessions(start), 2u);
  EXPECT_EQ(limit.backoffs(), 0u);
}

TEST(AdaptiveLimit, ASessionThatIsNotLetInBesideOthersShowsHowManyThereMayBe) {
  AdaptiveLimit limit({.max_connections = 10}, start);
  deliver(limit, 100, start);
  limit.crowded(4, start);
  EXPECT_EQ(limit.sessions(start), 4u);
  deliver(limit, 3, start);
  EXPECT_EQ(limit.sessions(start), 4u);  // grows slowly from there
  deliver(limit, 2, start);
  EXPECT_EQ(limit.sessions(start), 5u);
}

TEST(AdaptiveLimit, LearnsHowManyMessagesAConnectionMayCarryAndForgetsIt) {
  AdaptiveLimit limit({.max_messages_per_connection = 100}, start);
  EXPECT_EQ(limit.messages_per_connection(start), 100u);
  limit.connection_ended(0, start);  // it carried none: that says nothing about how many it may
  EXPECT_EQ(limit.messages_per_connection(start), 100u);
  limit.connection_ended(20, start);
  limit.connection_ended(30, start);
  EXPECT_EQ(limit.messages_per_connection(start), 20u);
  EXPECT_EQ(limit.messages_per_connection(start + 1h), 100u);
}

TEST(AdaptiveLimit, ARateLetsItsBurstGoAndThenOneAfterTheOther) {
  AdaptiveLimit limit({.max_rate = 2.0}, start);
  EXPECT_TRUE(limit.take_send(start));
  EXPECT_TRUE(limit.take_send(start));
  EXPECT_FALSE(limit.take_send(start));
  EXPECT_EQ(limit.next_send(start), start + 500ms);
  EXPECT_EQ(limit.next_send(start), start + 500ms);  // asking takes nothing
  EXPECT_TRUE(limit.take_send(start + 500ms));
  EXPECT_FALSE(limit.take_send(start + 500ms));
}

TEST(AdaptiveLimit, WithoutARateThereIsNoWait) {
  AdaptiveLimit limit({}, start);
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(limit.take_send(start));
  EXPECT_EQ(limit.next_send(start), start);
}

}  // namespace
}  // namespace sesame::delivery
