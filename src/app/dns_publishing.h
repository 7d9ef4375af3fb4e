// app/dns_publishing.h: the part of the wiring that publishes records at customers' DNS providers (dns_providers/).
#pragma once

#include "app/config.h"
#include "dns/authoritative.h"
#include "dns_providers/provider_maker.h"
#include "dns_providers/providers_api.h"
#include "identity/identity_service.h"
#include "store/open.h"

namespace sesame::app {

struct DnsPublishingDeps {
  store::Stores& stores;
  identity::IdentityService& identities;
  dns::AuthoritativeClient& authoritative;
  dns::Resolver& resolver;
  const Clock& clock;
  RandomSource& random;
  identity::ServiceNames names;
  mailauth::dkim::SigningKey domain_connect_key;
};

// What `deps` refers to must outlive it.
class DnsPublishing {
 public:
  DnsPublishing(const DnsPublishingDeps& deps, const Config& config);

  api::Api& api() { return api_; }

 private:
  dns_providers::ProviderMaker maker_;
  dns_providers::Connections connections_;
  dns_providers::RecordPublisher publisher_;
  dns_providers::DomainConnectFinder domain_connect_;
  dns_providers::ProvidersApi api_;
};

}  // namespace sesame::app
