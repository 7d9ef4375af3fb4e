// From the lanes to outcomes: sessions, and what they learn about the receiver.
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/log.h"
#include "delivery/engine_impl.h"
#include "delivery/signal.h"
#include "smtp/path.h"

namespace sesame::delivery {
namespace {

using namespace std::chrono_literals;

constexpr auto hosts_patience = 5min;  // for all hosts of a site together, up to the end of EHLO
constexpr std::size_t recipients_in_commit = 200;
constexpr std::size_t lane_is_low = 100;    // recipients; then parked ones are sent for
constexpr auto shortest_refill_pace = 5ms;  // at most so often

}  // namespace

// One session from before it is opened. Its counts are right however it ends, cancellation included.
class Engine::Impl::Serving {
 public:
  Serving(Impl& engine, std::shared_ptr<Lane> lane, Flow* flow) : engine_(engine), lane_(std::move(lane)) {
    engine_.slots.opened();
    ++lane_->sessions;
    ++lane_->opening;
    ++group().sessions;
    turn_to(flow);
    engine_.slots.update(*lane_, now());
  }
  ~Serving() {
    turn_to(nullptr);
    engine_.slots.closed();
    --lane_->sessions;
    --group().sessions;
    if (is_greeted_) {
      --lane_->greeted;
      --group().greeted;
    } else {
      --lane_->opening;
    }
    if (is_leaving_) --group().leaving;
    group().used = now();
    engine_.slots.update(*lane_, now());
    engine_.slots.update_blocked(group(), now());
    engine_.drop_if_empty(*lane_);
    engine_.start_sessions_soon();
  }
  Serving(const Serving&) = delete;
  Serving& operator=(const Serving&) = delete;

  Lane& lane() { return *lane_; }
  Group& group() { return lane_->group; }

  void greet() {
    is_greeted_ = true;
    --lane_->opening;
    ++lane_->greeted;
    ++group().greeted;
    ++group().connections;
  }
  // From here on the session takes no more mail.
  void leave() {
    if (is_leaving_) return;
    is_leaving_ = true;
    ++group().leaving;
    lane_->wake_idle();  // whoever it was woken for is there still
  }
  // Whose mail it serves; nullptr: nobody's.
  void turn_to(Flow* flow) {
    Flow* const before = flow_;
    engine_.slots.turn(before, flow);
    flow_ = flow;
    if (before != nullptr) engine_.flows.drop_if_unused(*before);
  }

 private:
  Impl& engine_;
  std::shared_ptr<Lane> lane_;
  Flow* flow_ = nullptr;
  bool is_greeted_ = false, is_leaving_ = false;
};

void Engine::Impl::start_sessions() {
  if (stopping || recorder.is_failing()) return;
  while (Lane* next = slots.next()) {
    const std::shared_ptr<Lane> lane = next->shared_from_this();
    if (lane->group.room(now()) == 0) {
      slots.update(*lane, now());
      continue;
    }
    if (!routes.is_fresh(*lane->site, now())) {
      reroute(*lane);
      settle_touched();
      ask_routes();
      drop_if_empty(*lane);
      continue;
    }
    auto serving = std::make_unique<Serving>(*this, lane, lane->queue.next_flow());
    if (!tasks.spawn(executor, serve(std::move(serving)))) return;
  }
}

void Engine::Impl::start_sessions_soon() {
  if (sessions_posted || stopping) return;
  sessions_posted = true;
  boost::asio::post(executor, [weak = weak_from_this()] {
    const auto impl = weak.lock();
    if (!impl) return;
    impl->sessions_posted = false;
    impl->start_sessions();
  });
}

net::Task<Engine::Impl::Connected> Engine::Impl::connect(SitePtr site, SessionSources sources) {
  std::vector<MxHost> candidates = site->hosts;
  const AddressBooks books{&hosts, &sources_aside};
  auto connected =
      co_await open_session(std::move(candidates), std::move(sources), options, deps.tls, deps.random,
                            net::after(hosts_patience), books, deps.traces != nullptr && deps.traces->is_on());
  co_return connected;
}

net::Task<void> Engine::Impl::serve(std::unique_ptr<Serving> serving) {
  SessionSources sources = session_sources(serving->lane());
  auto connected = co_await unless_stopped(connect(serving->lane().site, std::move(sources)));
  if (!connected) co_return;  // the batches stay held, and are released
  if (auto* none = std::get_if<NoSession>(&*connected)) {
    co_await not_reached(*serving, std::move(*none));
    co_return;
  }
  ++connections;
  serving->greet();
  OpenSession open = std::get<OpenSession>(std::move(*connected));
  times.add(Phase::connect, open.connect_time);
  times.add(Phase::first_reply, open.session->times().first_reply);
  if (open.session->tls()) times.add(Phase::tls, open.session->times().tls);
  co_await use(*serving, open);
}

// One session that is not let in while others work is about their number; only when nobody gets through is it about the
// site, and what waits for it is deferred.
net::Task<void> Engine::Impl::not_reached(Serving& serving, NoSession none) {
  Group& group = serving.group();
  const bool is_throttled = signal_of(none.why, none.place.remote_host) == Signal::throttled;
  if (is_throttled) step_back(group, none.place);
  if (serving.lane().greeted > 0) {
    if (!is_throttled) group.limit.crowded(group.greeted, now());
    co_return;
  }
  if (none.no_source && has_other_source(serving.lane())) {
    reroute(serving.lane());
    settle_touched();
    ask_routes();
    co_return;
  }
  if (!is_throttled && group.greeted == 0) group.limit.unreachable(now());
  std::vector<store::DueRecipient> recipients;
  for (Batch& batch : serving.lane().queue.take_all()) {
    if (is_traced(batch)) trace(batch, none.place, none.dialogue);
    std::ranges::move(batch.recipients, std::back_inserter(recipients));
  }
  slots.update(serving.lane(), now());
  co_await fail(std::move(recipients), std::move(none.why), std::move(none.place));
}

net::Task<void> Engine::Impl::use(Serving& serving, OpenSession& open) {
  AdaptiveLimit& limit = serving.group().limit;
  for (std::size_t sent = 0; sent < limit.messages_per_connection(now()) && open.session->usable(); ++sent) {
    std::optional<Batch> batch = co_await next_batch(serving, sent);
    if (!batch) break;
    if (!count_warmup(serving.lane(), open, *batch)) break;
    const bool settled = co_await send_batch(serving, open, *batch, sent);
    if (!settled) {
      // The peer had enough of this connection, not of the message: another connection.
      ++batch->came_back;
      serving.lane().queue.put_back(std::move(*batch));
      break;
    }
  }
  serving.leave();
  co_await open.session->quit();
}

std::optional<Batch> Engine::Impl::take_batch(Serving& serving, Moment at) {
  Lane& lane = serving.lane();
  if (lane.queue.batches() == 0 || !serving.group().limit.take_send(at)) return std::nullopt;
  std::optional<Batch> batch = lane.queue.take();
  if (!batch) return std::nullopt;
  serving.turn_to(batch->flow);
  slots.update(lane, at);
  const bool is_low = !lane.parked.empty() && lane.queue.recipients() < lane_is_low;
  if (is_low && !refill_wanted && at > next_refill - refill_pace + shortest_refill_pace) {
    refill_wanted = true;
    wake();
  }
  return batch;
}

// The next batch for an open connection; waits a moment for more, because a new connection costs more than an idle one.
// Nothing when the group may have fewer sessions now, or others need the slot or the session.
net::Task<std::optional<Batch>> Engine::Impl::next_batch(Serving& serving, std::size_t sent) {
  Lane& lane = serving.lane();
  Group& group = serving.group();
  const auto deadline = net::after(options.idle_connection);
  std::optional<boost::asio::steady_timer> timer;
  const auto token = boost::asio::as_tuple(boost::asio::use_awaitable);
  for (;;) {
    const Moment at = now();
    if (stopping || recorder.is_failing() || group.is_crowded(at)) co_return std::nullopt;
    const Flow* next = lane.queue.next_flow();
    if (next != nullptr && SessionSlots::should_give_way(group, *next, sent, at)) co_return std::nullopt;
    std::optional<Batch> batch = take_batch(serving, at);
    if (batch) co_return batch;
    Moment until = deadline;
    if (lane.queue.batches() > 0) {
      until = group.limit.next_send(at);
      if (until > deadline) co_return std::nullopt;
    } else if (at >= deadline || !group.blocked.empty() || slots.is_crowded()) {
      co_return std::nullopt;
    }
    if (!timer) timer.emplace(executor);
    const IdleWait waiting(lane, *timer);
    timer->expires_at(until);
    co_await timer->async_wait(token);
  }
}

// True once every recipient has an outcome on record. False: a reused connection ended before the peer said anything
// about this message. As often as the group may have connections: then all that were open have ended, and it is the
// message that ends them.
net::Task<bool> Engine::Impl::send_batch(Serving& serving, OpenSession& open, Batch& batch, std::size_t sent_before) {
  if (auto refused = needs_tls(open, batch)) {
    if (is_traced(batch)) trace(batch, open.place, open.dialogue + open.session->transcript().opening_text());
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
  const Moment begin = now();
  const smtp_session::SendOutcome sent = co_await open.session->send(std::move(*message));
  times.add(Phase::transaction, now() - begin);
  if (is_traced(batch)) trace(batch, open.place, open.dialogue + open.session->transcript().to_text());
  AdaptiveLimit& limit = serving.group().limit;
  const bool may_come_back = sent_before > 0 && batch.came_back < limit.settings().max_connections;
  if (may_come_back && said_nothing(sent)) {
    if (closed_in_words(sent)) limit.connection_ended(sent_before, now());
    co_return false;
  }
  // What the peer has answered is kept even if the stop comes at this moment; what the stop interrupted stays in
  // `held`.
  co_await net::accept_last_words();
  Batch answered = take_answered(batch, sent);
  if (answered.recipients.empty()) co_return true;
  std::vector<AttemptOutcome> outcomes = to_outcomes(sent);
  learn(serving.group(), outcomes, open.place);
  co_await record(std::move(answered), std::move(outcomes), open.place);
  co_return true;
}

bool Engine::Impl::is_traced(const Batch& batch) const {
  return deps.traces != nullptr && deps.traces->is_on() &&
         deps.traces->wants(batch.message(), batch.domain, deps.clock.now());
}

void Engine::Impl::trace(const Batch& batch, const AttemptPlace& place, const std::string& dialogue) {
  TracedSession session;
  session.remote_host = place.remote_host;
  session.remote_ip = place.remote_ip;
  session.source_ip = place.source_ip;
  session.dialogue = dialogue;
  deps.traces->add(batch.message(), batch.domain, std::move(session), deps.clock.now());
}

void Engine::Impl::step_back(Group& group, const AttemptPlace& place) {
  const std::uint64_t before = group.limit.backoffs();
  group.limit.throttled(now());
  if (group.limit.backoffs() == before) return;
  ++backoffs;
  log::info("delivery", "a receiver wants less", {{"group", group.name}, {"host", place.remote_host}});
}

void Engine::Impl::learn(Group& group, const std::vector<AttemptOutcome>& outcomes, const AttemptPlace& place) {
  bool is_taken = false, is_throttled = false;
  for (const AttemptOutcome& outcome : outcomes) {
    const Signal signal = signal_of(outcome, place.remote_host);
    is_taken = is_taken || signal == Signal::taken;
    is_throttled = is_throttled || signal == Signal::throttled;
    ++(signal == Signal::taken ? group.delivered : group.refused);
  }
  if (is_throttled) {
    step_back(group, place);
  } else if (is_taken) {
    group.limit.delivered(now());
    if (group.blocked.empty()) return;
    slots.update_blocked(group, now());
    start_sessions_soon();
  }
}

net::Task<void> Engine::Impl::fail(std::vector<store::DueRecipient> recipients, AttemptOutcome why,
                                   AttemptPlace place) {
  for (std::size_t at = 0; at < recipients.size(); at += recipients_in_commit) {
    const std::size_t end = std::min(at + recipients_in_commit, recipients.size());
    Batch some;
    some.recipients.assign(std::make_move_iterator(recipients.begin() + static_cast<std::ptrdiff_t>(at)),
                           std::make_move_iterator(recipients.begin() + static_cast<std::ptrdiff_t>(end)));
    std::vector<AttemptOutcome> outcomes(some.recipients.size(), why);
    co_await record(std::move(some), std::move(outcomes), place);
  }
}

net::Task<void> Engine::Impl::record(Batch batch, std::vector<AttemptOutcome> outcomes, AttemptPlace place) {
  const Moment begin = now();
  co_await recorder.record(batch, std::move(outcomes), std::move(place));
  times.add(Phase::commit, now() - begin);
  forget(batch);
}

void Engine::Impl::forget(const Batch& batch) {
  for (const store::DueRecipient& recipient : batch.recipients) let_go(recipient);
  in_flight = held.size();
}

}  // namespace sesame::delivery
