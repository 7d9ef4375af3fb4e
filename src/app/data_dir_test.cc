#include "app/data_dir.h"

#include <gtest/gtest.h>

namespace sesame::app {
namespace {

TEST(DataDirectory, HoldsItselfAndWhatIsBelow) {
  EXPECT_TRUE(is_within("/var/lib/sesame", "/var/lib/sesame"));
  EXPECT_TRUE(is_within("/var/lib/sesame/", "/var/lib/sesame"));
  EXPECT_TRUE(is_within("/var/lib/sesame", "/var/lib/sesame/"));
  EXPECT_TRUE(is_within("/var/lib/sesame/db", "/var/lib/sesame"));
  EXPECT_TRUE(is_within("data/../data/db", "./data"));
  EXPECT_FALSE(is_within("/var/lib", "/var/lib/sesame"));
  EXPECT_FALSE(is_within("/var/lib/sesame2", "/var/lib/sesame"));
  EXPECT_FALSE(is_within("/var/lib/sesame/../other", "/var/lib/sesame"));
}

}  // namespace
}  // namespace sesame::app
