#include "delivery/warmup.h"

#include <gtest/gtest.h>

namespace sesame::delivery {
namespace {

using namespace std::chrono_literals;

const Time began = from_unix_ms(1767225600000);
const WarmupCounts::Day today = WarmupCounts::day_of(began);

TEST(WarmupPlan, GrowsByHalfEachDay) {
  EXPECT_EQ(warmup_cap(began, began), 50u);
  EXPECT_EQ(warmup_cap(began, began + 24h - 1ms), 50u);
  EXPECT_EQ(warmup_cap(began, began + 24h), 75u);
  EXPECT_EQ(warmup_cap(began, began + 48h), 112u);
  EXPECT_EQ(warmup_cap(began, began + 240h), 2883u);
}

TEST(WarmupPlan, IsOverAfterFortyFiveDays) {
  EXPECT_TRUE(warmup_cap(began, began + warmup_days - 1ms));
  EXPECT_EQ(warmup_cap(began, began + warmup_days), std::nullopt);
  EXPECT_EQ(warmup_percentage(began, began + warmup_days - 1ms), 99);
  EXPECT_EQ(warmup_percentage(began, began + warmup_days), 100);
}

TEST(WarmupPlan, BeginsWhenTheClockGoesBack) {
  EXPECT_EQ(warmup_cap(began, began - 240h), 50u);
  EXPECT_EQ(warmup_percentage(began, began - 240h), 0);
}

TEST(WarmupPlan, APercentageThatIsSetIsTheOneShown) {
  for (int percentage = 0; percentage < 100; ++percentage) {
    const auto begun = warmup_began_at(percentage, began);
    ASSERT_TRUE(begun);
    EXPECT_EQ(warmup_percentage(*begun, began), percentage);
  }
  EXPECT_EQ(warmup_began_at(100, began), std::nullopt);
}

TEST(WarmupCountsTest, CountByAddressAndGroup) {
  WarmupCounts counts;
  counts.load(today, {{"192.0.2.1", "a", 3}});
  counts.add("192.0.2.1", "a", 2, today);
  counts.add("192.0.2.2", "a", 1, today);
  EXPECT_EQ(counts.tried("192.0.2.1", "a", today), 5u);
  EXPECT_EQ(counts.tried("192.0.2.2", "a", today), 1u);
  EXPECT_EQ(counts.tried("192.0.2.1", "b", today), 0u);
}

TEST(WarmupCountsTest, BeginAnewEachDay) {
  WarmupCounts counts;
  counts.add("192.0.2.1", "a", 2, today);
  const WarmupCounts::Day tomorrow = today + std::chrono::days(1);
  EXPECT_EQ(counts.tried("192.0.2.1", "a", tomorrow), 0u);
  counts.add("192.0.2.1", "b", 1, tomorrow);
  EXPECT_EQ(counts.tried("192.0.2.1", "a", tomorrow), 0u);
  const WarmupCounts::Unsaved unsaved = counts.take_unsaved();
  EXPECT_EQ(unsaved.day, tomorrow);
  EXPECT_EQ(unsaved.counts, (std::vector<store::WarmupCount>{{"192.0.2.1", "b", 1}}));
}

TEST(WarmupCountsTest, WhatCouldNotBeSavedIsSavedLater) {
  WarmupCounts counts;
  counts.add("192.0.2.1", "a", 2, today);
  const WarmupCounts::Unsaved failed = counts.take_unsaved();
  counts.add("192.0.2.1", "a", 1, today);
  counts.put_back(failed);
  EXPECT_EQ(counts.take_unsaved().counts, (std::vector<store::WarmupCount>{{"192.0.2.1", "a", 3}}));
  EXPECT_TRUE(counts.take_unsaved().counts.empty());
  EXPECT_EQ(counts.tried("192.0.2.1", "a", today), 3u);
}

TEST(WarmupCountsTest, AreBounded) {
  WarmupCounts counts;
  for (std::size_t i = 0; i < WarmupCounts::max_counted; ++i) counts.add("192.0.2.1", std::to_string(i), 1, today);
  counts.add("192.0.2.1", "one", 7, today);
  counts.add("192.0.2.1", "another", 1, today);
  EXPECT_EQ(counts.tried("192.0.2.1", "one", today), 8u);
  EXPECT_EQ(counts.tried("192.0.2.1", "3", today), 1u);
}

}  // namespace
}  // namespace sesame::delivery
