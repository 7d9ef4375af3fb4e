// app/store_probe.h: whether the store can make anything durable just now: for /readyz.
#pragma once

#include <mutex>

#include "net/task.h"
#include "store/control_store.h"

namespace sesame::app {

// Thread-safe. The store must outlive it.
class StoreProbe {
 public:
  explicit StoreProbe(store::ControlStore& control) : control_(control) {}

  // By a commit of its own, once a second at most. A change is logged.
  net::Task<bool> is_writable();

 private:
  store::ControlStore& control_;
  std::mutex mutex_;
  bool writable_ = true;
  net::Deadline next_{};
};

}  // namespace sesame::app
