// check/provider.h: who runs a zone's name servers, recognised by their names. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sesame::check {

// What to know before typing a record into the provider's form; false: not known to be so.
struct ProviderHabits {
  bool appends_zone = false;        // to the host: only the part before the zone is typed
  bool wants_trailing_dot = false;  // at the end of host names in values, or the zone is added to them
  bool proxies = false;             // may answer with addresses of its own in the place of a record, until switched off
};

// A row of the built-in table. `suffixes` are separated by '|'; each is compared with the last labels of a name, label
// by label, and '*' inside a label stands for any characters: "awsdns-*.com" fits "ns-1.awsdns-04.com".
struct KnownProvider {
  std::string_view name;
  std::string_view suffixes;
  std::string_view help_url;      // how to add MX records there; empty if not known
  std::string_view txt_help_url;  // how to add TXT records
  bool domain_connect = false;
  ProviderHabits habits;
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
