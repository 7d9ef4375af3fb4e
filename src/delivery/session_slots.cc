#include "delivery/session_slots.h"

#include <algorithm>
#include <ranges>
#include <tuple>
#include <vector>

#include "delivery/engine_bounds.h"

namespace sesame::delivery {
namespace {

constexpr std::size_t account_share = 8;  // times what is free
constexpr std::size_t messages_in_turn = 10;

}  // namespace

void SessionSlots::remove(Lane& lane) {
  const auto place = places_.find(&lane);
  if (place == places_.end()) return;
  const auto ready = ready_.find(place->second.flow);
  ready->second.erase(place->second.at);
  if (ready->second.empty()) ready_.erase(ready);
  places_.erase(place);
}

void SessionSlots::block(Lane& lane, Flow& flow, Group::Moment now) {
  lane.group.block(lane, flow);
  if (const auto opens = lane.group.opens_at(now)) opening_[&lane.group] = *opens;
}

void SessionSlots::update(Lane& lane, Group::Moment now) {
  Flow* flow = lane.unserved() > 0 ? lane.queue.next_flow() : nullptr;
  const bool has_room = flow != nullptr && lane.group.room(now) > 0;
  const auto place = places_.find(&lane);
  const bool is_in_place = place != places_.end() && place->second.flow == flow && has_room;
  if (is_in_place) return;
  remove(lane);
  lane.group.unblock(lane);
  if (flow == nullptr) return;
  if (!has_room) return block(lane, *flow, now);
  Ready& ready = ready_[flow];
  places_[&lane] = {flow, ready.insert(ready.end(), &lane)};
}

void SessionSlots::update_blocked(Group& group, Group::Moment now) {
  if (group.blocked.empty()) return;
  if (group.room(now) == 0) {
    if (const auto opens = group.opens_at(now)) opening_[&group] = *opens;
    return;
  }
  update_all_blocked(group, now);
}

void SessionSlots::update_all_blocked(Group& group, Group::Moment now) {
  const auto lanes = std::views::keys(group.blocked);
  const std::vector<Lane*> blocked(lanes.begin(), lanes.end());
  for (Lane* lane : blocked) update(*lane, now);
}

bool SessionSlots::should_give_way(const Group& group, const Flow& flow, std::size_t sent, Group::Moment now) {
  if (sent == 0 || group.sessions < group.limit.sessions(now)) return false;
  if (!flow.is_transactional() && group.transactional_without > group.leaving) return true;
  if (sent % messages_in_turn != 0 || group.leaving > 0) return false;
  const auto has_fewer = [](std::size_t theirs, std::size_t ours) { return theirs == 0 || theirs + 1 < ours; };
  return std::ranges::any_of(std::views::keys(group.without_session), [&](const Flow* waiting) {
    if (waiting == &flow || waiting->is_transactional() < flow.is_transactional()) return false;
    if (waiting->account == flow.account) return has_fewer(waiting->sessions, flow.sessions);
    return has_fewer(waiting->account->sessions, flow.account->sessions);
  });
}

void SessionSlots::forget(Lane& lane) {
  remove(lane);
  lane.group.unblock(lane);
  if (lane.group.blocked.empty()) opening_.erase(&lane.group);
}

bool SessionSlots::may_have_one(const Flow& flow) const {
  const std::size_t most = flow.is_transactional() ? most_ : most_ - reserved_;
  const std::size_t of_account = account_share * left(most, sessions_);
  return flow.sessions < left(of_account, flow.account->sessions);
}

std::map<Flow*, SessionSlots::Ready>::const_iterator SessionSlots::best() const {
  const auto order = [](const Flow& flow) {
    return std::tuple(!flow.is_transactional(), flow.account->sessions, flow.sessions);
  };
  auto best = ready_.end();
  for (auto at = ready_.begin(); at != ready_.end(); ++at) {
    if (!may_have_one(*at->first)) continue;
    if (best == ready_.end() || order(*at->first) < order(*best->first)) best = at;
  }
  return best;
}

Lane* SessionSlots::next() {
  const auto found = best();
  return found == ready_.end() ? nullptr : found->second.front();
}

void SessionSlots::turn(Flow* from, Flow* to) {
  if (from == to) return;
  if (from != nullptr) {
    --from->sessions;
    --from->account->sessions;
  }
  if (to != nullptr) {
    ++to->sessions;
    ++to->account->sessions;
  }
}

std::optional<Group::Moment> SessionSlots::next_opening(Group::Moment now) {
  std::optional<Group::Moment> next;
  for (auto at = opening_.begin(); at != opening_.end();) {
    if (at->first->blocked.empty()) {
      at = opening_.erase(at);
      continue;
    }
    const Group::Moment opens = std::max(now, at->second);
    if (!next || opens < *next) next = opens;
    ++at;
  }
  return next;
}

void SessionSlots::open_groups(Group::Moment now) {
  std::vector<Group*> open;
  std::erase_if(opening_, [&](const auto& entry) {
    if (entry.second <= now) open.push_back(entry.first);
    return entry.second <= now;
  });
  for (Group* group : open) update_all_blocked(*group, now);
}

}  // namespace sesame::delivery
