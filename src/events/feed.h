// events/feed.h: tells waiting readers that events were committed.
//
// Events live in the queue store, in order of their sequence. Whoever commits events calls committed(); readers
// (`sesame events tail`, later webhooks and topics) wait here instead of polling.
#pragma once

#include <memory>

#include "net/task.h"

namespace sesame::events {

// Thread-safe.
class Feed {
 public:
  Feed();
  ~Feed();

  void committed();
  // A number that grows with each committed(); read it before reading the store.
  std::uint64_t generation() const;
  // Returns when generation() differs from `seen`, or at `deadline` (then false).
  net::Task<bool> wait(std::uint64_t seen, net::Deadline deadline);

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace sesame::events
