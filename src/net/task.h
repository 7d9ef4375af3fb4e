// net/task.h: the coroutine type of the whole project.
//
// Rules (docs/architecture.md, "Coroutines"): one co_await per statement, its arguments named locals; none inside ?:,
// braces or aggregate initialisation; no capturing-lambda coroutines; parameters by value unless awaited at once.
// Every coroutine is awaited by its caller or owned by a TaskGroup (net/task_group.h).
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>

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

// Runs `task` on `executor` and resumes on the caller's own. Exceptions pass through.
template <class T>
Task<T> on_executor(Executor executor, Task<T> task);

}  // namespace sesame::net
