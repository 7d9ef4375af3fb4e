#include "check/provider.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "dns/name.h"

namespace sesame::check {
namespace {

constexpr auto table = std::to_array<KnownProvider>({
#include "check/provider_table.inc"
});

// '*' stands for any characters; at most one of them.
bool label_fits(std::string_view pattern, std::string_view label) {
  const std::size_t star = pattern.find('*');
  if (star == pattern.npos) return pattern == label;
  const std::string_view before = pattern.substr(0, star), after = pattern.substr(star + 1);
  return label.size() >= before.size() + after.size() && label.starts_with(before) && label.ends_with(after);
}

bool suffix_fits(std::string_view suffix, std::string_view name) {
  const auto pattern = split(suffix, '.');
  const auto labels = split(name, '.');
  if (labels.size() < pattern.size()) return false;
  return std::equal(pattern.rbegin(), pattern.rend(), labels.rbegin(), label_fits);
}

}  // namespace

std::span<const KnownProvider> known_providers() { return table; }

std::string Provider::name() const {
  std::string names;
  for (const KnownProvider* choice : choices) {
    if (!names.empty()) names += " or ";
    names += choice->name;
  }
  return names;
}

bool fits(const KnownProvider& provider, std::string_view name_server) {
  const std::string name = dns::canonical(name_server);
  const auto suffixes = split(provider.suffixes, '|');
  return std::ranges::any_of(suffixes, [&](std::string_view suffix) { return suffix_fits(suffix, name); });
}

Provider recognise_provider(const std::vector<std::string>& name_servers) {
  Provider recognised;
  std::ptrdiff_t most = 0;
  for (const KnownProvider& provider : table) {
    const auto count = std::ranges::count_if(name_servers, [&](const auto& name) { return fits(provider, name); });
    if (count == 0 || count < most) continue;
    if (count > most) recognised.choices.clear();
    most = count;
    recognised.choices.push_back(&provider);
  }
  recognised.runs_all = std::cmp_equal(most, name_servers.size());
  return recognised;
}

}  // namespace sesame::check
