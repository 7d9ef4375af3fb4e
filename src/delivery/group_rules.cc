#include "delivery/group_rules.h"

#include <algorithm>
#include <array>

namespace sesame::delivery {

bool matches_name(std::string_view pattern, std::string_view name) {
  if (!pattern.starts_with("*.")) return pattern == name;
  const std::string_view suffix = pattern.substr(1);
  return name.size() > suffix.size() && name.ends_with(suffix);
}

GroupRules::GroupRules(std::vector<GroupRule> rules, LimitSettings defaults) : defaults_(defaults) {
  for (GroupRule& rule : rules) (rule.domain.empty() ? of_hosts_ : of_domains_).push_back(std::move(rule));
}

const GroupRule* GroupRules::find(std::string_view domain, std::string_view best_mx) const {
  for (const GroupRule& rule : of_domains_) {
    if (matches_name(rule.domain, domain)) return &rule;
  }
  for (const GroupRule& rule : of_hosts_) {
    if (matches_name(rule.mx, best_mx)) return &rule;
  }
  return nullptr;
}

LimitSettings GroupRules::limits(const GroupRule* rule) const {
  LimitSettings limits = defaults_;
  if (rule == nullptr) return limits;
  limits.max_connections = rule->max_connections.value_or(limits.max_connections);
  limits.max_messages_per_connection = rule->max_messages_per_connection.value_or(limits.max_messages_per_connection);
  if (rule->max_rate) limits.max_rate = rule->max_rate;
  return limits;
}

std::string_view provider_pattern(std::string_view mx) {
  static constexpr std::array<std::string_view, 2> patterns{
      "*.mail.protection.outlook.com",  // Microsoft 365
      "*.mx.microsoft",                 // the same, with DNSSEC
  };
  const auto found = std::ranges::find_if(patterns, [&](std::string_view one) { return matches_name(one, mx); });
  return found == patterns.end() ? std::string_view() : *found;
}

}  // namespace sesame::delivery
