// net/testing/run_task.h: runs coroutines in a unit test.
//
//   EXPECT_EQ(run_task(read_line(...)), "hello");
//
//   TestLoop loop;                                       // when several must run beside each other
//   loop.spawn(serve(std::move(server_end)));
//   const Reply reply = loop.run(talk(std::move(client_end)));
//
// A WorkerPool may outlive a loop it answers to. A test that hangs fails after `patience` instead of blocking the run.
#pragma once

#include <memory>
#include <optional>
#include <stdexcept>

#include "net/task.h"

namespace sesame::net {

// One private io_context, run on the thread that calls run(). Destroying the loop destroys what is still suspended.
class TestLoop {
 public:
  explicit TestLoop(std::chrono::milliseconds patience = std::chrono::seconds(30));
  ~TestLoop();

  Executor executor();

  // Begins with the next run(). An exception that escapes is thrown by the run() during which it happens.
  void spawn(Task<void> task);

  // Runs everything until `task` ends. Throws what it throws, and std::runtime_error when patience is at its end.
  template <class T>
  T run(Task<T> task) {
    if constexpr (std::is_void_v<T>) {
      run_until_done(std::move(task));
    } else {
      std::optional<T> result;
      run_until_done(detail::keep_result(std::move(task), result));
      if (!result) throw std::logic_error("a task ended without its result");
      return std::move(*result);
    }
  }

  // Runs until every spawned task has ended.
  void run_all();

 private:
  void run_until_done(Task<void> task);

  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Lives until the process ends.
TestLoop& shared_test_loop();

// Runs one coroutine on the shared loop.
template <class T>
T run_task(Task<T> task) {
  return shared_test_loop().run(std::move(task));
}

}  // namespace sesame::net
