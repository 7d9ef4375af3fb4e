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

void Group::block(Lane& lane, Flow& flow) {
  Flow* const first = lane.sessions == 0 ? &flow : nullptr;
  blocked[&lane] = first;
  if (first == nullptr) return;
  ++without_session[first];
  if (first->is_transactional()) ++transactional_without;
}

void Group::unblock(Lane& lane) {
  const auto found = blocked.find(&lane);
  if (found == blocked.end()) return;
  Flow* const first = found->second;
  blocked.erase(found);
  if (first == nullptr) return;
  if (first->is_transactional()) --transactional_without;
  const auto count = without_session.find(first);
  if (--count->second == 0) without_session.erase(count);
}

namespace {

std::string key_of(const std::string& name, const Source& source) {
  return source.address ? name + " from " + source.name() : name;
}

}  // namespace

Group& Lanes::group_of(const Site& site, const Source& source) {
  auto& group = groups_[key_of(site.group, source)];
  if (!group) group = std::make_unique<Group>(site.group, source.name(), site.limits, site.known_at);
  return *group;
}

std::shared_ptr<Lane> Lanes::of(const SitePtr& site, const SourcePtr& source) {
  std::string key = key_of(site->name, *source);
  auto& lane = lanes_[key];
  if (!lane) {
    Group& group = group_of(*site, *source);
    lane = std::make_shared<Lane>(std::move(key), site, source, group);
    group.lanes.insert(lane.get());
  } else {
    lane->source = source;
    if (lane->site->known_at < site->known_at) lane->site = site;
  }
  return lane;
}

std::size_t Lanes::waiting(const Site& site, const Source& source) const {
  const auto group = groups_.find(key_of(site.group, source));
  if (group == groups_.end()) return 0;
  std::size_t count = 0;
  for (const Lane* lane : group->second->lanes) count += lane->waiting();
  return count;
}

void Lanes::drop_if_empty(const Lane& lane, Group::Moment now) {
  if (!lane.is_empty()) return;
  const auto found = lanes_.find(lane.key);
  if (found == lanes_.end() || found->second.get() != &lane) return;
  Group& group = lane.group;
  group.lanes.erase(&lane);
  group.unblock(*found->second);
  lanes_.erase(found);
  forget_groups(now);
}

void Lanes::forget_groups(Group::Moment now) {
  if (groups_.size() <= max_idle_groups || now < next_sweep_) return;
  next_sweep_ = now + sweep_pause;
  std::erase_if(groups_, [&](const auto& entry) {
    const Group& group = *entry.second;
    return group.lanes.empty() && now - group.used > AdaptiveLimit::silence;
  });
}

std::vector<std::shared_ptr<Lane>> Lanes::all() const {
  std::vector<std::shared_ptr<Lane>> lanes;
  lanes.reserve(lanes_.size());
  for (const auto& [key, lane] : lanes_) lanes.push_back(lane);
  return lanes;
}

}  // namespace sesame::delivery
