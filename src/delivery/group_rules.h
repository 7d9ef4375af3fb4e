// delivery/group_rules.h: what the operator says about destination groups ([[delivery.group]], docs/shaping.md).
//
// Pure; immutable once made.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "delivery/adaptive_limit.h"

namespace sesame::delivery {

// Names are lower case, without a final dot; "*.example.net" stands for every name below example.net.
struct GroupRule {
  std::string mx;      // of an MX host; empty: any
  std::string domain;  // of recipients; empty: any. One of the two is given.
  std::optional<std::size_t> max_connections, max_messages_per_connection;
  std::optional<double> max_rate;  // messages a second

  std::string name() const { return mx.empty() ? domain : mx; }
};

bool matches_name(std::string_view pattern, std::string_view name);

class GroupRules {
 public:
  // The first rule that matches counts; those of domains before those of MX hosts.
  GroupRules(std::vector<GroupRule> rules, LimitSettings defaults);

  // The rule for a domain whose best MX host (of several, the first by name) is `best_mx`; nullptr: none of the
  // operator's.
  const GroupRule* find(std::string_view domain, std::string_view best_mx) const;
  LimitSettings limits(const GroupRule* rule) const;

 private:
  std::vector<GroupRule> of_domains_, of_hosts_;
  LimitSettings defaults_;
};

// Providers that give each customer an MX host name of its own: the pattern that all of them match, as a group of
// theirs is one receiver. Empty: none of these.
std::string_view provider_pattern(std::string_view mx);

}  // namespace sesame::delivery
