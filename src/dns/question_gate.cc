#include "dns/question_gate.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace sesame::dns {

namespace asio = boost::asio;

// A place is handed from the one who leaves to the first who waits, so nobody can slip in between.
struct QuestionGate::Waiter {
  Waiter(std::list<Waiter*>& queue, const net::Executor& executor, net::Deadline deadline)
      : waiting(queue), place_free(executor, deadline), position(queue.insert(queue.end(), this)) {}
  ~Waiter() { dequeue(); }
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;

  void dequeue() {
    if (queued) waiting.erase(position);
    queued = false;
  }

  std::list<Waiter*>& waiting;
  asio::steady_timer place_free;  // moved into the past when a place is handed over
  std::list<Waiter*>::iterator position;
  bool queued = true;
  bool has_place = false;
};

TokenBucket& QuestionGate::bucket(const net::IpAddress& server) {
  const auto now = std::chrono::steady_clock::now();
  if (servers_.size() >= max_servers && !servers_.contains(server)) {
    std::erase_if(servers_, [&](const auto& entry) { return entry.second.idle(now); });
  }
  const TokenBucket fresh(limits_.per_server_per_second, std::max(1.0, limits_.per_server_per_second), now);
  return servers_.try_emplace(server, fresh).first->second;
}

net::Task<bool> QuestionGate::wait_for_turn(net::IpAddress server, net::Deadline deadline) {
  if (limits_.per_server_per_second <= 0) co_return true;
  const auto now = std::chrono::steady_clock::now();
  const net::Deadline turn = bucket(server).reserve(now);
  if (turn > deadline) bucket(server).give_back();
  if (turn > deadline) co_return false;
  if (turn <= now) co_return true;
  co_return co_await net::sleep_until(turn);
}

net::Task<std::optional<QuestionGate::Place>> QuestionGate::enter(net::IpAddress server, net::Deadline deadline) {
  const bool may_ask = co_await wait_for_turn(std::move(server), deadline);
  if (!may_ask) co_return std::nullopt;
  if (under_way_ < limits_.max_under_way && waiting_.empty()) {
    ++under_way_;
    co_return Place(this);
  }
  const net::Executor executor = co_await asio::this_coro::executor;
  Waiter waiter(waiting_, executor, deadline);
  co_await waiter.place_free.async_wait(asio::as_tuple(asio::use_awaitable));
  if (!waiter.has_place) co_return std::nullopt;
  co_return Place(this);
}

void QuestionGate::leave() {
  if (waiting_.empty()) {
    --under_way_;
    return;
  }
  Waiter& next = *waiting_.front();
  next.dequeue();
  next.has_place = true;
  next.place_free.expires_at(net::Deadline::min());
}

}  // namespace sesame::dns
