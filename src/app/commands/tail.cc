#include "app/commands/tail.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>

namespace sesame::app {
namespace {

namespace asio = boost::asio;

net::Task<void> race(net::Task<void> task, bool& ended) {
  const net::Executor executor = co_await net::current_executor();
  asio::signal_set signals(executor, SIGINT, SIGTERM);
  auto working = asio::co_spawn(executor, std::move(task), asio::deferred);
  auto interrupted = signals.async_wait(asio::deferred);
  auto first = asio::experimental::make_parallel_group(std::move(working), interrupted);
  const auto [order, failed, not_waited, signal] =
      co_await first.async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);
  ended = order.front() == 0;
  if (ended && failed) std::rethrow_exception(failed);
}

}  // namespace

bool run_until_interrupted(net::Runtime& runtime, net::Task<void> task) {
  bool ended = false;
  runtime.run_blocking(race(std::move(task), ended));
  return ended;
}

}  // namespace sesame::app
