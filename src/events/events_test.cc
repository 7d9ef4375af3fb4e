#include <gtest/gtest.h>

#include <thread>

#include "events/feed.h"
#include "net/testing/run_task.h"

namespace sesame::events {
namespace {

net::Task<bool> wait_then(Feed& feed, std::uint64_t seen, std::chrono::milliseconds patience) {
  const bool grown = co_await feed.wait(seen, net::after(patience));
  co_return grown;
}

TEST(Feed, WaitReturnsAtOnceWhenSomethingWasCommittedMeanwhile) {
  Feed feed;
  const auto seen = feed.generation();
  feed.committed();
  EXPECT_TRUE(net::run_task(wait_then(feed, seen, std::chrono::seconds(10))));
}

TEST(Feed, WaitEndsAtItsDeadline) {
  Feed feed;
  EXPECT_FALSE(net::run_task(wait_then(feed, feed.generation(), std::chrono::milliseconds(20))));
}

TEST(Feed, CommitFromAnotherThreadWakesTheWaiter) {
  Feed feed;
  const auto seen = feed.generation();
  std::jthread other([&] { feed.committed(); });
  EXPECT_TRUE(net::run_task(wait_then(feed, seen, std::chrono::seconds(10))));
}

TEST(Feed, ClosingWakesTheWaiterWithNothing) {
  Feed feed;
  std::jthread other([&] { feed.close(); });
  EXPECT_FALSE(net::run_task(wait_then(feed, feed.generation(), std::chrono::hours(1))));
}

TEST(Feed, NobodyWaitsOnceItIsClosed) {
  Feed feed;
  feed.close();
  EXPECT_TRUE(feed.closed());
  EXPECT_FALSE(net::run_task(wait_then(feed, feed.generation(), std::chrono::hours(1))));
}

}  // namespace
}  // namespace sesame::events
