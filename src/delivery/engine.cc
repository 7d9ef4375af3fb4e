// All of the engine's state lives on one executor (one thread), so there are no locks: the scheduler leases what is due
// and sorts it by destination; sessions take batches from their lane, send, and record the outcome before the next one.
// A recipient is in `held_` from its lease to its recorded outcome; what is left there at the stop is released.
#include "delivery/engine.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <mutex>
#include <unordered_set>

#include "base/log.h"
#include "delivery/lane.h"
#include "delivery/recorder.h"
#include "delivery/session.h"
#include "net/task_group.h"
#include "smtp/path.h"

namespace sesame::delivery {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t max_held = 5000;  // leased recipients in memory, about 500 octets each
constexpr std::size_t max_held_per_lane = max_held / 10;
constexpr std::size_t lease_batch = 500;
constexpr auto longest_nap = 1000ms;  // also the pace at which a moved test clock is noticed
constexpr auto dns_patience = 30s;
constexpr auto hosts_patience = 5min;   // for all hosts of a destination together, up to the end of EHLO
constexpr auto trouble_pause = 1000ms;  // after the store failed, or something that should not happen

// One more in `count` for as long as it lives, however that ends.
class CountedIn {
 public:
  explicit CountedIn(std::size_t& count) : count_(count) { ++count_; }
  ~CountedIn() { --count_; }
  CountedIn(const CountedIn&) = delete;
  CountedIn& operator=(const CountedIn&) = delete;

 private:
  std::size_t& count_;
};

// A session, or why there is none.
using Connected = std::variant<OpenSession, NoSession>;

}  // namespace

struct Engine::Impl : std::enable_shared_from_this<Engine::Impl> {
  Impl(EngineDeps d, EngineOptions o)
      : deps(std::move(d)),
        options(std::move(o)),
        executor(deps.runtime.executor(0)),
        tasks("delivery"),
        alarm(executor),
        stop_signal(executor, net::Deadline::max()),
        recorder(deps.queue, deps.feed, deps.clock, deps.random) {}

  EngineDeps deps;
  EngineOptions options;
  net::Executor executor;
  net::TaskGroup tasks;
  boost::asio::steady_timer alarm;
  boost::asio::steady_timer stop_signal;  // expires when `stopping` is set
  Recorder recorder;
  bool kicked = false;
  bool stopping = false;
  Lanes lanes;
  std::unordered_set<store::RecipientId> held;
  std::size_t sessions = 0;
  std::atomic<std::uint64_t> connections{0};
  std::atomic<std::size_t> in_flight{0};

  // Committed a moment ago and taken over from the store, on the way to the lanes.
  std::mutex inbox_mutex;
  std::vector<store::DueRecipient> inbox;  // under inbox_mutex
  std::atomic<bool> behind{true};          // the store has due recipients that are not leased

  net::Task<void> schedule();
  net::Task<std::chrono::milliseconds> one_round();
  net::Task<std::optional<std::size_t>> lease();
  void sort_in(std::vector<store::DueRecipient> due);
  bool take_over(std::vector<store::DueRecipient> committed);
  void empty_inbox();
  void kick();
  net::Task<void> unpark();
  net::Task<void> nap(std::chrono::milliseconds delay);
  void start_sessions();
  void start_session(const std::shared_ptr<Lane>& lane);
  net::Task<void> serve(std::shared_ptr<Lane> lane);
  net::Task<void> serve_once(Lane& lane);
  net::Task<NextHop> next_hop_of(std::string domain);
  net::Task<void> connect(std::string domain, std::optional<Connected>& into);
  net::Task<std::optional<Connected>> connect_unless_stopped(std::string domain);
  net::Task<void> use(Lane& lane, OpenSession& open);
  net::Task<std::optional<Batch>> next_batch(Lane& lane);
  net::Task<bool> send_batch(OpenSession& open, Batch& batch, bool reused);
  net::Task<void> fail_all(Lane& lane, AttemptOutcome why, AttemptPlace place);
  net::Task<void> record(Batch batch, std::vector<AttemptOutcome> outcomes, AttemptPlace place);
  void forget(const Batch& batch);
  net::Task<void> begin_stop();
  net::Task<void> release_all();
};

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

// Leases what is due, as far as there is room, starts sessions, and returns how long there is nothing to do.
net::Task<std::chrono::milliseconds> Engine::Impl::one_round() {
  if (recorder.is_failing()) co_return trouble_pause;
  co_await unpark();
  const auto leased = co_await lease();
  start_sessions();
  if (!leased) co_return trouble_pause;
  if (*leased > 0) co_return 0ms;
  auto next = co_await deps.queue.next_due();
  const std::optional<Time> due = next ? *next : std::nullopt;
  if (!due || held.size() >= max_held) co_return longest_nap;
  co_return std::clamp<std::chrono::milliseconds>(*due - deps.clock.now(), 0ms, longest_nap);
}

// How many were leased; nullopt when the store could not say.
net::Task<std::optional<std::size_t>> Engine::Impl::lease() {
  if (held.size() >= max_held) co_return std::size_t{0};
  const std::size_t room = std::min(lease_batch, max_held - held.size());
  auto due = co_await deps.queue.lease_due(deps.clock.now(), room);
  if (!due) {
    log::error("delivery", "due recipients cannot be read", {{"detail", due.error().detail}});
    co_return std::nullopt;
  }
  // A full batch: there is more, and it was here before what is committed from now on.
  behind = due->size() == room;
  const std::size_t leased = due->size();
  sort_in(std::move(*due));
  co_return leased;
}

// By destination, into the lanes.
void Engine::Impl::sort_in(std::vector<store::DueRecipient> due) {
  for (store::DueRecipient& recipient : due) {
    Lane& lane = lanes.of(destination_of(recipient.forward_path));
    if (lane.queue.recipients() >= max_held_per_lane) {
      lane.parked.push_back(recipient.recipient_id);
      continue;
    }
    held.insert(recipient.recipient_id);
    lane.queue.add(std::move(recipient));
  }
  in_flight = held.size();
}

// On a thread of the store. Nothing is taken while older mail waits in the store for room here.
bool Engine::Impl::take_over(std::vector<store::DueRecipient> committed) {
  const std::lock_guard lock(inbox_mutex);
  if (behind || in_flight + inbox.size() + committed.size() > max_held) {
    behind = true;
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

void Engine::Impl::empty_inbox() {
  std::vector<store::DueRecipient> committed;
  {
    const std::lock_guard lock(inbox_mutex);
    committed.swap(inbox);
  }
  sort_in(std::move(committed));
  if (!recorder.is_failing()) start_sessions();
}

void Engine::Impl::kick() {
  boost::asio::post(executor, [weak = weak_from_this()] {
    const auto impl = weak.lock();
    if (!impl) return;
    impl->kicked = true;
    impl->alarm.cancel();
  });
}

// Gives back the leases of parked recipients of lanes that have room again, as many as there is room for.
net::Task<void> Engine::Impl::unpark() {
  std::vector<store::RecipientId> back;
  for (const auto& lane : lanes.all()) {
    if (lane->parked.empty() || lane->queue.recipients() > max_held_per_lane / 2) continue;
    const std::size_t room = std::min(lane->parked.size(), max_held_per_lane - lane->queue.recipients());
    back.insert(back.end(), lane->parked.end() - static_cast<std::ptrdiff_t>(room), lane->parked.end());
    lane->parked.resize(lane->parked.size() - room);
    lanes.drop_if_empty(*lane);
  }
  if (back.empty()) co_return;
  auto released = co_await deps.queue.release(std::move(back));
  if (!released) log::error("delivery", "leases cannot be released", {{"detail", released.error().detail}});
}

net::Task<void> Engine::Impl::nap(std::chrono::milliseconds delay) {
  alarm.expires_after(delay);
  const auto token = boost::asio::as_tuple(boost::asio::use_awaitable);
  co_await alarm.async_wait(token);
}

// Wakes the sessions that wait, and opens as many more as there is work for, destination by destination.
void Engine::Impl::start_sessions() {
  for (const auto& lane : lanes.all()) {
    if (lane->queue.batches() > 0) lane->wake_idle();
  }
  if (stopping || sessions >= options.max_connections) return;
  const LaneLimits limits{options.max_connections_per_destination, 2};
  lanes.share_out(options.max_connections - sessions, limits,
                  [this](const std::shared_ptr<Lane>& lane) { start_session(lane); });
}

void Engine::Impl::start_session(const std::shared_ptr<Lane>& lane) {
  // Counted before the spawn, which may run the session at once.
  ++sessions;
  ++lane->sessions;
  ++lane->opening;
  if (tasks.spawn(executor, serve(lane))) return;
  --sessions;
  --lane->sessions;
  --lane->opening;
}

net::Task<void> Engine::Impl::serve(std::shared_ptr<Lane> lane) {
  // Counts must be right however the session ends, cancellation included.
  struct Counted {
    Impl& engine;
    std::shared_ptr<Lane> lane;
    ~Counted() {
      --engine.sessions;
      --lane->sessions;
      engine.lanes.drop_if_empty(*lane);
      engine.alarm.cancel();  // room for another destination
    }
  };
  const Counted counted{*this, lane};
  --lane->opening;  // from here on serve_once counts it
  while (!stopping && !recorder.is_failing() && lane->queue.batches() > 0) co_await serve_once(*lane);
}

net::Task<NextHop> Engine::Impl::next_hop_of(std::string domain) {
  HostRules rules = options.hosts;
  bool takes_it_ourselves = false;
  if (deps.takes_mail_for) takes_it_ourselves = co_await deps.takes_mail_for(domain);
  if (takes_it_ourselves) {
    rules.own_addresses.clear();
    rules.own_names.clear();
  }
  NextHop hop = co_await find_next_hop(deps.resolver, std::move(domain), rules, deps.random, net::after(dns_patience));
  co_return hop;
}

net::Task<void> Engine::Impl::connect(std::string domain, std::optional<Connected>& into) {
  NextHop hop = co_await next_hop_of(std::move(domain));
  if (auto* failure = std::get_if<NextHopFailure>(&hop)) {
    into = NoSession{std::move(*failure), {}};
    co_return;
  }
  auto hosts = std::get<std::vector<MxHost>>(std::move(hop));
  into = co_await open_session(std::move(hosts), options, deps.tls, deps.random, net::after(hosts_patience));
}

// Nothing if the stop comes first: a silent resolver or host does not hold it up.
net::Task<std::optional<Connected>> Engine::Impl::connect_unless_stopped(std::string domain) {
  namespace asio = boost::asio;
  std::optional<Connected> connected;
  auto connecting = asio::co_spawn(executor, connect(std::move(domain), connected), asio::deferred);
  auto stop_comes = stop_signal.async_wait(asio::deferred);
  auto race = asio::experimental::make_parallel_group(std::move(connecting), stop_comes);
  const auto [order, failed, ignored] =
      co_await race.async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);
  if (stopping) co_return std::nullopt;  // also what a question that was cut short says is not heard
  if (failed) std::rethrow_exception(failed);
  co_return connected;
}

net::Task<void> Engine::Impl::serve_once(Lane& lane) {
  std::optional<CountedIn> opening(lane.opening);
  auto connected = co_await connect_unless_stopped(lane.queue.domain());
  if (!connected) co_return;  // the batches stay held, and are released
  if (auto* none = std::get_if<NoSession>(&*connected)) {
    co_await fail_all(lane, none->why, none->place);
    co_return;
  }
  opening.reset();
  ++connections;
  lane.reached = true;
  alarm.cancel();  // the lane may have more sessions now
  OpenSession open = std::get<OpenSession>(std::move(*connected));
  co_await use(lane, open);
}

net::Task<void> Engine::Impl::use(Lane& lane, OpenSession& open) {
  for (std::size_t sent = 0; sent < options.max_messages_per_connection && open.session->usable(); ++sent) {
    std::optional<Batch> batch = co_await next_batch(lane);
    if (!batch) break;
    const bool settled = co_await send_batch(open, *batch, sent > 0);
    if (!settled) {
      // The peer had enough of this connection, not of the message: another connection.
      ++batch->came_back;
      lane.queue.put_back(std::move(*batch));
      break;
    }
  }
  co_await open.session->quit();
}

// The next batch for an open connection; waits a moment for more, because a new connection costs more than an idle one.
net::Task<std::optional<Batch>> Engine::Impl::next_batch(Lane& lane) {
  if (stopping || recorder.is_failing()) co_return std::nullopt;
  std::optional<Batch> batch = lane.queue.take();
  if (batch) co_return batch;
  const auto deadline = net::after(options.idle_connection);
  boost::asio::steady_timer timer(executor);
  const IdleWait waiting(lane, timer);
  const auto token = boost::asio::as_tuple(boost::asio::use_awaitable);
  while (!batch && !stopping && std::chrono::steady_clock::now() < deadline) {
    timer.expires_at(deadline);
    co_await timer.async_wait(token);
    if (!stopping && !recorder.is_failing()) batch = lane.queue.take();
  }
  co_return batch;
}

// True once every recipient has an outcome on record. False: a reused connection ended before the peer said anything
// about this message. As often as the destination may have connections: then all that were open have ended, and it is
// the message that ends them.
net::Task<bool> Engine::Impl::send_batch(OpenSession& open, Batch& batch, bool reused) {
  if (auto refused = needs_tls(open, batch)) {
    std::vector<AttemptOutcome> outcomes(batch.recipients.size(), *refused);
    co_await record(std::move(batch), std::move(outcomes), open.place);
    co_return true;
  }
  auto content = co_await deps.queue.content(batch.message().queue_id);
  if (!content && content.error().code == store::StoreErrc::not_found) {
    forget(batch);  // dropped meanwhile
    co_return true;
  }
  auto message = content ? outbound(batch, **content) : std::nullopt;
  if (!message) {
    log::error("delivery", "message cannot be sent",
               {{"api_message_id", batch.message().api_message_id},
                {"why", content ? "an address in its envelope is none" : content.error().detail}});
    const AttemptOutcome why = content ? AttemptOutcome(Unfit{"5.1.3", "an address in the envelope is none"})
                                       : AttemptOutcome(NetworkOutcome{"contents cannot be read"});
    std::vector<AttemptOutcome> outcomes(batch.recipients.size(), why);
    co_await record(std::move(batch), std::move(outcomes), open.place);
    co_return true;
  }
  message->trace_fields = outgoing_field(open, deps.clock.now());
  const smtp_session::SendOutcome sent = co_await open.session->send(std::move(*message));
  const bool may_come_back = reused && batch.came_back < options.max_connections_per_destination;
  if (may_come_back && said_nothing(sent)) co_return false;
  // What the peer has answered is kept even if the stop comes at this moment; what the stop interrupted stays in
  // `held`.
  co_await net::accept_last_words();
  Batch answered = take_answered(batch, sent);
  if (!answered.recipients.empty()) co_await record(std::move(answered), to_outcomes(sent), open.place);
  co_return true;
}

net::Task<void> Engine::Impl::fail_all(Lane& lane, AttemptOutcome why, AttemptPlace place) {
  for (Batch& batch : lane.queue.take_all()) {
    std::vector<AttemptOutcome> outcomes(batch.recipients.size(), why);
    co_await record(std::move(batch), std::move(outcomes), place);
  }
}

net::Task<void> Engine::Impl::record(Batch batch, std::vector<AttemptOutcome> outcomes, AttemptPlace place) {
  co_await recorder.record(batch, std::move(outcomes), std::move(place));
  forget(batch);
}

void Engine::Impl::forget(const Batch& batch) {
  for (const store::DueRecipient& recipient : batch.recipients) held.erase(recipient.recipient_id);
  in_flight = held.size();
}

// On the engine's executor, as everything that touches its state.
net::Task<void> Engine::Impl::begin_stop() {
  if (std::exchange(stopping, true)) co_return;
  deps.queue.set_take_over({});
  alarm.cancel();
  stop_signal.expires_at(net::Deadline::min());
  for (const auto& lane : lanes.all()) lane->wake_idle();
  co_return;
}

net::Task<void> Engine::Impl::release_all() {
  std::vector<store::RecipientId> left(held.begin(), held.end());
  for (const store::DueRecipient& recipient : std::exchange(inbox, {})) left.push_back(recipient.recipient_id);
  for (const auto& lane : lanes.all()) left.insert(left.end(), lane->parked.begin(), lane->parked.end());
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

net::Task<void> Engine::begin_stop() {
  const auto impl = impl_;
  co_await net::on_executor(impl->executor, impl->begin_stop());
}

net::Task<void> Engine::stop(net::Deadline deadline) {
  const auto impl = impl_;
  co_await net::on_executor(impl->executor, impl->begin_stop());
  co_await impl->tasks.drain(deadline);
  co_await impl->tasks.stop();
  co_await net::on_executor(impl->executor, impl->release_all());
}

Engine::Counters Engine::counters() const {
  const Impl& impl = *impl_;
  return {impl.recorder.delivered(), impl.recorder.bounced(), impl.recorder.deferred(), impl.connections,
          impl.in_flight};
}

}  // namespace sesame::delivery
