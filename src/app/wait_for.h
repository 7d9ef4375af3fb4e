// app/wait_for.h: a coroutine's result for a thread that may block (start-up, commands).
#pragma once

#include <optional>
#include <stdexcept>
#include <utility>

#include "net/runtime.h"
#include "net/task.h"

namespace sesame::app {

namespace detail {
template <class T>
net::Task<void> keep(net::Task<T> task, std::optional<T>& result) {
  result.emplace(co_await std::move(task));
}
}  // namespace detail

template <class T>
T wait_for(net::Runtime& runtime, net::Task<T> task) {
  std::optional<T> result;
  runtime.run_blocking(detail::keep(std::move(task), result));
  if (!result) throw std::logic_error("a task ended without its result");
  return std::move(*result);
}

}  // namespace sesame::app
