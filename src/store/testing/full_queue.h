// store/testing/full_queue.h: a queue store without room: it takes no message, and does everything else as the store
// behind it.
#pragma once

#include "store/testing/passing_queue.h"

namespace sesame::store {

// `behind` must outlive it.
class FullQueue final : public PassingQueue {
 public:
  using PassingQueue::PassingQueue;

  StoreTask<QueueId> enqueue(NewMessage, std::vector<Event>, SuppressionCheck) override {
    co_return std::unexpected(StoreError{StoreErrc::full, "database or disk is full"});
  }
};

}  // namespace sesame::store
