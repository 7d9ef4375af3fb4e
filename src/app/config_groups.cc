#include "app/config_groups.h"

#include "app/config_tables.h"

namespace sesame::app {
namespace {

using delivery::GroupRule;

std::string set_name(std::string& into, const toml::node& node) {
  const auto* text = node.as_string();
  if (text == nullptr) return "must be a text";
  std::string_view name = text->get();
  const std::string_view star = name.starts_with("*.") ? name.substr(0, 2) : "";
  name.remove_prefix(star.size());
  const std::string canonical = dns::canonical(name);
  if (!dns::is_valid_host(canonical))
    return fmt::format("\"{}\" is not a host name, nor one after \"*.\"", text->get());
  into = std::string(star) + canonical;
  return "";
}

std::string set_rate(GroupRule& rule, const toml::node& node) {
  const std::optional<double> rate = node.value<double>();
  if (!rate || !(*rate >= 0.001) || !(*rate <= 1'000'000)) {
    return "must be messages a second, from 0.001 to 1000000";
  }
  rule.max_rate = rate;
  return "";
}

constexpr TableKey<GroupRule> keys[] = {
    {"mx", [](GroupRule& rule, const toml::node& node) { return set_name(rule.mx, node); }},
    {"domain", [](GroupRule& rule, const toml::node& node) { return set_name(rule.domain, node); }},
    {"max_connections",
     [](GroupRule& rule, const toml::node& node) { return set_count(rule.max_connections, node, 10'000); }},
    {"max_messages_per_connection",
     [](GroupRule& rule, const toml::node& node) {
       return set_count(rule.max_messages_per_connection, node, 1'000'000);
     }},
    {"max_rate", set_rate},
};

std::string problem_of(const GroupRule& rule, const std::vector<GroupRule>& before) {
  if (rule.mx.empty() == rule.domain.empty()) return "needs mx or domain, and not both";
  for (const GroupRule& other : before) {
    if (other.name() == rule.name() && other.mx.empty() == rule.mx.empty()) {
      return fmt::format("{} has a group already", rule.name());
    }
  }
  return "";
}

}  // namespace

Result<std::vector<GroupRule>, std::string> read_groups(const toml::node& node) {
  return read_tables<GroupRule>(node, "delivery.group", keys, problem_of);
}

}  // namespace sesame::app
