// Whoever waits is let in as soon as it may be: after every step that frees a place or raises a server's bound the
// queue is gone through from the front. Hence nobody in it could enter at rest, and one who comes and may enter passes
// nobody who could have.
#include "dns/question_gate.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace sesame::dns {

namespace asio = boost::asio;

std::string_view explain(GateRefusal refusal) {
  switch (refusal) {
    case GateRefusal::late: return "too many questions are waiting for this server";
    case GateRefusal::silent: break;
  }
  return "the server did not answer the last questions and is not asked for a moment";
}

// Keeps a server from being forgotten while a question to it is inside enter().
struct QuestionGate::Entering {
  explicit Entering(Server& entered) : server(entered) { ++server.entering; }
  ~Entering() { --server.entering; }
  Entering(const Entering&) = delete;
  Entering& operator=(const Entering&) = delete;
  Server& server;
};

// A place is handed from the one who leaves to one who waits, so nobody can slip in between.
struct QuestionGate::Waiter {
  Waiter(std::list<Waiter*>& queue, const net::Executor& executor, Server& to, bool probe, net::Deadline deadline)
      : waiting(queue),
        server(to),
        probing(probe),
        decided(executor, deadline),
        position(queue.insert(queue.end(), this)) {}
  ~Waiter() {
    if (queued) waiting.erase(position);
  }
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;

  // The queue has let go of it.
  void end_wait(bool with_place) {
    queued = false;
    has_place = with_place;
    decided.expires_at(net::Deadline::min());
  }

  std::list<Waiter*>& waiting;
  Server& server;
  const bool probing;
  asio::steady_timer decided;  // moved into the past by end_wait()
  std::list<Waiter*>::iterator position;
  bool queued = true;
  bool has_place = false;
};

void QuestionGate::forget_oldest() {
  for (auto server = servers_.end(); server != servers_.begin();) {
    --server;
    if (in_use(*server)) continue;
    by_address_.erase(server->address);
    servers_.erase(server);
    return;
  }
}

QuestionGate::Server& QuestionGate::remembered(const net::IpAddress& address) {
  const auto known = by_address_.find(address);
  if (known != by_address_.end()) {
    servers_.splice(servers_.begin(), servers_, known->second);
    return servers_.front();
  }
  if (servers_.size() >= max_servers) forget_oldest();
  const TokenBucket turns(limits_.per_server_per_second, std::max(1.0, limits_.per_server_per_second),
                          std::chrono::steady_clock::now());
  servers_.emplace_front(address, turns);
  by_address_.emplace(address, servers_.begin());
  return servers_.front();
}

net::Task<bool> QuestionGate::wait_for_turn(Server& server, net::Deadline deadline) {
  if (limits_.per_server_per_second <= 0) co_return true;
  const auto now = std::chrono::steady_clock::now();
  const net::Deadline turn = server.turns.reserve(now);
  if (turn > deadline) server.turns.give_back();
  if (turn > deadline) co_return false;
  if (turn <= now) co_return true;
  co_return co_await net::sleep_until(turn);
}

bool QuestionGate::has_place_for(const Server& server) const {
  if (under_way_ >= limits_.max_under_way) return false;
  if (server.answers) return server.under_way < limits_.max_per_answering_server;
  return server.under_way < max_per_unknown_server &&
         unknown_under_way_ < std::max<std::size_t>(1, limits_.max_under_way / 2);
}

void QuestionGate::take_place(Server& server) {
  ++under_way_;
  ++server.under_way;
  if (!server.answers) ++unknown_under_way_;
}

net::Task<Result<QuestionGate::Place, GateRefusal>> QuestionGate::enter(net::IpAddress address,
                                                                        net::Deadline deadline) {
  Server& server = remembered(address);
  const Entering entering(server);
  const auto now = std::chrono::steady_clock::now();
  const bool probing = server.silent();
  if (probing && now < server.next_probe) co_return std::unexpected(GateRefusal::silent);
  if (probing) server.next_probe = now + limits_.probe_interval;

  const bool may_ask = co_await wait_for_turn(server, deadline);
  if (!may_ask) co_return std::unexpected(GateRefusal::late);
  if (server.silent() && !probing) co_return std::unexpected(GateRefusal::silent);
  if (has_place_for(server)) {
    take_place(server);
    co_return Place(this, &server);
  }
  const net::Executor executor = co_await asio::this_coro::executor;
  Waiter waiter(waiting_, executor, server, probing, deadline);
  co_await waiter.decided.async_wait(asio::as_tuple(asio::use_awaitable));
  if (waiter.has_place) co_return Place(this, &server);
  co_return std::unexpected(waiter.queued ? GateRefusal::late : GateRefusal::silent);
}

void QuestionGate::leave(Server& server) {
  --under_way_;
  --server.under_way;
  if (!server.answers) --unknown_under_way_;
  admit_waiting();
}

void QuestionGate::set_answers(Server& server, bool answers) {
  if (server.answers == answers) return;
  server.answers = answers;
  if (answers) {
    unknown_under_way_ -= server.under_way;
  } else {
    unknown_under_way_ += server.under_way;
  }
}

void QuestionGate::answered(Server& server) {
  server.heard = std::chrono::steady_clock::now();
  server.timeouts = 0;
  set_answers(server, true);
  admit_waiting();
}

void QuestionGate::timed_out(Server& server, net::Deadline asked) {
  if (server.heard >= asked) return;
  set_answers(server, false);
  const bool was_silent = server.silent();
  if (server.timeouts < silent_after) ++server.timeouts;
  if (was_silent || !server.silent()) return;
  server.next_probe = std::chrono::steady_clock::now() + limits_.probe_interval;
  admit_waiting();
}

// Also sends away those who wait for a server that has fallen silent since.
void QuestionGate::admit_waiting() {
  for (auto next = waiting_.begin(); next != waiting_.end();) {
    Waiter& waiter = **next;
    const bool refused = waiter.server.silent() && !waiter.probing;
    const bool admitted = !refused && has_place_for(waiter.server);
    if (!refused && !admitted) {
      ++next;
      continue;
    }
    next = waiting_.erase(next);
    if (admitted) take_place(waiter.server);
    waiter.end_wait(admitted);
  }
}

}  // namespace sesame::dns
