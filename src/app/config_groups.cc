#include "app/config_groups.h"

#include <fmt/format.h>

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include "dns/name.h"

namespace sesame::app {
namespace {

using delivery::GroupRule;

// The setter returns what is wrong with the value, or "".
using Setter = std::string (*)(GroupRule&, const toml::node&);

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

std::string set_count(std::optional<std::size_t>& into, const toml::node& node, std::int64_t most) {
  const auto* number = node.as_integer();
  if (number == nullptr || number->get() < 1 || number->get() > most) {
    return fmt::format("must be a number from 1 to {}", most);
  }
  into = static_cast<std::size_t>(number->get());
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

constexpr std::pair<std::string_view, Setter> keys[] = {
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

Setter find_setter(std::string_view name) {
  for (const auto& [key, setter] : keys) {
    if (key == name) return setter;
  }
  return nullptr;
}

Result<GroupRule, std::string> read_group(const toml::table& table, const std::string& where) {
  GroupRule rule;
  for (const auto& [name, value] : table) {
    const Setter set = find_setter(name.str());
    if (set == nullptr) return std::unexpected(fmt::format("unknown key {}.{}", where, name.str()));
    const std::string problem = set(rule, value);
    if (!problem.empty()) return std::unexpected(fmt::format("{}.{}: {}", where, name.str(), problem));
  }
  if (rule.mx.empty() == rule.domain.empty()) {
    return std::unexpected(fmt::format("{}: needs mx or domain, and not both", where));
  }
  return rule;
}

}  // namespace

Result<std::vector<GroupRule>, std::string> read_groups(const toml::node& node) {
  const auto* array = node.as_array();
  if (array == nullptr || !array->is_array_of_tables()) {
    return std::unexpected("delivery.group: must be given as [[delivery.group]]");
  }
  std::vector<GroupRule> rules;
  for (const toml::node& element : *array) {
    const std::string where = fmt::format("delivery.group[{}]", rules.size() + 1);
    auto rule = read_group(*element.as_table(), where);
    if (!rule) return std::unexpected(rule.error());
    for (const GroupRule& other : rules) {
      if (other.name() == rule->name() && other.mx.empty() == rule->mx.empty()) {
        return std::unexpected(fmt::format("{}: {} has a group already", where, rule->name()));
      }
    }
    rules.push_back(std::move(*rule));
  }
  return rules;
}

}  // namespace sesame::app
