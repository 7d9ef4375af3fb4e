// app/commands/resolver_options.h: --resolver, for commands that need DNS and no configuration.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "dns/unbound_resolver.h"

namespace sesame::app {

inline constexpr std::uint16_t dns_port = 53;

// None: recursion from the root. Who is asked by name is believed: no DNSSEC validation then, and a single server is
// asked everything, so that it may be one that holds the zones itself. The error is one line naming the option.
Result<dns::UnboundOptions, std::string> resolver_options(const std::vector<std::string>& resolvers);

}  // namespace sesame::app
