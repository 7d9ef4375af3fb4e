// dns/question_gate.h: how many questions are under way at once, and how fast one server is asked.
#pragma once

#include <cstddef>
#include <list>
#include <map>
#include <memory>

#include "dns/token_bucket.h"
#include "net/endpoint.h"
#include "net/task.h"

namespace sesame::dns {

struct GateLimits {
  std::size_t max_under_way = 256;
  double per_server_per_second = 20;  // one address; the same number at once as a burst. 0: no limit
};

// All calls on one serial executor. Questions wait in the order they came.
class QuestionGate {
 public:
  // Servers remembered; beyond it those that have been left alone long enough are forgotten.
  static constexpr std::size_t max_servers = 20'000;

  explicit QuestionGate(GateLimits limits) : limits_(limits) {}

  // A place among the questions under way; given back when it goes out of scope.
  class Place {
   public:
    Place(Place&& other) noexcept : gate_(std::exchange(other.gate_, nullptr)) {}
    Place& operator=(Place&&) = delete;
    ~Place() {
      if (gate_ != nullptr) gate_->leave();
    }

   private:
    friend class QuestionGate;
    explicit Place(QuestionGate* gate) : gate_(gate) {}
    QuestionGate* gate_;
  };

  // Waits for the server's turn and for a place. nullopt when that would be, or is, later than `deadline`, or when the
  // coroutine is cancelled. The gate must outlive its places.
  net::Task<std::optional<Place>> enter(net::IpAddress server, net::Deadline deadline);

  std::size_t under_way() const { return under_way_; }

 private:
  struct Waiter;

  net::Task<bool> wait_for_turn(net::IpAddress server, net::Deadline deadline);
  TokenBucket& bucket(const net::IpAddress& server);
  void leave();

  const GateLimits limits_;
  std::size_t under_way_ = 0;
  std::list<Waiter*> waiting_;
  std::map<net::IpAddress, TokenBucket> servers_;
};

}  // namespace sesame::dns
