// delivery/recorder.h: puts outcomes into the store, whatever it takes.
//
// A recipient whose outcome is known must not be tried again because the store is in trouble: the receiver would get
// the message again and again. So the same commit is repeated, with growing pauses, until it succeeds or the engine
// stops; and while one is failing, is_failing() tells the engine to begin nothing new.
#pragma once

#include <atomic>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "delivery/batch_queue.h"
#include "delivery/outcome_record.h"
#include "delivery/retry.h"
#include "events/feed.h"
#include "store/queue_store.h"

namespace sesame::delivery {

// On the engine's executor; the counters may be read from anywhere.
class Recorder {
 public:
  Recorder(store::QueueStore& queue, events::Feed& feed, const Clock& clock, RandomSource& random)
      : queue_(queue), feed_(feed), clock_(clock), random_(random) {}

  // One outcome per recipient of the batch, in order. Returns once they are durable; if the coroutine is cancelled
  // while the store is in trouble, they are not, and the recipients are due again after the next start.
  net::Task<void> record(Batch batch, std::vector<AttemptOutcome> outcomes, AttemptPlace place);

  // From now on a commit that fails is not repeated: record() ends as if it were cancelled. From any thread.
  void give_up() { given_up_ = true; }
  bool is_failing() const { return failing_ > 0; }
  std::uint64_t delivered() const { return delivered_; }
  std::uint64_t bounced() const { return bounced_; }
  std::uint64_t deferred() const { return deferred_; }

 private:
  net::Task<void> commit(std::vector<store::RecipientOutcome> outcomes, std::vector<store::Event> events);
  void tell(const Batch& batch, const std::vector<Decision>& decisions, const AttemptPlace& place);

  store::QueueStore& queue_;
  events::Feed& feed_;
  const Clock& clock_;
  RandomSource& random_;
  std::size_t failing_ = 0;
  std::atomic<bool> given_up_{false};
  std::atomic<std::uint64_t> delivered_{0}, bounced_{0}, deferred_{0};
};

}  // namespace sesame::delivery
