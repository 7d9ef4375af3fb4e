// identity/watcher.h: looks at identities when their timers are due.
//
// The timers live in the store (IdentityRecord::next_look), so they survive a restart and 100,000 identities cost no
// memory here beyond the looks under way. At most `max_looks` at once; the rate of questions is bounded by
// dns::AuthoritativeClient. An identity is never looked at twice at the same time.
//
// Identities whose looks were slow (identity/slow_looks.h: silent name servers) use at most half of the places, so
// those whose looks are quick find one. A first slow look cannot be foreseen; it may hold any place, once.
#pragma once

#include <memory>

#include "base/clock.h"
#include "identity/identity_service.h"
#include "net/task_group.h"
#include "store/control_store.h"

namespace sesame::identity {

struct WatcherOptions {
  std::size_t max_looks = 64;
  std::size_t max_slow_looks = 32;  // of them; what is due beyond waits its turn and is passed by
  // Due identities read from the store in one round at most, beyond the first max_looks. With more slow ones overdue
  // than this, the others come up a few rounds later.
  std::size_t max_due_read = 1024;
  std::chrono::milliseconds slow_after{1000};
  std::chrono::milliseconds longest_nap{1000};  // also when nothing is due: a set by another node is seen by then
};

struct WatcherUse {
  std::size_t looks = 0, max_looks = 0;
  std::size_t slow_looks = 0, max_slow_looks = 0;  // among them
};

// Made after the service and the store, destroyed before them; stop() must be awaited before that once start() was
// called.
class Watcher {
 public:
  Watcher(IdentityService& service, store::ControlStore& store, const Clock& clock, WatcherOptions options);
  ~Watcher();

  // Once. Looks run on `executor`. Mails that a crash left unsent are sent now.
  void start(net::Executor executor);
  // Wakes the watcher now (something was set or asked about). Thread-safe; without effect before start().
  void wake();
  // Ends the looks under way without applying them; their timers stay due. Questions already asked are waited for,
  // which takes 2.5 s at most (silent name servers), usually a round trip.
  net::Task<void> stop();

  // Looks at everything due at clock.now() and returns when all those looks are applied; how many. For tests with a
  // moved clock; does not need start().
  net::Task<std::size_t> run_due();

  WatcherUse use() const;  // thread-safe

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sesame::identity
