#include "delivery/lane.h"

#include <algorithm>

namespace sesame::delivery {

std::size_t wanted_sessions(const Lane& lane, const LaneLimits& limits) {
  const std::size_t batches = lane.queue.batches();
  const std::size_t unserved = batches - std::min(batches, lane.idle.size() + lane.opening);
  const std::size_t limit =
      lane.reached ? limits.max_sessions : std::min(limits.max_sessions, limits.max_sessions_unreached);
  return std::min(unserved, limit - std::min(limit, lane.sessions));
}

Lane& Lanes::of(const std::string& domain) {
  auto& lane = by_domain_[domain];
  if (!lane) lane = std::make_shared<Lane>(domain);
  return *lane;
}

void Lanes::drop_if_empty(const Lane& lane) {
  if (!lane.is_empty()) return;
  const auto found = by_domain_.find(lane.queue.domain());
  if (found != by_domain_.end() && found->second.get() == &lane) by_domain_.erase(found);
}

std::vector<std::shared_ptr<Lane>> Lanes::all() const {
  std::vector<std::shared_ptr<Lane>> lanes;
  for (const auto& [domain, lane] : by_domain_) lanes.push_back(lane);
  return lanes;
}

void Lanes::share_out(std::size_t capacity, const LaneLimits& limits,
                      const std::function<void(const std::shared_ptr<Lane>&)>& start) {
  // Copied in turn order: a session that ends at once removes its lane.
  std::vector<std::shared_ptr<Lane>> turn;
  const auto after = by_domain_.upper_bound(served_last_);
  for (auto at = after; at != by_domain_.end(); ++at) turn.push_back(at->second);
  for (auto at = by_domain_.begin(); at != after; ++at) turn.push_back(at->second);

  for (bool any = true; any && capacity > 0;) {
    any = false;
    for (const std::shared_ptr<Lane>& lane : turn) {
      if (capacity == 0) return;
      if (wanted_sessions(*lane, limits) == 0) continue;
      served_last_ = lane->queue.domain();
      const std::size_t before = lane->sessions;
      start(lane);
      if (lane->sessions <= before) continue;  // not started, or already ended
      --capacity;
      any = true;
    }
  }
}

}  // namespace sesame::delivery
