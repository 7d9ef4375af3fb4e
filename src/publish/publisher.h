// publish/publisher.h: tells destinations what happened, until each has taken it.
//
//   events, as committed ──► FanOut ──► outbox (durable) ──► one lane per destination ──► HTTP POST, or mail
//
// A lane takes what is due for its destination, as many at a time as the destination bears (pace.h), and settles them
// in one commit. Of one order key (a message and its recipient) only the oldest is under way, so those go out in order.
// A destination that takes nothing waits, with growing pauses, and is then asked with one entry; a message that is not
// liked waits alone (retry.h). What has waited longer than `max_delivery` when another attempt fails is dead: kept for
// dead_retention, to be seen and sent again by whoever repairs the destination.
//
// At least once: the answer of a destination and the commit that settles it are two steps. Nothing here delays mail:
// events are read after they have been committed, and only their rows and those of the outbox are kept meanwhile.
//
// Everything runs on the executor given to start(); counters may be read from anywhere.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "events/feed.h"
#include "feedback/forwarding.h"
#include "net/task_group.h"
#include "publish/fan_out.h"
#include "publish/pace.h"
#include "publish/poster.h"
#include "publish/renderer.h"
#include "publish/retry.h"

namespace sesame::publish {

constexpr std::size_t max_lanes = 64;  // destinations told at the same time; others wait for their turn
constexpr std::chrono::days dead_retention{14};

struct PublisherDeps {
  store::Outbox& outbox;
  store::TopicStore& topics;
  store::QueueStore& queue;
  events::Feed& feed;
  FanOut& fan_out;
  const Renderer& renderer;
  const Poster& poster;
  feedback::Forwarder& forwarder;
  const Clock& clock;
  RandomSource& random;
};

struct PublisherOptions {
  std::chrono::seconds max_delivery = std::chrono::hours(24);
};

// stop() must be awaited before destruction once start() was called; what `deps` refers to must outlive it.
class Publisher {
 public:
  Publisher(PublisherDeps deps, PublisherOptions options) : deps_(deps), options_(options) {}

  void start(net::Executor executor);
  // Entries were added to the outbox by others. Any thread.
  void wake() { wake_.committed(); }
  // Takes nothing new; what is under way may end until `deadline`.
  net::Task<void> stop(net::Deadline deadline);

  struct Counters {
    std::uint64_t taken = 0, failed_attempts = 0, dead = 0;
    std::size_t destinations = 0;  // being told now; at most max_lanes
  };
  // Thread-safe.
  Counters counters() const { return {taken_, failed_, dead_, lanes_running_}; }

 private:
  struct Lane {
    bool running = false;
    std::uint32_t failures = 0;  // in a row, of the destination
    Time paused_until{};
    Pace pace;
  };
  struct Batch;

  net::Task<void> run_fan_out();
  net::Task<void> run_lanes();
  net::Task<void> keep_house();
  net::Task<void> serve(std::string destination);
  net::Task<store::StoreResult<bool>> serve_once(const std::string& destination, Lane& lane);
  net::Task<void> attempt(std::shared_ptr<Batch> batch, std::size_t index);
  net::Task<Attempted> attempt_entry(store::ReadyEntry ready, bool& nobody_there);
  net::Task<Attempted> forward(store::ReadyEntry ready);
  net::Task<store::StoreResult<void>> settle(Batch& batch, const std::string& destination, Lane& lane);
  // The destination takes nothing: it is left alone for a while, and what is too old is given up.
  net::Task<store::StoreResult<void>> pause(const std::string& destination, Lane& lane, std::string error);
  net::Task<store::StoreResult<void>> discard(std::string destination);
  store::OutboxOutcome outcome_of(const store::OutboxEntry& entry, const Attempted& attempted);
  // When to look again, if nothing wakes us.
  net::Deadline start_lanes(const std::vector<store::DueDestination>& waiting);

  PublisherDeps deps_;
  const PublisherOptions options_;
  events::Feed wake_;
  std::map<std::string, Lane> lanes_;  // of destinations that are served now, or failed when they were last
  std::atomic<std::size_t> lanes_running_{0};
  std::atomic<std::uint64_t> taken_{0}, failed_{0}, dead_{0};
  net::Executor executor_;
  net::TaskGroup tasks_{"publish"};
};

}  // namespace sesame::publish
