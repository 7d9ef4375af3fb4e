// net/failure_limit.h: how often each client network may fail before it is told to come back later. Thread-safe.
#pragma once

#include <mutex>

#include "net/network_limit.h"

namespace sesame::net {

class FailureLimit {
 public:
  FailureLimit(NetworkRate rate, RandomSource& random) : limit_(rate, random) {}

  bool may_try(const IpAddress& client) {
    const std::scoped_lock lock(mutex_);
    return limit_.of(client).has_token(std::chrono::steady_clock::now());
  }
  void failed(const IpAddress& client) {
    const std::scoped_lock lock(mutex_);
    limit_.of(client).take(std::chrono::steady_clock::now());
  }

 private:
  std::mutex mutex_;
  NetworkLimit limit_;
};

}  // namespace sesame::net
