#include "publish/pace.h"

#include <gtest/gtest.h>

#include <vector>

namespace sesame::publish {
namespace {

using namespace std::chrono_literals;

constexpr Time noon{12h};

Round round_of(std::size_t sent, std::chrono::milliseconds quickest = 5ms, std::chrono::milliseconds slowest = 20ms) {
  return {.sent = sent, .quickest = quickest, .slowest = slowest};
}

TEST(PaceTest, DoublesUpToTheBoundWhileAllGoesWell) {
  Pace pace;
  std::vector<std::size_t> seen;
  for (int i = 0; i < 4; ++i) {
    seen.push_back(pace.at_once());
    pace.ended(round_of(pace.at_once()), noon);
  }
  EXPECT_EQ(seen, (std::vector<std::size_t>{8, 16, 32, 32}));
}

TEST(PaceTest, IsHalvedWhenSomeAreHeldUpAndGrowsSlowlyFromThere) {
  Pace pace;
  pace.ended(round_of(8), noon);
  pace.ended(round_of(16, 5ms, 1020ms), noon);
  EXPECT_EQ(pace.at_once(), 8u);
  pace.ended(round_of(8), noon + 9s);
  EXPECT_EQ(pace.at_once(), 8u);
  pace.ended(round_of(8), noon + 10s);
  EXPECT_EQ(pace.at_once(), 9u);
  pace.ended(round_of(9), noon + 19s);
  EXPECT_EQ(pace.at_once(), 9u);
  pace.ended(round_of(9), noon + 20s);
  EXPECT_EQ(pace.at_once(), 10u);
}

TEST(PaceTest, IsHalvedWhenSomeFailedAndNeverBelowFour) {
  Pace pace;
  pace.ended({.sent = 8, .failed = 1}, noon);
  EXPECT_EQ(pace.at_once(), 4u);
  pace.ended({.sent = 4, .failed = 3}, noon);
  EXPECT_EQ(pace.at_once(), 4u);
}

TEST(PaceTest, AnOutageBeginsAnew) {
  Pace pace;
  pace.ended({.sent = 8, .failed = 1}, noon);
  pace.ended({.sent = 4, .failed = 4}, noon);
  pace.ended({.sent = 1, .failed = 1}, noon);
  EXPECT_EQ(pace.at_once(), 8u);
  pace.ended(round_of(8), noon);
  EXPECT_EQ(pace.at_once(), 16u);
}

TEST(PaceTest, ASlowReceiverIsNotAskedForLess) {
  Pace pace;
  pace.ended(round_of(8, 4000ms, 4800ms), noon);
  EXPECT_EQ(pace.at_once(), 16u);
}

TEST(PaceTest, ARoundThatIsNotFullShowsNothing) {
  Pace pace;
  pace.ended(round_of(7), noon);
  EXPECT_EQ(pace.at_once(), 8u);
}

}  // namespace
}  // namespace sesame::publish
