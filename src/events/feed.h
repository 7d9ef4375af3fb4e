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
  // Returns when generation() differs from `seen`, at `deadline` or once the feed is closed (then false).
  net::Task<bool> wait(std::uint64_t seen, net::Deadline deadline);

  // The service is stopping: nobody is kept waiting from now on. Readers answer with what they have.
  void close();
  bool closed() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace sesame::events
