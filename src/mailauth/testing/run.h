// mailauth/testing/run.h: a coroutine run to its end from an ordinary test.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include "net/task.h"

namespace sesame::mailauth::testing {

// Blocks. Exceptions pass through.
template <class T>
T run(net::Task<T> task) {
  boost::asio::io_context io(1);
  auto result = boost::asio::co_spawn(io, std::move(task), boost::asio::use_future);
  io.run();
  return result.get();
}

}  // namespace sesame::mailauth::testing
