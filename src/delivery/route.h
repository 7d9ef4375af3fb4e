// delivery/route.h: from domains to the site that takes their mail, remembered for a while.
//
// A site is a set of MX hosts with their order: connections are reused and messages wait per site, whatever the
// domains. A group is what shares limits: all sites with the same hosts, or all that a rule of the operator, or a
// provider's way of naming its hosts, puts together. Not thread-safe: lives on the engine's executor.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "delivery/group_rules.h"
#include "delivery/next_hop.h"

namespace sesame::delivery {

struct Site {
  std::string name;   // hosts by preference: "mx1.example|mx2.example,mx3.example" has two second ones
  std::string group;  // the name of the group: the rule's, else the provider's pattern, else the hosts in order
  std::vector<MxHost> hosts;
  LimitSettings limits;
  std::chrono::steady_clock::time_point known_at;
};
using SitePtr = std::shared_ptr<const Site>;

SitePtr make_site(std::string_view domain, std::vector<MxHost> hosts, const GroupRules& rules,
                  std::chrono::steady_clock::time_point now);

class Routes {
 public:
  static constexpr std::size_t max_domains = 10'000;

  explicit Routes(std::chrono::milliseconds lifetime) : lifetime_(lifetime) {}

  // nullptr: not known, or known for too long.
  SitePtr find(const std::string& domain, std::chrono::steady_clock::time_point now) const;
  void put(const std::string& domain, SitePtr site);
  bool is_fresh(const Site& site, std::chrono::steady_clock::time_point now) const {
    return now - site.known_at < lifetime_;
  }

 private:
  std::chrono::milliseconds lifetime_;
  std::unordered_map<std::string, SitePtr> by_domain_;
};

}  // namespace sesame::delivery
