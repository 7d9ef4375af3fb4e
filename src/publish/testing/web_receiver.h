// publish/testing/web_receiver.h: an HTTP server on loopback that keeps what it is sent and answers as it is told.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.h"
#include "http/server.h"
#include "net/listener.h"
#include "net/runtime.h"

namespace sesame::publish {

// Thread-safe.
class WebReceiver {
 public:
  WebReceiver();
  ~WebReceiver();

  std::string url(const std::string& path = "/hook") const;
  // The next answers, one for each request; then 200 again.
  void answer(std::vector<http::Response> next);
  void answer_status(int status, std::size_t times = 1);
  // The first `count` requests, as soon as there are so many; fewer after ten seconds, which fails a test that asks.
  std::vector<http::Request> wait_for(std::size_t count);

 private:
  net::Task<http::Response> handle(http::Request request);

  std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<http::Request> requests_;  // this and the next: under mutex_
  std::deque<http::Response> next_;
  SystemClock clock_;
  net::Runtime runtime_{1};
  std::unique_ptr<http::Server> server_;
  std::unique_ptr<net::Listener> listener_;
};

}  // namespace sesame::publish
