#include "app/dns_publishing.h"

#include "net/special_address.h"

namespace sesame::app {
namespace {

dns::MayContact may_contact(const Config& config) {
  const bool allow_private = config.dns.allow_private_providers;
  return [allow_private](const net::IpAddress& address) { return allow_private || !net::is_special_purpose(address); };
}

}  // namespace

DnsPublishing::DnsPublishing(const DnsPublishingDeps& deps, const Config& config)
    : maker_({deps.resolver, may_contact(config), deps.clock, deps.random}),
      connections_({*deps.stores.providers, maker_, deps.clock, deps.random}),
      publisher_({connections_, *deps.stores.providers, *deps.stores.control, deps.identities, deps.clock, deps.random,
                  deps.names, !config.dns.listen.empty()}),
      domain_connect_({deps.identities, deps.authoritative, deps.resolver,
                       http::OutsideClient(deps.resolver, may_contact(config)), deps.names, deps.domain_connect_key}),
      api_(connections_, publisher_, domain_connect_,
           {!config.dns.listen.empty(), config.dns.allow_private_providers, deps.names.name_server()}) {}

}  // namespace sesame::app
