#include "net/task.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <thread>

#include "net/runtime.h"
#include "net/task_group.h"
#include "net/testing/run_task.h"

namespace sesame::net {
namespace {

using namespace std::chrono_literals;

Task<std::thread::id> thread_id() { co_return std::this_thread::get_id(); }

Task<int> fail_with(std::string what) {
  throw std::runtime_error(what);
  co_return 0;
}

TEST(OnExecutor, RunsElsewhereAndComesBack) {
  WorkerPool pool(2);
  struct Ids {
    std::thread::id before, there, after;
  };
  const auto look = [](Executor there) -> Task<Ids> {
    Ids ids;
    ids.before = std::this_thread::get_id();
    ids.there = co_await on_executor(there, thread_id());
    ids.after = std::this_thread::get_id();
    co_return ids;
  };
  const Ids ids = run_task(look(pool.executor()));
  EXPECT_NE(ids.before, ids.there);
  EXPECT_EQ(ids.before, ids.after);
}

TEST(OnExecutor, ExceptionsPassThrough) {
  WorkerPool pool(1);
  EXPECT_THROW(run_task(on_executor(pool.executor(), fail_with("no"))), std::runtime_error);
}

TEST(SleepUntil, ReturnsTrueAfterTheDeadline) {
  const Deadline deadline = after(5ms);
  EXPECT_TRUE(run_task(sleep_until(deadline)));
  EXPECT_GE(std::chrono::steady_clock::now(), deadline);
}

TEST(Runtime, ExecutorsAreThreadsInTurn) {
  Runtime runtime(2);
  EXPECT_EQ(runtime.size(), 2U);
  const auto look = [](Runtime& on) -> Task<void> {
    const std::thread::id first = co_await on_executor(on.executor(0), thread_id());
    const std::thread::id second = co_await on_executor(on.executor(1), thread_id());
    EXPECT_NE(first, second);
  };
  runtime.run_blocking(look(runtime));
  EXPECT_NE(runtime.next(), runtime.next());
}

TEST(Runtime, RunBlockingPassesExceptions) {
  Runtime runtime(1);
  const auto fail = []() -> Task<void> { co_await fail_with("no"); };
  EXPECT_THROW(runtime.run_blocking(fail()), std::runtime_error);
}

Task<void> sleep_long(std::atomic<int>& ended_by_cancel) {
  const bool slept = co_await sleep_until(after(1h));
  if (!slept) ++ended_by_cancel;
}

TEST(TaskGroup, StopCancelsEveryTaskAndWaits) {
  Runtime runtime(2);
  TaskGroup group("test");
  std::atomic<int> cancelled = 0;
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(group.spawn(runtime.next(), sleep_long(cancelled)));
  EXPECT_EQ(group.size(), 100U);
  runtime.run_blocking(group.stop());
  EXPECT_EQ(group.size(), 0U);
  EXPECT_EQ(cancelled, 100);
  EXPECT_TRUE(group.stopping());
  EXPECT_FALSE(group.spawn(runtime.next(), sleep_long(cancelled)));
}

TEST(TaskGroup, CancelledTaskUnwindsAtItsNextWait) {
  Runtime runtime(1);
  TaskGroup group("test");
  const auto stubborn = []() -> Task<void> {
    for (;;) co_await sleep_until(after(1h));
  };
  group.spawn(runtime.next(), stubborn());
  runtime.run_blocking(group.stop());
  EXPECT_EQ(group.size(), 0U);
}

TEST(TaskGroup, LastWordsArePossibleAfterCancellation) {
  Runtime runtime(1);
  TaskGroup group("test");
  std::atomic<bool> said = false;
  const auto polite = [](std::atomic<bool>& flag) -> Task<void> {
    co_await sleep_until(after(1h));
    co_await accept_last_words();
    flag = co_await sleep_until(after(1ms));
  };
  group.spawn(runtime.next(), polite(said));
  runtime.run_blocking(group.stop());
  EXPECT_TRUE(said);
}

TEST(TaskGroup, DrainLeavesTasksRunningAfterTheDeadline) {
  Runtime runtime(2);
  TaskGroup group("test");
  std::atomic<int> cancelled = 0;
  group.spawn(runtime.next(), sleep_long(cancelled));
  const auto drain = [](TaskGroup& of) -> Task<void> {
    const bool all_ended = co_await of.drain(after(5ms));
    EXPECT_FALSE(all_ended);
    co_await of.stop();
    const bool now_all = co_await of.drain(after(1h));
    EXPECT_TRUE(now_all);
  };
  runtime.run_blocking(drain(group));
  EXPECT_EQ(cancelled, 1);
}

TEST(TaskGroup, EscapedExceptionIsLoggedAndEndsThatTaskOnly) {
  Runtime runtime(1);
  TaskGroup group("sessions");
  const auto fail = []() -> Task<void> { co_await fail_with("a bug"); };
  std::atomic<int> cancelled = 0;
  testing::internal::CaptureStderr();
  group.spawn(runtime.executor(0), sleep_long(cancelled));
  group.spawn(runtime.executor(0), fail());
  runtime.run_blocking(group.stop());
  const std::string log = testing::internal::GetCapturedStderr();
  EXPECT_THAT(log, testing::HasSubstr("a bug"));
  EXPECT_THAT(log, testing::HasSubstr("group=sessions"));
  EXPECT_EQ(cancelled, 1);
}

}  // namespace
}  // namespace sesame::net
