// sqlite/hot_contents.h: contents of messages accepted a moment ago, so that their first attempt does not read them
// back from disk. Forgetting is always right: the database has them.
#pragma once

#include <cstddef>
#include <deque>
#include <mutex>
#include <unordered_map>

#include "store/queue_store.h"

namespace sesame::store::sqlite {

// Thread-safe. Bounded: the oldest make room.
class HotContents {
 public:
  struct Limits {
    std::size_t octets = std::size_t{32} << 20;
    std::size_t octets_each = std::size_t{1} << 20;  // larger ones are not kept
  };
  explicit HotContents(Limits limits) : limits_(limits) {}

  void keep(QueueId queue_id, Contents contents);
  Contents find(QueueId queue_id) const;  // nullptr if it is not kept
  void forget(QueueId queue_id);

 private:
  void make_room(std::size_t octets);

  const Limits limits_;
  mutable std::mutex mutex_;
  std::unordered_map<QueueId, Contents> kept_;  // this and all below: under mutex_
  std::deque<QueueId> oldest_first_;            // also of forgotten ones, until their turn comes
  std::size_t octets_ = 0;
};

}  // namespace sesame::store::sqlite
