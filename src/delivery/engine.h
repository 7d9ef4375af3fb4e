// delivery/engine.h: takes due recipients from the queue and delivers them over SMTP.
//
// One transaction per message and domain, connections shared by all domains with the same MX hosts, limits that follow
// what receivers say, turns shared among accounts and identities (docs/shaping.md); per-recipient outcomes, 4yz kept
// and retried with backoff until the message expires, 5yz bounced. docs/queue.md has the state table. An outcome is
// recorded after the peer's reply; what was under way when the process died is tried again.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "delivery/engine_bounds.h"
#include "delivery/engine_view.h"
#include "delivery/group_rules.h"
#include "delivery/next_hop.h"
#include "delivery/source.h"
#include "delivery/trace_book.h"
#include "dns/resolver.h"
#include "events/feed.h"
#include "net/endpoint.h"
#include "net/runtime.h"
#include "net/tls_context.h"
#include "store/pause_store.h"
#include "store/pool_store.h"
#include "store/queue_store.h"

namespace sesame::delivery {

struct EngineOptions {
  std::string helo_name;              // our host name, EHLO's argument where an address has none of its own
  std::uint16_t port = 25;            // of every MX host
  std::vector<OwnAddress> addresses;  // to leave from; for a family without any the system chooses
  std::size_t max_connections = 200;  // all destinations together
  LimitSettings limits;               // of a destination group the rules say nothing about
  std::vector<GroupRule> group_rules;
  std::chrono::milliseconds idle_connection{2000};   // a connection without more work is closed after this
  std::chrono::milliseconds route_lifetime{60'000};  // for so long the hosts of a domain are not looked up again
  HostRules hosts;
  EngineBounds bounds;
  // Test and sandbox only: refuse to connect anywhere but to loopback.
  bool loopback_only = false;
};

struct EngineDeps {
  store::QueueStore& queue;
  dns::Resolver& resolver;
  events::Feed& feed;
  const Clock& clock;
  RandomSource& random;
  net::Runtime& runtime;
  net::TlsContext tls;
  // True for domains whose mail our own feedback door takes: to them, our own host is no loop. Empty: for none.
  std::function<net::Task<bool>(std::string domain)> takes_mail_for{};
  store::PauseStore* pauses = nullptr;  // nullptr: nothing is ever held back
  // Which addresses are in which pool, and which sets name one; nullptr: only shared addresses are used.
  store::PoolStore* pools = nullptr;
  TraceBook* traces = nullptr;  // nullptr: nobody ever wants to know
};

class Engine {
 public:
  Engine(EngineDeps deps, EngineOptions options);
  ~Engine();

  void start();
  // Something became due otherwise than by time or by being enqueued (retry_now). Thread-safe, cheap.
  void kick();
  // Pauses were made or ended in the store. Thread-safe, cheap.
  void pauses_changed();
  // Pools, their addresses or the sets that name them were changed in the store. Thread-safe, cheap.
  void pools_changed();
  // Takes no new work from now on, and gives up looking for hosts and connecting to them: nothing has been said about a
  // message then. The first half of stop(), which need not be preceded by it.
  net::Task<void> begin_stop();
  // Takes no new work, lets transactions under way finish until `deadline`, then cancels them; leases are returned.
  net::Task<void> stop(net::Deadline deadline);

  struct Counters {
    std::uint64_t delivered = 0, bounced = 0, deferred = 0, connections = 0;
    std::size_t in_flight = 0;
  };
  Counters counters() const;
  // Costs the number of destinations that something waits for.
  net::Task<EngineView> view() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace sesame::delivery
