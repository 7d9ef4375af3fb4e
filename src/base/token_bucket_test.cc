#include "base/token_bucket.h"

#include <gtest/gtest.h>

namespace sesame {
namespace {

using std::chrono::milliseconds;

TEST(TokenBucket, ReservesTurnsAtItsRate) {
  const TokenBucket::Moment start{std::chrono::hours(1)};
  TokenBucket bucket(10, 2, start);
  EXPECT_EQ(bucket.reserve(start), start);
  EXPECT_EQ(bucket.reserve(start), start);
  EXPECT_EQ(bucket.reserve(start), start + milliseconds(100));
  EXPECT_EQ(bucket.reserve(start), start + milliseconds(200));
  bucket.give_back();
  EXPECT_EQ(bucket.reserve(start), start + milliseconds(200));
}

TEST(TokenBucket, SaysWhetherATokenIsThereWithoutTakingIt) {
  const TokenBucket::Moment start{std::chrono::hours(1)};
  TokenBucket bucket(10, 1, start);
  EXPECT_TRUE(bucket.has_token(start));
  EXPECT_TRUE(bucket.take(start));
  EXPECT_FALSE(bucket.has_token(start + milliseconds(99)));
  EXPECT_FALSE(bucket.take(start + milliseconds(99)));
  EXPECT_TRUE(bucket.has_token(start + milliseconds(101)));
  EXPECT_TRUE(bucket.take(start + milliseconds(101)));
}

}  // namespace
}  // namespace sesame
