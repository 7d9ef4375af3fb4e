// All of the engine's state lives on one executor (one thread), so there are no locks: the scheduler leases what is due
// and sorts it by destination; sessions take batches from their destination, send, and record the outcome before the
// next one. A recipient is in `held_` from its lease to its recorded outcome; what is left there at the stop is
// released.
#include "delivery/engine.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <list>
#include <unordered_set>

#include "base/log.h"
#include "delivery/destination.h"
#include "delivery/session.h"
#include "net/task_group.h"
#include "smtp/path.h"

namespace sesame::delivery {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t max_held = 5000;  // leased recipients in memory, about 500 octets each
constexpr std::size_t lease_batch = 500;
constexpr auto longest_nap = 1000ms;  // also the pace at which a moved test clock is noticed
constexpr auto dns_patience = 30s;
constexpr auto store_trouble_pause = 1000ms;  // after the store failed

// A destination with the sessions that serve it. A session that waits for another batch has its timer in `idle`.
struct Lane {
  explicit Lane(std::string domain) : queue{std::move(domain), {}} {}
  Destination queue;
  std::list<boost::asio::steady_timer*> idle;
  std::size_t sessions = 0;

  void wake_idle() {
    for (boost::asio::steady_timer* timer : idle) timer->cancel();
  }
};

// Keeps a waiting session's timer in the lane for as long as it waits, however the wait ends.
class IdleWait {
 public:
  IdleWait(Lane& lane, boost::asio::steady_timer& timer)
      : lane_(lane), at_(lane.idle.insert(lane.idle.end(), &timer)) {}
  ~IdleWait() { lane_.idle.erase(at_); }
  IdleWait(const IdleWait&) = delete;
  IdleWait& operator=(const IdleWait&) = delete;

 private:
  Lane& lane_;
  std::list<boost::asio::steady_timer*>::iterator at_;
};

}  // namespace

struct Engine::Impl : std::enable_shared_from_this<Engine::Impl> {
  Impl(EngineDeps d, EngineOptions o)
      : deps(std::move(d)),
        options(std::move(o)),
        executor(deps.runtime.executor(0)),
        tasks("delivery"),
        alarm(executor) {}

  EngineDeps deps;
  EngineOptions options;
  net::Executor executor;
  net::TaskGroup tasks;
  boost::asio::steady_timer alarm;
  bool kicked = false;
  bool stopping = false;
  std::map<std::string, std::shared_ptr<Lane>> lanes;
  std::unordered_set<store::RecipientId> held;
  std::size_t sessions = 0;
  std::atomic<std::uint64_t> delivered{0}, bounced{0}, deferred{0}, connections{0};
  std::atomic<std::size_t> in_flight{0};

  net::Task<void> schedule();
  net::Task<std::chrono::milliseconds> lease_and_sort();
  net::Task<void> nap(std::chrono::milliseconds delay);
  void start_sessions(const std::shared_ptr<Lane>& lane);
  net::Task<void> serve(std::shared_ptr<Lane> lane);
  net::Task<void> serve_once(Lane& lane);
  net::Task<void> use(Lane& lane, OpenSession& open);
  net::Task<Batch> next_batch(Lane& lane);
  net::Task<void> send_batch(OpenSession& open, Batch batch);
  net::Task<void> fail_all(Lane& lane, AttemptOutcome why, AttemptPlace place);
  net::Task<void> record(Batch batch, std::vector<AttemptOutcome> outcomes, AttemptPlace place);
  void count(store::RecipientState state);
  net::Task<void> begin_stop();
};

net::Task<void> Engine::Impl::schedule() {
  while (!stopping) {
    kicked = false;
    const auto delay = co_await lease_and_sort();
    if (!kicked && delay.count() > 0) co_await nap(delay);
  }
}

// Leases what is due, as far as there is room, and returns how long there is nothing to do.
net::Task<std::chrono::milliseconds> Engine::Impl::lease_and_sort() {
  if (held.size() >= max_held) co_return longest_nap;
  const std::size_t room = std::min(lease_batch, max_held - held.size());
  auto due = co_await deps.queue.lease_due(deps.clock.now(), room);
  if (!due) {
    log::error("delivery", "due recipients cannot be read", {{"detail", due.error().detail}});
    co_return store_trouble_pause;
  }
  for (store::DueRecipient& recipient : *due) {
    held.insert(recipient.recipient_id);
    const std::string domain = destination_of(recipient.forward_path);
    auto& lane = lanes[domain];
    if (!lane) lane = std::make_shared<Lane>(domain);
    lane->queue.add(std::move(recipient));
  }
  in_flight = held.size();
  // Copied, because a session that ends at once removes its lane.
  std::vector<std::shared_ptr<Lane>> current;
  for (const auto& [domain, lane] : lanes) current.push_back(lane);
  for (const auto& lane : current) start_sessions(lane);
  if (due->size() == room) co_return 0ms;
  auto next = co_await deps.queue.next_due();
  if (!next || !*next) co_return longest_nap;
  const std::chrono::milliseconds until = **next - deps.clock.now();
  co_return std::clamp<std::chrono::milliseconds>(until, 0ms, longest_nap);
}

net::Task<void> Engine::Impl::nap(std::chrono::milliseconds delay) {
  alarm.expires_after(delay);
  const auto token = boost::asio::as_tuple(boost::asio::use_awaitable);
  co_await alarm.async_wait(token);
}

// Wakes the sessions that wait, and opens as many more as there is work for.
void Engine::Impl::start_sessions(const std::shared_ptr<Lane>& lane) {
  if (!lane->queue.waiting.empty()) lane->wake_idle();
  const std::size_t spare = std::min(lane->idle.size(), lane->queue.waiting.size());
  std::size_t wanted = lane->queue.waiting.size() - spare;
  while (wanted > 0 && !stopping && sessions < options.max_connections &&
         lane->sessions < options.max_connections_per_destination) {
    // Counted before the spawn, which may run the session at once.
    ++sessions;
    ++lane->sessions;
    --wanted;
    if (!tasks.spawn(executor, serve(lane))) {
      --sessions;
      --lane->sessions;
      return;
    }
  }
}

net::Task<void> Engine::Impl::serve(std::shared_ptr<Lane> lane) {
  // Counts must be right however the session ends, cancellation included.
  struct Counted {
    Impl& engine;
    std::shared_ptr<Lane> lane;
    ~Counted() {
      --engine.sessions;
      --lane->sessions;
      if (lane->sessions == 0 && lane->queue.waiting.empty()) engine.lanes.erase(lane->queue.domain);
      engine.alarm.cancel();  // room for another destination
    }
  };
  const Counted counted{*this, lane};
  while (!stopping && !lane->queue.waiting.empty()) co_await serve_once(*lane);
}

net::Task<void> Engine::Impl::serve_once(Lane& lane) {
  NextHop hop = co_await find_next_hop(deps.resolver, lane.queue.domain, deps.random, net::after(dns_patience));
  if (auto* failure = std::get_if<NextHopFailure>(&hop)) {
    co_await fail_all(lane, *failure, {});
    co_return;
  }
  auto hosts = std::get<std::vector<MxHost>>(std::move(hop));
  auto opened = co_await open_session(std::move(hosts), options, deps.tls, deps.random);
  if (auto* none = std::get_if<NoSession>(&opened)) {
    co_await fail_all(lane, none->why, none->place);
    co_return;
  }
  ++connections;
  OpenSession open = std::get<OpenSession>(std::move(opened));
  co_await use(lane, open);
}

net::Task<void> Engine::Impl::use(Lane& lane, OpenSession& open) {
  for (std::size_t sent = 0; sent < options.max_messages_per_connection && open.session->usable(); ++sent) {
    Batch batch = co_await next_batch(lane);
    if (batch.empty()) break;
    co_await send_batch(open, std::move(batch));
  }
  co_await open.session->quit();
}

// The next batch for an open connection; waits a moment for more, because a new connection costs more than an idle one.
net::Task<Batch> Engine::Impl::next_batch(Lane& lane) {
  Batch batch = lane.queue.take();
  if (!batch.empty() || stopping) co_return batch;
  const auto deadline = net::after(options.idle_connection);
  boost::asio::steady_timer timer(executor);
  const IdleWait waiting(lane, timer);
  const auto token = boost::asio::as_tuple(boost::asio::use_awaitable);
  while (batch.empty() && !stopping && std::chrono::steady_clock::now() < deadline) {
    timer.expires_at(deadline);
    co_await timer.async_wait(token);
    batch = lane.queue.take();
  }
  co_return batch;
}

net::Task<void> Engine::Impl::send_batch(OpenSession& open, Batch batch) {
  auto content = co_await deps.queue.content(batch.front().queue_id);
  if (!content) {
    // Without contents there is nothing to send; the lease is kept from spinning by deferring.
    log::error("delivery", "contents cannot be read",
               {{"api_message_id", batch.front().api_message_id}, {"detail", content.error().detail}});
    std::vector<AttemptOutcome> outcomes(batch.size(), NetworkOutcome{"contents cannot be read"});
    co_await record(std::move(batch), std::move(outcomes), open.place);
    co_return;
  }
  smtp_session::OutboundMessage message;
  if (auto reverse_path = smtp::parse_mailbox(batch.front().reverse_path, smtp::Utf8::refuse)) {
    message.reverse_path = std::move(*reverse_path);
  }
  Batch sendable;
  Batch unsendable;
  for (store::DueRecipient& recipient : batch) {
    auto forward_path = smtp::parse_mailbox(recipient.forward_path, smtp::Utf8::refuse);
    if (forward_path) {
      message.recipients.push_back(std::move(*forward_path));
      sendable.push_back(std::move(recipient));
    } else {
      unsendable.push_back(std::move(recipient));
    }
  }
  if (!unsendable.empty()) {
    const smtp::Reply reply = smtp::make_reply(553, smtp::EnhancedStatus{5, 1, 3}, "not an address");
    std::vector<AttemptOutcome> outcomes(unsendable.size(), ReplyOutcome{reply, false});
    co_await record(std::move(unsendable), std::move(outcomes), open.place);
  }
  if (sendable.empty()) co_return;
  message.content = *content;
  message.eight_bit = sendable.front().needs_eightbitmime;
  message.smtputf8 = sendable.front().needs_smtputf8;
  const smtp_session::SendOutcome sent = co_await open.session->send(std::move(message));
  std::vector<AttemptOutcome> outcomes;
  for (const auto& result : sent.recipients) {
    outcomes.push_back(result ? AttemptOutcome(DeliveredOutcome{*result}) : to_outcome(result.error()));
  }
  co_await record(std::move(sendable), std::move(outcomes), open.place);
}

net::Task<void> Engine::Impl::fail_all(Lane& lane, AttemptOutcome why, AttemptPlace place) {
  for (Batch& batch : lane.queue.take_all()) {
    std::vector<AttemptOutcome> outcomes(batch.size(), why);
    co_await record(std::move(batch), std::move(outcomes), place);
  }
}

net::Task<void> Engine::Impl::record(Batch batch, std::vector<AttemptOutcome> outcomes, AttemptPlace place) {
  const Time now = deps.clock.now();
  std::vector<store::RecipientOutcome> stored;
  std::vector<store::Event> events;
  std::vector<store::RecipientId> ids;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const store::DueRecipient& recipient = batch[i];
    const Decision decision =
        decide(outcomes[i], recipient.attempts, recipient.accepted, recipient.expires, now, deps.random);
    stored.push_back(to_outcome(recipient, decision, place, now));
    events.push_back(to_event(recipient, decision, place, now));
    ids.push_back(recipient.recipient_id);
    count(decision.state);
    log::info("delivery", "attempt",
              {{"api_message_id", recipient.api_message_id},
               {"recipient", recipient.forward_path},
               {"state", events.back().kind == store::EventKind::delivery  ? "delivered"
                         : decision.state == store::RecipientState::queued ? "deferred"
                                                                           : "bounced"},
               {"host", place.remote_host},
               {"reply", decision.text}});
  }
  auto recorded = co_await deps.queue.record_outcomes(std::move(stored), std::move(events));
  if (!recorded) {
    // Nothing is known to be stored: the recipients stay queued on disk and are tried again (docs/queue.md).
    log::error("delivery", "outcomes cannot be stored", {{"detail", recorded.error().detail}});
    co_await net::sleep_until(net::after(store_trouble_pause));
    auto released = co_await deps.queue.release(ids);
    if (!released) log::error("delivery", "leases cannot be released", {{"detail", released.error().detail}});
  }
  for (store::RecipientId id : ids) held.erase(id);
  in_flight = held.size();
  deps.feed.committed();
}

void Engine::Impl::count(store::RecipientState state) {
  switch (state) {
    case store::RecipientState::delivered: ++delivered; break;
    case store::RecipientState::queued: ++deferred; break;
    case store::RecipientState::bounced:
    case store::RecipientState::expired: ++bounced; break;
  }
}

// On the engine's executor, as everything that touches its state.
net::Task<void> Engine::Impl::begin_stop() {
  stopping = true;
  alarm.cancel();
  for (const auto& [domain, lane] : lanes) lane->wake_idle();
  co_return;
}

Engine::Engine(EngineDeps deps, EngineOptions options)
    : impl_(std::make_shared<Impl>(std::move(deps), std::move(options))) {}
Engine::~Engine() = default;

void Engine::start() { impl_->tasks.spawn(impl_->executor, impl_->schedule()); }

void Engine::kick() {
  boost::asio::post(impl_->executor, [weak = std::weak_ptr<Impl>(impl_)] {
    if (const auto impl = weak.lock()) {
      impl->kicked = true;
      impl->alarm.cancel();
    }
  });
}

net::Task<void> Engine::stop(net::Deadline deadline) {
  const auto impl = impl_;
  co_await net::on_executor(impl->executor, impl->begin_stop());
  co_await impl->tasks.drain(deadline);
  co_await impl->tasks.stop();
  const std::vector<store::RecipientId> left(impl->held.begin(), impl->held.end());
  if (!left.empty()) {
    auto released = co_await impl->deps.queue.release(left);
    if (!released) log::error("delivery", "leases cannot be released", {{"detail", released.error().detail}});
  }
  impl->held.clear();
}

Engine::Counters Engine::counters() const {
  return {impl_->delivered, impl_->bounced, impl_->deferred, impl_->connections, impl_->in_flight};
}

}  // namespace sesame::delivery
