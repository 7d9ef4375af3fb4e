#include "net/testing/run_task.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <mutex>
#include <stdexcept>
#include <utility>
#include <vector>

namespace sesame::net {

namespace {

// A worker thread that has just handed over its result may still be inside the context (it unlocks a mutex there) when
// the task it woke has ended. So a loop that ends destroys what is suspended, as ~io_context does, and its memory
// stays.
struct LastingContext : asio::io_context {
  LastingContext() : asio::io_context(1) {}
  using asio::io_context::shutdown;
};

}  // namespace

struct TestLoop::Impl {
  LastingContext context;
  std::chrono::milliseconds patience;
  std::size_t running = 0;
  std::exception_ptr escaped;

  explicit Impl(std::chrono::milliseconds p) : patience(p) {}

  template <class Condition>
  void run_while(Condition unfinished);
};

template <class Condition>
void TestLoop::Impl::run_while(Condition unfinished) {
  const Deadline deadline = after(patience);
  context.restart();
  while (unfinished() && !escaped) {
    const bool progressed = context.run_one_until(deadline) > 0;
    if (!progressed && unfinished()) throw std::runtime_error("the test's coroutines hang");
  }
  if (escaped) std::rethrow_exception(std::exchange(escaped, nullptr));
}

TestLoop& shared_test_loop() {
  static TestLoop loop;
  return loop;
}

TestLoop::TestLoop(std::chrono::milliseconds patience) : impl_(std::make_unique<Impl>(patience)) {}
TestLoop::~TestLoop() {
  static std::mutex mutex;
  static auto& ended = *new std::vector<std::unique_ptr<Impl>>;
  impl_->context.shutdown();
  const std::lock_guard lock(mutex);
  ended.push_back(std::move(impl_));
}

Executor TestLoop::executor() { return impl_->context.get_executor(); }

void TestLoop::spawn(Task<void> task) {
  ++impl_->running;
  asio::co_spawn(impl_->context, std::move(task), [impl = impl_.get()](std::exception_ptr error) {
    --impl->running;
    if (error && !impl->escaped) impl->escaped = error;
  });
}

void TestLoop::run_until_done(Task<void> task) {
  const auto done = std::make_shared<bool>(false);  // outlives a run that gives up
  asio::co_spawn(impl_->context, std::move(task), [impl = impl_.get(), done](std::exception_ptr error) {
    *done = true;
    if (error && !impl->escaped) impl->escaped = error;
  });
  impl_->run_while([done] { return !*done; });
}

void TestLoop::run_all() {
  impl_->run_while([impl = impl_.get()] { return impl->running > 0; });
}

}  // namespace sesame::net
