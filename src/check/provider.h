// check/provider.h: who runs a zone's name servers, recognised by their names. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sesame::check {

// A row of the built-in table. `suffixes` are separated by '|'; each is compared with the last labels of a name, label
// by label, and '*' inside a label stands for any characters: "awsdns-*.com" fits "ns-1.awsdns-04.com".
struct KnownProvider {
  std::string_view name;
  std::string_view suffixes;
  std::string_view help_url;  // how to add records there; empty if not known
  bool domain_connect = false;
};
std::span<const KnownProvider> known_providers();

struct Provider {
  // Those that fit the most name servers. More than one: their names cannot tell them apart (Netlify is on NS1's).
  std::vector<const KnownProvider*> choices;
  bool runs_all = true;  // false: other name servers of the zone are somebody else's

  std::string name() const;  // "A or B"; empty if nobody was recognised
};

bool fits(const KnownProvider& provider, std::string_view name_server);
Provider recognise_provider(const std::vector<std::string>& name_servers);

}  // namespace sesame::check
