#include "app/commands/resolver_options.h"

#include <fmt/format.h>

namespace sesame::app {

Result<dns::UnboundOptions, std::string> resolver_options(const std::vector<std::string>& resolvers) {
  dns::UnboundOptions options;
  for (const std::string& text : resolvers) {
    const auto endpoint = net::parse_endpoint(text, dns_port);
    if (!endpoint) return std::unexpected(fmt::format("--resolver: {} is not IP[:PORT]", text));
    options.resolvers.push_back(*endpoint);
  }
  if (options.resolvers.size() == 1) options.stub_root = options.resolvers.front();
  if (!options.resolvers.empty()) options.trust_anchor = "none";
  return options;
}

}  // namespace sesame::app
