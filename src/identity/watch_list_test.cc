#include "identity/watch_list.h"

#include <gtest/gtest.h>

namespace sesame::identity {
namespace {

using namespace std::chrono_literals;

TEST(WatchList, AttentionLastsAMinuteAfterTheLastQuestion) {
  ManualClock clock;
  WatchList list;
  EXPECT_FALSE(list.is_watched("1", "example.com", clock.now()));
  list.mark("1", "example.com", clock.now());
  clock.advance(59s);
  list.mark("1", "example.com", clock.now());
  clock.advance(60s);
  EXPECT_TRUE(list.is_watched("1", "example.com", clock.now()));
  clock.advance(1ms);
  EXPECT_FALSE(list.is_watched("1", "example.com", clock.now()));
}

TEST(WatchList, AccountsAreApart) {
  ManualClock clock;
  WatchList list;
  list.mark("1", "example.com", clock.now());
  EXPECT_FALSE(list.is_watched("2", "example.com", clock.now()));
}

TEST(WatchList, BeyondItsCapacityTheOldestIsForgotten) {
  ManualClock clock;
  WatchList list(2);
  list.mark("1", "a.example", clock.now());
  list.mark("1", "b.example", clock.now());
  list.mark("1", "a.example", clock.now());
  list.mark("1", "c.example", clock.now());
  EXPECT_TRUE(list.is_watched("1", "a.example", clock.now()));
  EXPECT_FALSE(list.is_watched("1", "b.example", clock.now()));
  EXPECT_TRUE(list.is_watched("1", "c.example", clock.now()));
}

}  // namespace
}  // namespace sesame::identity
