#include "store/sqlite/hot_contents.h"

#include <gtest/gtest.h>

namespace sesame::store::sqlite {
namespace {

Contents octets(std::size_t count) { return std::make_shared<const std::string>(count, 'x'); }

TEST(HotContents, AreFoundUntilForgotten) {
  HotContents hot({.octets = 100, .octets_each = 50});
  const Contents contents = octets(10);
  hot.keep(1, contents);
  EXPECT_EQ(hot.find(1), contents);
  hot.forget(1);
  EXPECT_EQ(hot.find(1), nullptr);
}

TEST(HotContents, TheOldestMakeRoom) {
  HotContents hot({.octets = 100, .octets_each = 50});
  hot.keep(1, octets(40));
  hot.keep(2, octets(40));
  hot.keep(3, octets(40));
  EXPECT_EQ(hot.find(1), nullptr);
  EXPECT_NE(hot.find(2), nullptr);
  EXPECT_NE(hot.find(3), nullptr);
}

TEST(HotContents, ForgottenOnesTakeNoRoom) {
  HotContents hot({.octets = 100, .octets_each = 50});
  hot.keep(1, octets(40));
  hot.keep(2, octets(40));
  hot.forget(2);
  hot.keep(3, octets(40));
  EXPECT_NE(hot.find(1), nullptr);
  hot.keep(4, octets(40));
  EXPECT_EQ(hot.find(1), nullptr);
  EXPECT_NE(hot.find(3), nullptr);
  EXPECT_NE(hot.find(4), nullptr);
}

TEST(HotContents, LargeOnesAreNotKept) {
  HotContents hot({.octets = 100, .octets_each = 50});
  hot.keep(1, octets(50));
  hot.keep(2, octets(51));
  EXPECT_NE(hot.find(1), nullptr);
  EXPECT_EQ(hot.find(2), nullptr);
}

}  // namespace
}  // namespace sesame::store::sqlite
