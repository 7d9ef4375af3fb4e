#include "delivery/engine_view.h"

#include <algorithm>
#include <unordered_map>

#include "delivery/engine_impl.h"

namespace sesame::delivery {
namespace {

void add_lane(const Lane& lane, GroupView& view) {
  view.waiting += lane.waiting();
  const std::optional<Time> oldest = lane.queue.oldest();
  if (oldest && (!view.oldest_accepted || *oldest < *view.oldest_accepted)) view.oldest_accepted = oldest;
}

GroupView view_of(const Group& group, AdaptiveLimit::Moment now) {
  GroupView view;
  view.name = group.name;
  view.source = group.source;
  view.sessions = group.sessions;
  view.session_limit = group.limit.sessions(now);
  view.backoffs = group.limit.backoffs();
  view.delivered = group.delivered;
  view.refused = group.refused;
  view.connections = group.connections;
  return view;
}

}  // namespace

EngineBounds Engine::Impl::used() {
  EngineBounds used{.held = held.size(), .in_place = 0, .numbered = numbered(), .inbox = 0, .lookups = asking};
  for (const auto& lane : lanes.all()) used.in_place = std::max(used.in_place, lane->queue.recipients());
  const std::lock_guard lock(inbox_mutex);
  used.inbox = inbox.size();
  return used;
}

// On the engine's executor.
net::Task<EngineView> Engine::Impl::view() {
  EngineView view;
  std::unordered_map<const Group*, GroupView> groups;
  for (const auto& lane : lanes.all()) {
    const auto [found, is_new] = groups.try_emplace(&lane->group);
    if (is_new) found->second = view_of(lane->group, now());
    add_lane(*lane, found->second);
  }
  for (auto& [group, group_view] : groups) view.groups.push_back(std::move(group_view));
  std::ranges::sort(view.groups, [](const GroupView& a, const GroupView& b) {
    return std::tuple(b.waiting, b.sessions, std::string_view(a.name), std::string_view(a.source)) <
           std::tuple(a.waiting, a.sessions, std::string_view(b.name), std::string_view(b.source));
  });
  if (view.groups.size() > EngineView::max_groups) view.groups.resize(EngineView::max_groups);
  view.groups_known = lanes.groups().size();
  for (const OwnAddress& own : options.addresses) {
    view.sources.push_back({own.address.to_string(), sources_aside.aside_until(own.address, now()).has_value()});
  }
  view.sessions = slots.sessions();
  view.max_sessions = options.max_connections;
  view.bounds = options.bounds;
  view.used = used();
  view.held_by_pauses = pauses.held();
  view.hosts_aside = hosts.aside(now());
  view.without_route = unrouted.size();
  view.backoffs = backoffs;
  for (std::size_t i = 0; i < all_phases.size(); ++i) view.phases[i] = times.counts(all_phases[i]);
  co_return view;
}

net::Task<EngineView> Engine::view() const {
  const auto impl = impl_;
  EngineView view = co_await net::on_executor(impl->executor, impl->view());
  co_return view;
}

}  // namespace sesame::delivery
