// net/task.h: the coroutine type of the whole project.
//
// Rules (docs/architecture.md, "Coroutines"): one co_await per statement, its arguments named locals; none inside ?:,
// braces or aggregate initialisation; no capturing-lambda coroutines; parameters by value unless awaited at once.
// Every coroutine is awaited by its caller or owned by a TaskGroup (net/task_group.h).
//
// A cancelled coroutine (TaskGroup::stop) sees the operation under way end, and the co_await after that throws
// boost::system::system_error(operation_aborted): it unwinds without being asked to. A last word to the peer needs
// accept_last_words() first.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/this_coro.hpp>
#include <chrono>
#include <optional>
#include <stdexcept>
#include <type_traits>
#include <utility>

namespace sesame::net {

namespace asio = boost::asio;

template <class T>
using Task = asio::awaitable<T>;

using Executor = asio::any_io_executor;

// Waits are bounded by an absolute point of the steady clock, passed down, so that nested waits cannot add up.
using Deadline = std::chrono::steady_clock::time_point;
inline Deadline after(std::chrono::milliseconds delay) { return std::chrono::steady_clock::now() + delay; }

// Returns when `deadline` has passed, or earlier when the coroutine is cancelled (then false).
Task<bool> sleep_until(Deadline deadline);

// The executor the calling coroutine runs on.
Task<Executor> current_executor();

// Forgets a cancellation that already happened, so that a session may still say goodbye: `co_await
// accept_last_words();`. What follows must be short and bounded by a deadline of its own.
inline auto accept_last_words() { return asio::this_coro::reset_cancellation_state(); }

namespace detail {

Task<void> run_on(Executor executor, Task<void> task);

template <class T>
Task<void> keep_result(Task<T> task, std::optional<T>& result) {
  T value = co_await std::move(task);
  result.emplace(std::move(value));
}

}  // namespace detail

// Runs `task` on `executor` (also a WorkerPool's) and resumes on the caller's own. Exceptions pass through. Cancelling
// the caller does not interrupt `task`: a commit or a signature is finished, then the caller unwinds.
template <class T>
Task<T> on_executor(Executor executor, Task<T> task) {
  if constexpr (std::is_void_v<T>) {
    co_await detail::run_on(std::move(executor), std::move(task));
  } else {
    std::optional<T> result;
    Task<void> keeping = detail::keep_result(std::move(task), result);
    co_await detail::run_on(std::move(executor), std::move(keeping));
    if (!result) throw std::logic_error("a task ended without its result");
    co_return std::move(*result);
  }
}

}  // namespace sesame::net
