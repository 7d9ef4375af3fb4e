#include "identity/slow_looks.h"

#include <gtest/gtest.h>

namespace sesame::identity {
namespace {

TEST(SlowLooks, OneSlowLookMarksAndSeveralQuickOnesClear) {
  SlowLooks looks;
  looks.note("a", false);
  EXPECT_FALSE(looks.is_slow("a"));
  looks.note("a", true);
  for (unsigned i = 1; i < SlowLooks::quick_again_after; ++i) looks.note("a", false);
  EXPECT_TRUE(looks.is_slow("a"));
  looks.note("a", true);
  for (unsigned i = 1; i < SlowLooks::quick_again_after; ++i) looks.note("a", false);
  EXPECT_TRUE(looks.is_slow("a")) << "counted from the last slow one";
  looks.note("a", false);
  EXPECT_FALSE(looks.is_slow("a"));
}

TEST(SlowLooks, BeyondTheCapacityTheOldestIsForgotten) {
  SlowLooks looks(2);
  looks.note("a", true);
  looks.note("b", true);
  looks.note("a", true);
  looks.note("c", true);
  EXPECT_TRUE(looks.is_slow("a"));
  EXPECT_FALSE(looks.is_slow("b"));
  EXPECT_TRUE(looks.is_slow("c"));
}

}  // namespace
}  // namespace sesame::identity
