// delivery/lane.h: a destination with the sessions that serve it, and the fair choice among all of them.
//
// Not thread-safe: lives on the engine's executor.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "delivery/destination.h"

namespace sesame::delivery {

struct Lane {
  explicit Lane(std::string domain) : queue(std::move(domain)) {}

  Destination queue;
  // Leased and due, but beyond what one destination may hold in memory: only their numbers are kept (8 octets each), so
  // that a destination that takes nothing keeps nobody else out.
  std::vector<store::RecipientId> parked;
  std::size_t sessions = 0;
  std::size_t opening = 0;                     // of them: on the way to their next batch
  bool reached = false;                        // a session was greeted since the lane was made
  std::list<boost::asio::steady_timer*> idle;  // of sessions that wait for another batch

  void wake_idle() {
    for (boost::asio::steady_timer* timer : idle) timer->cancel();
  }
  bool is_empty() const { return sessions == 0 && queue.batches() == 0 && parked.empty(); }
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

struct LaneLimits {
  std::size_t max_sessions = 10;
  // Until a host has greeted us: a destination that keeps silent for minutes holds this many connections, not all.
  std::size_t max_sessions_unreached = 2;
};

// How many sessions more the lane could use now; idle ones are counted on first.
std::size_t wanted_sessions(const Lane& lane, const LaneLimits& limits);

class Lanes {
 public:
  // The lane of a domain, made if there is none.
  Lane& of(const std::string& domain);
  // Forgets the lane if nothing is left of it.
  void drop_if_empty(const Lane& lane);

  // One session for each lane that wants one, turn by turn, beginning after the lane served last, until `capacity` is
  // used up or nobody wants more. `start` may be called several times for a lane.
  void share_out(std::size_t capacity, const LaneLimits& limits,
                 const std::function<void(const std::shared_ptr<Lane>&)>& start);

  std::vector<std::shared_ptr<Lane>> all() const;

 private:
  std::map<std::string, std::shared_ptr<Lane>> by_domain_;
  std::string served_last_;
};

}  // namespace sesame::delivery
