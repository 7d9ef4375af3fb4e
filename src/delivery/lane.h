// delivery/lane.h: what waits to leave for a site from one of our addresses, with the sessions that serve it, and the
// group whose limits they share.
//
// Not thread-safe: lives on the engine's executor.
#pragma once

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <list>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "delivery/adaptive_limit.h"
#include "delivery/batch_queue.h"
#include "delivery/route.h"
#include "delivery/source.h"

namespace sesame::delivery {

struct Lane;

// A destination group as seen from one of our addresses: receivers judge each by itself.
struct Group {
  using Moment = AdaptiveLimit::Moment;

  Group(std::string n, std::string s, LimitSettings limits, Moment now)
      : name(std::move(n)), source(std::move(s)), limit(limits, now), used(now) {}

  std::string name;
  std::string source;  // "": whichever address the system chooses
  AdaptiveLimit limit;
  std::set<const Lane*> lanes;
  std::size_t sessions = 0;  // opening, at work or waiting
  std::size_t leaving = 0;   // of them: on the way out
  std::size_t greeted = 0;   // of them: a host has let them in
  // Lanes that could use a session the group may not have now, and of those that have none at all, whose mail is first
  // (of the others nullptr: their mail has its turns).
  std::map<Lane*, Flow*> blocked;
  std::map<Flow*, std::size_t> without_session;  // how many lanes of `blocked` it is first in
  std::size_t transactional_without = 0;         // how many of them with transactional mail
  Moment used;                                   // when a session last ended
  // For the metrics.
  std::uint64_t delivered = 0, refused = 0, connections = 0;

  void block(Lane& lane, Flow& flow);
  void unblock(Lane& lane);
  // Sessions that may be opened now.
  std::size_t room(Moment now);
  // When it can have more than now without anything happening; nullopt: only then.
  std::optional<Moment> opens_at(Moment now);
  // More sessions than the group may have now.
  bool is_crowded(Moment now) const { return sessions - leaving > limit.sessions(now); }
};

struct Lane : std::enable_shared_from_this<Lane> {
  Lane(std::string k, SitePtr s, SourcePtr from, Group& g)
      : key(std::move(k)), site(std::move(s)), source(std::move(from)), group(g) {}

  const std::string key;
  SitePtr site;      // as last looked up
  SourcePtr source;  // as last configured
  Group& group;
  BatchQueue queue;
  // Leased and due, but beyond what may be held in memory: only their numbers are kept (8 octets each), so that a site
  // that takes nothing, or an account with very much to send, keeps nobody else out.
  std::map<Flow*, std::deque<store::RecipientId>> parked;
  std::size_t sessions = 0;
  std::size_t opening = 0;                     // of them: on the way to their first batch
  std::size_t greeted = 0;                     // of them: a host has let them in
  std::list<boost::asio::steady_timer*> idle;  // of sessions that wait for another batch

  // Batches that no session is on its way to.
  std::size_t unserved() const {
    const std::size_t batches = queue.batches();
    return batches - std::min(batches, idle.size() + opening);
  }
  // Wakes as many waiting sessions as there are batches: all would look for the same one. Those that waited least go
  // first, so that the connections nobody needs come to their end.
  void wake_idle() {
    std::size_t wanted = queue.batches();
    for (auto timer = idle.rbegin(); timer != idle.rend() && wanted > 0; ++timer, --wanted) (*timer)->cancel();
  }
  void wake_all() {
    for (boost::asio::steady_timer* timer : idle) timer->cancel();
  }
  // Recipients that are not being served.
  std::size_t waiting() const {
    std::size_t count = queue.recipients();
    for (const auto& [flow, numbers] : parked) count += numbers.size();
    return count;
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

class Lanes {
 public:
  // Groups without a lane are remembered for what was learned of them; when there are more, the silent ones go.
  static constexpr std::size_t max_idle_groups = 10'000;

  // The lane of a site and source, made if there is none; an old one takes the newer knowledge of both.
  std::shared_ptr<Lane> of(const SitePtr& site, const SourcePtr& source);
  // Recipients that wait to leave from that source for the site's group.
  std::size_t waiting(const Site& site, const Source& source) const;
  // Forgets the lane if nothing is left of it.
  void drop_if_empty(const Lane& lane, Group::Moment now);
  std::vector<std::shared_ptr<Lane>> all() const;
  const std::unordered_map<std::string, std::unique_ptr<Group>>& groups() const { return groups_; }

 private:
  Group& group_of(const Site& site, const Source& source);
  void forget_groups(Group::Moment now);

  std::unordered_map<std::string, std::shared_ptr<Lane>> lanes_;
  std::unordered_map<std::string, std::unique_ptr<Group>> groups_;
  Group::Moment next_sweep_{};
};

}  // namespace sesame::delivery
