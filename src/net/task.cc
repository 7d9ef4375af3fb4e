#include "net/task.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace sesame::net {

Task<bool> sleep_until(Deadline deadline) {
  const Executor executor = co_await asio::this_coro::executor;
  asio::steady_timer timer(executor, deadline);
  const auto [error] = co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
  co_return !error;
}

Task<Executor> current_executor() {
  Executor executor = co_await asio::this_coro::executor;
  co_return executor;
}

namespace detail {

// The empty cancellation slot is not only policy: Boost 1.81 forwards a cancellation to another executor through a
// pointer into the caller's slot, which may be gone when it arrives.
Task<void> run_on(Executor executor, Task<void> task) {
  const Executor own_strand = asio::make_strand(executor);
  auto token = asio::bind_cancellation_slot(asio::cancellation_slot(), asio::use_awaitable);
  co_await asio::co_spawn(own_strand, std::move(task), std::move(token));
}

}  // namespace detail

}  // namespace sesame::net
