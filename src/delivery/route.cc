#include "delivery/route.h"

#include <algorithm>
#include <set>

namespace sesame::delivery {
namespace {

// Equal preferences come shuffled: their order means nothing here.
std::string site_name(const std::vector<MxHost>& hosts) {
  std::string name;
  for (auto at = hosts.begin(); at != hosts.end();) {
    const auto end = std::find_if(at, hosts.end(), [&](const MxHost& h) { return h.preference != at->preference; });
    std::set<std::string_view> equals;
    for (; at != end; ++at) equals.insert(at->name);
    if (!name.empty()) name += '|';
    for (bool first = true; const std::string_view host : equals) {
      if (!first) name += ',';
      name += host;
      first = false;
    }
  }
  return name;
}

std::string host_names(const std::vector<MxHost>& hosts) {
  std::set<std::string_view> names;
  for (const MxHost& host : hosts) names.insert(host.name);
  std::string joined;
  for (const std::string_view name : names) {
    if (!joined.empty()) joined += ',';
    joined += name;
  }
  return joined;
}

// Of several equals the first by name, so that the answer is always the same.
std::string best_host(const std::vector<MxHost>& hosts) {
  const auto best = std::ranges::min_element(hosts, {}, [](const MxHost& host) {
    return std::pair<std::uint16_t, std::string_view>(host.preference, host.name);
  });
  return best == hosts.end() ? "" : best->name;
}

}  // namespace

SitePtr make_site(std::string_view domain, std::vector<MxHost> hosts, const GroupRules& rules,
                  std::chrono::steady_clock::time_point now) {
  auto site = std::make_shared<Site>();
  const std::string best = best_host(hosts);
  const GroupRule* rule = rules.find(domain, best);
  site->name = site_name(hosts);
  site->limits = rules.limits(rule);
  if (rule != nullptr) {
    site->group = rule->name();
    // Nothing else may share the lane of domains that are limited by themselves.
    if (!rule->domain.empty()) site->name += " for " + rule->name();
  } else {
    const std::string_view provider = provider_pattern(best);
    site->group = provider.empty() ? host_names(hosts) : std::string(provider);
  }
  site->hosts = std::move(hosts);
  site->known_at = now;
  return site;
}

SitePtr Routes::find(const std::string& domain, std::chrono::steady_clock::time_point now) const {
  const auto found = by_domain_.find(domain);
  if (found == by_domain_.end() || !is_fresh(*found->second, now)) return nullptr;
  return found->second;
}

void Routes::put(const std::string& domain, SitePtr site) {
  if (by_domain_.size() >= max_domains) {
    const auto now = site->known_at;
    std::erase_if(by_domain_, [&](const auto& entry) { return !is_fresh(*entry.second, now); });
    if (by_domain_.size() >= max_domains) by_domain_.clear();
  }
  by_domain_[domain] = std::move(site);
}

}  // namespace sesame::delivery
