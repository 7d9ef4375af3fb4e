// delivery/engine_view.h: what the engine is doing at a moment, for metrics and people.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "delivery/engine_bounds.h"
#include "delivery/phase_times.h"

namespace sesame::delivery {

struct GroupView {
  std::string name;
  std::string source;                   // of our addresses; "": whichever the system chooses
  std::size_t waiting = 0;              // recipients that are due and not being served, in memory or only numbered
  std::optional<Time> oldest_accepted;  // of those in memory
  std::size_t sessions = 0;
  std::size_t session_limit = 0;             // now; 0 in a pause
  std::uint64_t backoffs = 0;                // these four since the group was first met
  std::uint64_t delivered = 0, refused = 0;  // recipients
  std::uint64_t connections = 0;
};

// One of our addresses.
struct SourceView {
  std::string address;
  bool is_aside = false;  // the system does not let us use it
};

struct EngineView {
  static constexpr std::size_t max_groups = 20;

  std::vector<GroupView> groups;  // with the most waiting, then the most sessions first; at most max_groups
  std::size_t groups_known = 0;
  std::vector<SourceView> sources;             // those that are configured
  std::size_t sessions = 0, max_sessions = 0;  // max_sessions: EngineOptions::max_connections
  EngineBounds bounds, used;       // what is set, and how much of it is in use; in_place: of the fullest lane
  std::size_t held_by_pauses = 0;  // among those that are numbered
  std::size_t hosts_aside = 0;
  std::size_t without_route = 0;                            // domains whose hosts are asked for, or wait for it
  std::uint64_t backoffs = 0;                               // of all groups, ever
  std::array<Histogram::Counts, all_phases.size()> phases;  // in the order of all_phases
};

}  // namespace sesame::delivery
