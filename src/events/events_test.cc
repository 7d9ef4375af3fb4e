#include <gtest/gtest.h>

#include <thread>

#include "events/bounce_kind.h"
#include "events/feed.h"
#include "net/testing/run_task.h"

namespace sesame::events {
namespace {

std::string kind(std::string_view status) {
  const BounceKind k = bounce_kind(status);
  return std::string(k.type) + "/" + std::string(k.subtype);
}

TEST(BounceKind, FollowsTheEnhancedStatus) {
  EXPECT_EQ(kind("5.1.1"), "Permanent/General");
  EXPECT_EQ(kind("5.2.2"), "Transient/MailboxFull");
  EXPECT_EQ(kind("5.3.4"), "Transient/MessageTooLarge");
  EXPECT_EQ(kind("5.6.0"), "Transient/ContentRejected");
  EXPECT_EQ(kind("4.4.7"), "Transient/General");
  EXPECT_EQ(kind("4.2.1"), "Transient/General");
  for (const char* odd : {"", "5", "5.1", "2.0.0", "x.y.z", "5.1.1.1"})
    EXPECT_EQ(kind(odd), "Undetermined/Undetermined");
}

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
