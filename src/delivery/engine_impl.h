// delivery/engine_impl.h: the parts of the engine, shared by engine.cc (schedule, start and stop), engine_routing.cc
// (from leased recipients to lanes), engine_sources.cc (which of our addresses mail leaves from) and engine_sessions.cc
// (from lanes to outcomes).
//
// All of its state lives on one executor (one thread), so there are no locks. The schedule leases what is due and sorts
// it into lanes by site; sessions take batches from their lane, send, and record the outcome before the next one. A
// recipient is in `held` from its lease to its recorded outcome; of those beyond what memory is for, only the number is
// kept: parked in their lane, held by a pause, or waiting in `again`. All of these are leased, and released at the
// stop.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <deque>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <variant>

#include "base/counted_in.h"
#include "delivery/engine.h"
#include "delivery/host_book.h"
#include "delivery/lane.h"
#include "delivery/pause_book.h"
#include "delivery/pool_book.h"
#include "delivery/recorder.h"
#include "delivery/route.h"
#include "delivery/session.h"
#include "delivery/session_slots.h"
#include "delivery/warmup.h"
#include "net/task_group.h"

namespace sesame::delivery {

struct Engine::Impl : std::enable_shared_from_this<Engine::Impl> {
  using Moment = std::chrono::steady_clock::time_point;
  using Connected = std::variant<OpenSession, NoSession>;  // a session, or why there is none
  class Serving;
  static constexpr std::chrono::milliseconds refill_pace{50};  // of looking for room for what is parked

  // What waits for its domain to be looked up.
  struct Unrouted {
    std::vector<store::DueRecipient> waiting;
    std::vector<store::RecipientId> parked;
  };

  Impl(EngineDeps d, EngineOptions o);

  static Moment now() { return std::chrono::steady_clock::now(); }

  // ---- engine.cc ----
  net::Task<void> schedule();
  net::Task<std::chrono::milliseconds> one_round();
  net::Task<std::optional<std::size_t>> lease();
  // Of what was committed a moment ago; on a thread of the store. False: there is no room for it now.
  bool take_over(std::vector<store::DueRecipient> committed);
  void empty_inbox();
  // Of how many leased recipients only the number is kept, whatever they wait for.
  std::size_t numbered() const { return parked + again.size() + pauses.held(); }
  void kick();
  net::Task<void> nap(std::chrono::milliseconds delay);
  void wake();
  net::Task<void> begin_stop();
  net::Task<void> release_all();
  // Nothing if the stop comes first: a silent resolver or host does not hold it up.
  template <class T>
  net::Task<std::optional<T>> unless_stopped(net::Task<T> task);

  // ---- engine_routing.cc ----
  // Puts a leased recipient where it waits. `site`: nullptr to look for it.
  void admit(store::DueRecipient recipient, SitePtr site = nullptr);
  void wait_for_route(store::DueRecipient recipient, std::string domain, Flow& flow);
  // How many recipients of the flow may come to a place where so many wait, and so many of its own.
  std::size_t room_for(const Flow& flow, std::size_t place_recipients, std::size_t of_flow) const;
  void hold(const store::DueRecipient& recipient, Flow& flow);
  void park(Lane& lane, Flow& flow, store::RecipientId recipient);
  // Wakes and prepares whom admit() has given something.
  void settle_touched();
  void ask_routes();
  net::Task<void> find_route(std::string domain, CountedIn counted);
  net::Task<NextHop> next_hop_of(std::string domain);
  // Everything that waits in the lane is sorted in anew.
  void reroute(Lane& lane);
  void let_go(const store::DueRecipient& recipient);
  // To be called when something of it has gone.
  void drop_if_empty(Lane& lane);
  // Takes parked recipients of lanes that have room again, and those in `again`.
  net::Task<bool> read_again();
  void collect_parked(std::vector<store::RecipientId>& into);
  void collect_parked(Lane& lane, std::vector<store::RecipientId>& into);
  net::Task<void> load_pauses();

  // ---- engine_sources.cc ----
  // Where the recipient's mail leaves from now: an address of its pool that reaches the site's best hosts and, while it
  // is warmed up, has not sent enough there today; of none, a shared one.
  SourcePtr source_for(const store::DueRecipient& recipient, const Site& site);
  std::vector<SourcePtr> usable_sources(const Pool& pool, const Site& site) const;
  bool may_send(const Source& source, const Site& site) const;
  // The lane's, with one of the same pool for hosts it does not reach.
  SessionSources session_sources(const Lane& lane);
  // True if what waits in the lane would leave from another source now.
  bool has_other_source(Lane& lane);
  // Counts what is about to be tried at a group's host. What is beyond the day's share of the address goes back into
  // the lane; false: all of it, and it was sorted in anew.
  bool count_warmup(Lane& lane, const OpenSession& open, Batch& batch);
  // Recipients that may still be tried from the source in the present day; nullopt: any number.
  std::optional<std::uint64_t> warmup_share(const Source& source, const std::string& group) const;
  net::Task<void> save_warmup();
  net::Task<void> load_pools();
  bool are_pauses_known() const { return pauses_read == pauses_wanted; }
  bool are_pools_known() const { return pools_read == pools_wanted; }

  // ---- engine_sessions.cc ----
  net::Task<EngineView> view();  // engine_view.cc
  EngineBounds used();           // the same
  void start_sessions();
  void start_sessions_soon();
  net::Task<void> serve(std::unique_ptr<Serving> serving);
  net::Task<Connected> connect(SitePtr site, SessionSources sources);
  net::Task<void> not_reached(Serving& serving, NoSession none);
  net::Task<void> use(Serving& serving, OpenSession& open);
  net::Task<std::optional<Batch>> next_batch(Serving& serving, std::size_t sent);
  std::optional<Batch> take_batch(Serving& serving, Moment now);
  net::Task<bool> send_batch(Serving& serving, OpenSession& open, Batch& batch, std::size_t sent_before);
  // The same outcome for all of them, several messages in one commit.
  net::Task<void> fail(std::vector<store::DueRecipient> recipients, AttemptOutcome why, AttemptPlace place);
  net::Task<void> record(Batch batch, std::vector<AttemptOutcome> outcomes, AttemptPlace place);
  // Leaves what was said with the traces that want it.
  void trace(const Batch& batch, const AttemptPlace& place, const std::string& dialogue);
  bool is_traced(const Batch& batch) const;
  void step_back(Group& group, const AttemptPlace& place);
  void learn(Group& group, const std::vector<AttemptOutcome>& outcomes, const AttemptPlace& place);
  void forget(const Batch& batch);

  EngineDeps deps;
  EngineOptions options;
  net::Executor executor;
  net::TaskGroup tasks;
  boost::asio::steady_timer alarm;
  boost::asio::steady_timer stop_signal;  // expires when `stopping` is set
  Recorder recorder;
  std::atomic<bool> kick_posted{false};
  bool kicked = false;
  bool stopping = false;
  std::uint64_t pauses_wanted = 1, pauses_read = 0;  // the last change that was told of, and that was read
  std::uint64_t pools_wanted = 1, pools_read = 0;    // the same
  bool counts_known = false;
  bool sessions_posted = false;

  GroupRules rules;
  Routes routes;
  std::unordered_map<std::string, Unrouted> unrouted;  // by domain
  std::deque<std::string> to_ask;                      // of these: nobody has begun to look
  std::size_t asking = 0;
  Flows flows;
  Lanes lanes;
  SessionSlots slots;
  HostBook hosts;
  HostBook sources_aside;  // of our addresses
  PauseBook pauses;
  PoolBook pools;
  WarmupCounts warmup;
  struct Choice {
    SourcePtr source;
    store::QueueId message = 0;  // the last one it was for
    std::size_t messages = 0;    // it may be for as many more
  };
  std::unordered_map<std::string, Choice> choices;  // by pool and site
  Moment next_warmup_save{};
  std::unordered_set<Lane*> touched;  // since settle_touched()
  std::unordered_set<Lane*> with_parked;
  Moment next_refill{};
  bool refill_wanted = false;
  std::unordered_set<store::RecipientId> held;
  std::deque<store::RecipientId> again;  // leased, to be read and sorted in
  std::size_t parked = 0;                // in lanes and unrouted
  std::mutex inbox_mutex;
  std::vector<store::DueRecipient> inbox;  // taken over from the store; under inbox_mutex
  std::atomic<bool> is_full{false};        // no more numbers are kept
  PhaseTimes times;
  std::uint64_t backoffs = 0;
  std::atomic<std::uint64_t> connections{0};
  std::atomic<std::size_t> in_flight{0};
};

template <class T>
net::Task<std::optional<T>> Engine::Impl::unless_stopped(net::Task<T> task) {
  namespace asio = boost::asio;
  std::optional<T> result;
  auto working = asio::co_spawn(executor, net::detail::keep_result(std::move(task), result), asio::deferred);
  auto stop_comes = stop_signal.async_wait(asio::deferred);
  auto race = asio::experimental::make_parallel_group(std::move(working), stop_comes);
  const auto [order, failed, ignored] =
      co_await race.async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);
  if (stopping) co_return std::nullopt;  // also what a question that was cut short says is not heard
  if (failed) std::rethrow_exception(failed);
  co_return std::move(result);
}

}  // namespace sesame::delivery
