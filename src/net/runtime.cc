#include "net/runtime.h"

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>
#include <cassert>
#include <thread>

namespace sesame::net {

struct Runtime::Impl {
  struct Loop {
    asio::io_context context{1};
    asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
    std::thread thread;
  };
  std::vector<std::unique_ptr<Loop>> loops;
  std::atomic<std::size_t> turn = 0;
};

Runtime::Runtime(std::size_t threads) : impl_(std::make_unique<Impl>()) {
  assert(threads > 0);
  for (std::size_t i = 0; i < threads; ++i) {
    Impl::Loop& loop = *impl_->loops.emplace_back(std::make_unique<Impl::Loop>());
    loop.thread = std::thread([&context = loop.context] { context.run(); });
  }
}

Runtime::~Runtime() {
  for (const auto& loop : impl_->loops) loop->context.stop();
  for (const auto& loop : impl_->loops) loop->thread.join();
}

std::size_t Runtime::size() const { return impl_->loops.size(); }

Executor Runtime::executor(std::size_t index) { return impl_->loops.at(index)->context.get_executor(); }

Executor Runtime::next() { return executor(impl_->turn.fetch_add(1, std::memory_order_relaxed) % size()); }

void Runtime::run_blocking(Task<void> task) { asio::co_spawn(executor(0), std::move(task), asio::use_future).get(); }

struct WorkerPool::Impl {
  explicit Impl(std::size_t threads) : pool(threads) {}
  asio::thread_pool pool;
};

WorkerPool::WorkerPool(std::size_t threads) : impl_(std::make_unique<Impl>(threads)) { assert(threads > 0); }

WorkerPool::~WorkerPool() { impl_->pool.join(); }

Executor WorkerPool::executor() { return impl_->pool.get_executor(); }

}  // namespace sesame::net
