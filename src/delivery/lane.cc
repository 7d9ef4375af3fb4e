#include "delivery/lane.h"

#include <algorithm>

namespace sesame::delivery {

using namespace std::chrono_literals;
constexpr auto sweep_pause = 10s;

std::size_t Group::room(Moment now) {
  if (limit.next_send(now) > now) return 0;
  const std::size_t allowed = limit.sessions(now);
  return allowed - std::min(allowed, sessions);
}

std::optional<Group::Moment> Group::opens_at(Moment now) {
  if (const auto resumes = limit.resumes_at(now)) return resumes;
  const Moment next = limit.next_send(now);
  if (next > now) return next;
  return std::nullopt;
}

Group& Lanes::group_of(const Site& site) {
  auto& group = groups_[site.group];
  if (!group) group = std::make_unique<Group>(site.group, site.limits, site.known_at);
  return *group;
}

std::shared_ptr<Lane> Lanes::of(const SitePtr& site) {
  auto& lane = by_site_[site->name];
  if (!lane) {
    Group& group = group_of(*site);
    ++group.lanes;
    lane = std::make_shared<Lane>(site, group);
  } else if (lane->site->known_at < site->known_at) {
    lane->site = site;
  }
  return lane;
}

void Lanes::drop_if_empty(const Lane& lane, Group::Moment now) {
  if (!lane.is_empty()) return;
  const auto found = by_site_.find(lane.site->name);
  if (found == by_site_.end() || found->second.get() != &lane) return;
  Group& group = lane.group;
  --group.lanes;
  group.blocked.erase(found->second.get());
  by_site_.erase(found);
  forget_groups(now);
}

void Lanes::forget_groups(Group::Moment now) {
  if (groups_.size() <= max_idle_groups || now < next_sweep_) return;
  next_sweep_ = now + sweep_pause;
  std::erase_if(groups_, [&](const auto& entry) {
    const Group& group = *entry.second;
    return group.lanes == 0 && now - group.used > AdaptiveLimit::silence;
  });
}

std::vector<std::shared_ptr<Lane>> Lanes::all() const {
  std::vector<std::shared_ptr<Lane>> lanes;
  lanes.reserve(by_site_.size());
  for (const auto& [site, lane] : by_site_) lanes.push_back(lane);
  return lanes;
}

}  // namespace sesame::delivery
