#include "delivery/phase_times.h"

#include <gtest/gtest.h>

namespace sesame::delivery {
namespace {

using namespace std::chrono_literals;

TEST(Histogram, CountsWhatTookUpToEachBound) {
  Histogram histogram;
  histogram.add(500us);
  histogram.add(1ms);
  histogram.add(1001us);
  histogram.add(2h);
  const Histogram::Counts counts = histogram.counts();
  EXPECT_EQ(counts.up_to[0], 2u);
  EXPECT_EQ(counts.up_to[1], 3u);
  EXPECT_EQ(counts.up_to.back(), 3u);
  EXPECT_EQ(counts.all, 4u);
  EXPECT_NEAR(counts.seconds, 7200.0025, 0.0001);
}

TEST(PhaseTimes, AreKeptApart) {
  PhaseTimes times;
  times.add(Phase::dns, 1s);
  EXPECT_EQ(times.counts(Phase::dns).all, 1u);
  EXPECT_EQ(times.counts(Phase::commit).all, 0u);
  for (const Phase phase : all_phases) EXPECT_NE(name(phase), "");
}

}  // namespace
}  // namespace sesame::delivery
