// sqlite/hand_over.h: what was just committed, on its way to whoever delivers it (QueueStore::set_take_over).
#pragma once

#include <mutex>

#include "store/queue_store.h"
#include "store/sqlite/lease_table.h"

namespace sesame::store::sqlite {

// set() from anywhere; the rest on the writer's thread.
class HandOver {
 public:
  void set(TakeOver take_over) {
    const std::lock_guard lock(mutex_);
    take_over_ = std::move(take_over);
  }

  // Of an operation that has been committed.
  void add(std::vector<DueRecipient> recipients);

  // All that was added since the last time: leased if it is taken, else to be found by the next search.
  void give(LeaseTable& leases);

 private:
  std::mutex mutex_;
  TakeOver take_over_;  // under mutex_
  std::vector<DueRecipient> committed_;
};

}  // namespace sesame::store::sqlite
