// Schedule, start and stop. What an engine consists of is told in engine_impl.h.
#include "delivery/engine.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/log.h"
#include "delivery/engine_impl.h"

namespace sesame::delivery {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t lease_batch = 500;
constexpr auto longest_nap = 1000ms;    // also the pace at which a moved test clock is noticed
constexpr auto trouble_pause = 1000ms;  // after the store failed, or something that should not happen

}  // namespace

Engine::Impl::Impl(EngineDeps d, EngineOptions o)
    : deps(std::move(d)),
      options(std::move(o)),
      executor(deps.runtime.executor(0)),
      tasks("delivery"),
      alarm(executor),
      stop_signal(executor, net::Deadline::max()),
      recorder(deps.queue, deps.feed, deps.clock, deps.random),
      rules(options.group_rules, options.limits),
      routes(options.route_lifetime),
      slots(options.max_connections),
      pools(options.addresses, options.helo_name) {}

// Ends only when the engine stops: whatever goes wrong in a round is told, and the next one begins after a pause.
net::Task<void> Engine::Impl::schedule() {
  while (!stopping) {
    kicked = false;
    std::chrono::milliseconds delay = trouble_pause;
    std::string trouble;
    try {
      delay = co_await one_round();
    } catch (const boost::system::system_error&) {
      throw;  // cancelled
    } catch (const std::exception& error) {
      trouble = error.what();
    }
    if (!trouble.empty()) log::error("delivery", "a round of the schedule failed", {{"what", trouble}});
    if (!kicked && delay.count() > 0) co_await nap(delay);
  }
}

// Sorts in what is due, starts sessions, and returns how long there is nothing to do.
net::Task<std::chrono::milliseconds> Engine::Impl::one_round() {
  if (recorder.is_failing()) co_return trouble_pause;
  if (!are_pauses_known()) co_await load_pauses();
  if (!are_pauses_known()) co_return trouble_pause;
  if (!are_pools_known()) co_await load_pools();
  if (!are_pools_known()) co_return trouble_pause;
  co_await save_warmup();
  empty_inbox();
  const bool read_some = co_await read_again();
  const auto leased = co_await lease();
  slots.open_groups(now());
  start_sessions();
  if (!leased) co_return trouble_pause;
  if (read_some || *leased == lease_batch) co_return 0ms;
  std::chrono::milliseconds delay = longest_nap;
  if (const auto opening = slots.next_opening(now())) {
    delay = std::min(delay, std::chrono::ceil<std::chrono::milliseconds>(*opening - now()));
  }
  if (!with_parked.empty() || !again.empty()) {
    delay = std::min(delay, std::chrono::ceil<std::chrono::milliseconds>(next_refill - now()));
  }
  auto next = co_await deps.queue.next_due();
  const std::optional<Time> due = next ? *next : std::nullopt;
  if (due && !is_full) delay = std::min(delay, *due - deps.clock.now());
  co_return std::max(delay, 0ms);
}

// How many were leased; nullopt when the store could not say.
net::Task<std::optional<std::size_t>> Engine::Impl::lease() {
  is_full = numbered() >= options.bounds.numbered;
  if (is_full) co_return std::size_t{0};
  auto due = co_await deps.queue.lease_due(deps.clock.now(), lease_batch);
  if (!due) {
    log::error("delivery", "due recipients cannot be read", {{"detail", due.error().detail}});
    co_return std::nullopt;
  }
  for (store::DueRecipient& recipient : *due) admit(std::move(recipient));
  settle_touched();
  ask_routes();
  in_flight = held.size();
  co_return due->size();
}

// What comes is taken also while older mail waits in the store to be read: who comes anew does not wait for it.
bool Engine::Impl::take_over(std::vector<store::DueRecipient> committed) {
  const std::lock_guard lock(inbox_mutex);
  if (is_full || inbox.size() + committed.size() > options.bounds.inbox) {
    kick();
    return false;
  }
  if (inbox.empty()) {
    boost::asio::post(executor, [weak = weak_from_this()] {
      if (const auto impl = weak.lock()) impl->empty_inbox();
    });
  }
  std::ranges::move(committed, std::back_inserter(inbox));
  return true;
}

// Until pauses and pools are known, nothing is sorted in: a round of the schedule does it then.
void Engine::Impl::empty_inbox() {
  if (!are_pauses_known() || !are_pools_known() || stopping) return;
  std::vector<store::DueRecipient> committed;
  {
    const std::lock_guard lock(inbox_mutex);
    committed.swap(inbox);
  }
  if (committed.empty()) return;
  for (store::DueRecipient& recipient : committed) admit(std::move(recipient));
  settle_touched();
  ask_routes();
  in_flight = held.size();
  start_sessions();
}

void Engine::Impl::kick() {
  if (kick_posted.exchange(true)) return;
  boost::asio::post(executor, [weak = weak_from_this()] {
    const auto impl = weak.lock();
    if (!impl) return;
    impl->kick_posted = false;
    impl->wake();
  });
}

net::Task<void> Engine::Impl::nap(std::chrono::milliseconds delay) {
  alarm.expires_after(delay);
  const auto token = boost::asio::as_tuple(boost::asio::use_awaitable);
  co_await alarm.async_wait(token);
}

void Engine::Impl::wake() {
  kicked = true;
  alarm.cancel();
}

// On the engine's executor, as everything that touches its state.
net::Task<void> Engine::Impl::begin_stop() {
  if (std::exchange(stopping, true)) co_return;
  deps.queue.set_take_over({});
  alarm.cancel();
  stop_signal.expires_at(net::Deadline::min());
  for (const auto& lane : lanes.all()) lane->wake_all();
  co_return;
}

net::Task<void> Engine::Impl::release_all() {
  co_await save_warmup();
  std::vector<store::RecipientId> left(held.begin(), held.end());
  left.insert(left.end(), again.begin(), again.end());
  for (const store::DueRecipient& recipient : std::exchange(inbox, {})) left.push_back(recipient.recipient_id);
  for (const auto& lane : lanes.all()) {
    for (const auto& [flow, numbers] : lane->parked) left.insert(left.end(), numbers.begin(), numbers.end());
  }
  for (const auto& [domain, waiting] : unrouted) {
    left.insert(left.end(), waiting.parked.begin(), waiting.parked.end());
  }
  const std::vector<store::RecipientId> paused = pauses.all_held();
  left.insert(left.end(), paused.begin(), paused.end());
  held.clear();
  in_flight = 0;
  if (left.empty()) co_return;
  auto released = co_await deps.queue.release(std::move(left));
  if (!released) log::error("delivery", "leases cannot be released", {{"detail", released.error().detail}});
}

Engine::Engine(EngineDeps deps, EngineOptions options)
    : impl_(std::make_shared<Impl>(std::move(deps), std::move(options))) {}
Engine::~Engine() = default;

void Engine::start() {
  impl_->deps.queue.set_take_over([weak = impl_->weak_from_this()](std::vector<store::DueRecipient> committed) {
    const auto impl = weak.lock();
    return impl && impl->take_over(std::move(committed));
  });
  impl_->tasks.spawn(impl_->executor, impl_->schedule());
}

void Engine::kick() { impl_->kick(); }

void Engine::pauses_changed() {
  boost::asio::post(impl_->executor, [weak = std::weak_ptr<Impl>(impl_)] {
    const auto impl = weak.lock();
    if (!impl) return;
    ++impl->pauses_wanted;
    impl->wake();
  });
}

void Engine::pools_changed() {
  boost::asio::post(impl_->executor, [weak = std::weak_ptr<Impl>(impl_)] {
    const auto impl = weak.lock();
    if (!impl) return;
    ++impl->pools_wanted;
    impl->wake();
  });
}

net::Task<void> Engine::begin_stop() {
  const auto impl = impl_;
  co_await net::on_executor(impl->executor, impl->begin_stop());
}

net::Task<void> Engine::stop(net::Deadline deadline) {
  const auto impl = impl_;
  co_await net::on_executor(impl->executor, impl->begin_stop());
  co_await impl->tasks.drain(deadline);
  impl->recorder.give_up();
  co_await impl->tasks.stop();
  co_await net::on_executor(impl->executor, impl->release_all());
}

Engine::Counters Engine::counters() const {
  const Impl& impl = *impl_;
  return {impl.recorder.delivered(), impl.recorder.bounced(), impl.recorder.deferred(), impl.connections,
          impl.in_flight};
}

}  // namespace sesame::delivery
