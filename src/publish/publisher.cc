#include "publish/publisher.h"

#include <algorithm>

#include "base/log.h"
#include "publish/destination_name.h"
#include "publish/topics.h"

namespace sesame::publish {
namespace {

using namespace std::chrono_literals;
constexpr std::chrono::milliseconds longest_rest = 60s;  // looks again even if nobody calls
constexpr std::chrono::milliseconds store_pause = 1s;    // when the store is in trouble
constexpr std::chrono::milliseconds house_round = 1h;
// From the beginning of one look at new events to that of the next: under load, many are read at once.
constexpr std::chrono::milliseconds gathering = 10ms;

using store::OutboxKind;
using store::OutboxOutcome;

}  // namespace

// Entries of one destination that are under way together. Shared by their attempts and the lane that waits for them.
struct Publisher::Batch {
  std::vector<store::ReadyEntry> entries;
  std::vector<std::optional<Attempted>> attempted;  // unset: cancelled before it was known
  std::vector<std::chrono::milliseconds> took;
  std::size_t left = 0;
  bool nobody_there = false;
  events::Feed one_ended;
};

void Publisher::start(net::Executor executor) {
  executor_ = executor;
  tasks_.spawn(executor, run_fan_out());
  tasks_.spawn(executor, run_lanes());
  tasks_.spawn(executor, keep_house());
}

net::Task<void> Publisher::stop(net::Deadline deadline) {
  wake_.close();
  co_await tasks_.drain(deadline);
  co_await tasks_.stop();
}

// ---- from events to entries ----

net::Task<void> Publisher::run_fan_out() {
  while (!wake_.closed()) {
    const std::uint64_t seen = deps_.feed.generation();
    const net::Deadline next_round = net::after(gathering);
    const std::uint64_t entries_before = deps_.fan_out.entries_added();
    const auto given_out = co_await deps_.fan_out.run_once();
    if (!given_out) {
      log::error("publish", "events cannot be given out yet", {{"detail", given_out.error().detail}});
      co_await wake_.wait(wake_.generation(), net::after(store_pause));
      continue;
    }
    if (deps_.fan_out.entries_added() > entries_before) wake_.committed();
    if (*given_out == events_per_round) continue;
    const bool more = co_await deps_.feed.wait(seen, net::after(longest_rest));
    if (!more && deps_.feed.closed()) co_return;
    co_await net::sleep_until(next_round);
  }
}

// ---- lanes ----

net::Task<void> Publisher::run_lanes() {
  while (!wake_.closed()) {
    const std::uint64_t seen = wake_.generation();
    const auto waiting = co_await deps_.outbox.waiting_destinations();
    net::Deadline next = net::after(store_pause);
    if (waiting) {
      next = start_lanes(*waiting);
    } else {
      log::error("publish", "the outbox cannot be read", {{"detail", waiting.error().detail}});
    }
    co_await wake_.wait(seen, next);
  }
}

net::Deadline Publisher::start_lanes(const std::vector<store::DueDestination>& waiting) {
  const Time now = deps_.clock.now();
  Time next = now + longest_rest;
  // A destination that waits for nothing any more has recovered, or has gone.
  std::erase_if(lanes_, [&](const auto& lane) {
    return !lane.second.running &&
           std::ranges::find(waiting, lane.first, &store::DueDestination::destination) == waiting.end();
  });
  for (const store::DueDestination& due : waiting) {
    Lane& lane = lanes_[due.destination];
    if (lane.running) continue;
    const Time at = std::max(due.next_attempt, lane.paused_until);
    if (at > now) {
      next = std::min(next, at);
    } else if (lanes_running_ < max_lanes) {
      lane.running = true;
      ++lanes_running_;
      if (!tasks_.spawn(executor_, serve(due.destination))) break;  // stopping
    }
  }
  return net::after(next - now);
}

net::Task<void> Publisher::serve(std::string destination) {
  Lane& lane = lanes_[destination];  // stays where it is while it is running
  struct Ended {                     // also when it is cancelled, or by a bug
    Publisher& publisher;
    Lane& lane;
    ~Ended() {
      lane.running = false;
      --publisher.lanes_running_;
      publisher.wake_.committed();  // a lane is free; and what came while this one ended is seen
    }
  };
  const Ended ended{*this, lane};
  bool more = true;
  while (more && !wake_.closed()) {
    const auto served = co_await serve_once(destination, lane);
    if (!served) {
      log::error("publish", "the outbox is in trouble",
                 {{"destination", destination}, {"detail", served.error().detail}});
      lane.paused_until = deps_.clock.now() + store_pause;
    }
    more = served.value_or(false);
  }
}

// False: nothing is due, or the destination takes nothing at present.
net::Task<store::StoreResult<bool>> Publisher::serve_once(const std::string& destination, Lane& lane) {
  const std::size_t at_once = lane.failures > 0 ? 1 : lane.pace.at_once();
  auto ready = co_await deps_.outbox.ready(destination, deps_.clock.now(), at_once);
  if (!ready) co_return std::unexpected(ready.error());
  if (ready->empty()) co_return false;
  const auto batch = std::make_shared<Batch>();
  batch->entries = std::move(*ready);
  batch->attempted.resize(batch->entries.size());
  for (std::size_t i = 0; i < batch->entries.size(); ++i) {
    if (tasks_.spawn(executor_, attempt(batch, i))) ++batch->left;
  }
  while (batch->left > 0) {
    const std::uint64_t seen = batch->one_ended.generation();
    if (batch->left > 0) co_await batch->one_ended.wait(seen, net::after(longest_rest));
  }
  const auto settled = co_await settle(*batch, destination, lane);
  if (!settled) co_return std::unexpected(settled.error());
  co_return lane.failures == 0;
}

net::Task<void> Publisher::attempt(std::shared_ptr<Batch> batch, std::size_t index) {
  struct Ended {  // also when it is cancelled
    Batch& batch;
    ~Ended() {
      --batch.left;
      batch.one_ended.committed();
    }
  };
  const Ended ended{*batch};
  bool nobody_there = false;
  const auto begun = std::chrono::steady_clock::now();
  Attempted attempted = co_await attempt_entry(batch->entries[index], nobody_there);
  batch->nobody_there = batch->nobody_there || nobody_there;
  batch->attempted[index] = std::move(attempted);
  batch->took.push_back(
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begun));
}

net::Task<Attempted> Publisher::attempt_entry(store::ReadyEntry ready, bool& nobody_there) {
  if (ready.entry.kind == OutboxKind::forwarded_feedback) {
    Attempted forwarded = co_await forward(std::move(ready));
    co_return forwarded;
  }
  const std::int64_t entry_id = ready.entry.entry_id;
  auto rendered = co_await deps_.renderer.render(std::move(ready));
  if (std::holds_alternative<NobodyThere>(rendered)) {
    nobody_there = true;
    co_return Attempted{Verdict::taken, ""};
  }
  if (const auto* later = std::get_if<NotNow>(&rendered)) co_return Attempted{Verdict::destination_failed, later->why};
  if (const auto* never = std::get_if<CannotBeMade>(&rendered)) {
    log::error("publish", "an entry cannot be made into a message", {{"entry", entry_id}, {"why", never->why}});
    co_return Attempted{Verdict::entry_failed, never->why};
  }
  auto& outgoing = std::get<Outgoing>(rendered);
  const auto posted =
      co_await deps_.poster.post(std::move(outgoing.url), std::move(outgoing.headers), std::move(outgoing.body));
  co_return judge(posted);
}

net::Task<Attempted> Publisher::forward(store::ReadyEntry ready) {
  if (!ready.event) co_return Attempted{Verdict::taken, ""};  // forgotten: nobody can be told any more
  auto message = co_await deps_.queue.find_message_any_account(ready.event->api_message_id);
  if (!message && message.error().code == store::StoreErrc::not_found) co_return Attempted{Verdict::taken, ""};
  if (!message) co_return Attempted{Verdict::destination_failed, message.error().detail};
  const bool done = co_await deps_.forwarder.forward(std::move(*ready.event), std::move(*message));
  co_return Attempted{done ? Verdict::taken : Verdict::destination_failed, done ? "" : "the report cannot be queued"};
}

// ---- what became of it ----

OutboxOutcome Publisher::outcome_of(const store::OutboxEntry& entry, const Attempted& attempted) {
  OutboxOutcome outcome{.entry_id = entry.entry_id};
  if (attempted.verdict == Verdict::taken) {
    ++taken_;
    return outcome;
  }
  ++failed_;
  const Time now = deps_.clock.now();
  outcome.error = attempted.error;
  if (now - entry.created >= options_.max_delivery) {
    ++dead_;
    outcome.result = OutboxOutcome::Result::dead;
    log::error("publish", "given up",
               {{"destination", entry.destination}, {"entry", entry.entry_id}, {"error", attempted.error}});
  } else {
    outcome.result = OutboxOutcome::Result::deferred;
    outcome.next_attempt = now + pause_after(entry.attempts + 1, deps_.random);
  }
  return outcome;
}

net::Task<store::StoreResult<void>> Publisher::settle(Batch& batch, const std::string& destination, Lane& lane) {
  if (batch.nobody_there) {
    auto discarded = co_await discard(destination);
    co_return discarded;
  }
  std::vector<OutboxOutcome> outcomes;
  Round round;
  const Attempted* failed = nullptr;
  for (std::size_t i = 0; i < batch.entries.size(); ++i) {
    std::optional<Attempted>& attempted = batch.attempted[i];
    if (!attempted && tasks_.stopping()) continue;
    if (!attempted) attempted = Attempted{Verdict::destination_failed, "the attempt ended early"};  // the log has why
    outcomes.push_back(outcome_of(batch.entries[i].entry, *attempted));
    ++round.sent;
    if (attempted->verdict != Verdict::destination_failed) continue;
    ++round.failed;
    failed = &*attempted;
  }
  const auto settled = co_await deps_.outbox.settle(std::move(outcomes));
  if (!settled) co_return std::unexpected(settled.error());
  if (!batch.took.empty()) {
    round.quickest = std::ranges::min(batch.took);
    round.slowest = std::ranges::max(batch.took);
    lane.pace.ended(round, deps_.clock.now());
  }
  if (round.failed < round.sent || round.sent == 0) {
    lane.failures = 0;
    co_return store::StoreResult<void>{};
  }
  auto paused = co_await pause(destination, lane, failed->error);
  co_return paused;
}

net::Task<store::StoreResult<void>> Publisher::pause(const std::string& destination, Lane& lane, std::string error) {
  const Time now = deps_.clock.now();
  ++lane.failures;
  lane.paused_until = now + pause_after(lane.failures, deps_.random);
  log::warning("publish", "a destination takes nothing",
               {{"destination", destination}, {"failures", lane.failures}, {"error", error}});
  const auto given_up = co_await deps_.outbox.give_up(destination, now - options_.max_delivery, std::move(error));
  if (!given_up) co_return std::unexpected(given_up.error());
  if (*given_up > 0) {
    dead_ += *given_up;
    log::error("publish", "given up", {{"destination", destination}, {"entries", *given_up}});
  }
  co_return store::StoreResult<void>{};
}

net::Task<store::StoreResult<void>> Publisher::discard(std::string destination) {
  for (;;) {
    const auto gone = co_await deps_.outbox.discard(destination);
    if (!gone) co_return std::unexpected(gone.error());
    if (*gone == 0) break;
    log::info("publish", "a destination has gone", {{"destination", destination}, {"entries", *gone}});
  }
  co_return store::StoreResult<void>{};
}

// ---- house-keeping ----

net::Task<void> Publisher::keep_house() {
  while (!wake_.closed()) {
    const Time now = deps_.clock.now();
    const auto forgotten = co_await deps_.topics.forget_pending_subscriptions(now - confirmation_patience);
    if (!forgotten) {
      log::error("publish", "pending subscriptions cannot be forgotten", {{"detail", forgotten.error().detail}});
    }
    std::size_t gone = 1;
    while (gone > 0 && !wake_.closed()) {
      const auto dead = co_await deps_.outbox.forget_dead(now - dead_retention - options_.max_delivery);
      if (!dead) log::error("publish", "dead entries cannot be forgotten", {{"detail", dead.error().detail}});
      gone = dead.value_or(0);
    }
    const net::Deadline next = net::after(house_round);
    while (!wake_.closed() && std::chrono::steady_clock::now() < next) co_await wake_.wait(wake_.generation(), next);
  }
}

}  // namespace sesame::publish
