// dns_providers/providers_api.h: publishing records at DNS providers (docs/publishing.md).
//
//   GET    /v2/sesame/dns/providers                                   the kinds and their fields
//   GET    /v2/sesame/dns/domain-connect-templates                    ours, for providers to take in
//   GET    /v2/sesame/identities/{identity}/domain-connect            offered or not, and the URL to open
//   GET, POST         /v2/sesame/dns/connections
//   GET, PUT, DELETE  /v2/sesame/dns/connections/{id}
//   POST   /v2/sesame/dns/connections/{id}/test
//   POST   /v2/sesame/identities/{identity}/records/preview
//   POST   /v2/sesame/identities/{identity}/records/publish
//   GET    /v2/sesame/identities/{identity}/records/publications
//   POST   /v2/sesame/identities/{identity}/records/publications/{id}/undo
//
// Signed and refused like SES v2; all is of the caller's account only.
#pragma once

#include "api/front.h"
#include "api/router.h"
#include "dns_providers/domain_connect_finder.h"
#include "dns_providers/record_publisher.h"

namespace sesame::dns_providers {

struct ProvidersApiOptions {
  bool delegation_offered = false;
  bool private_addresses = false;  // providers may be at special-purpose addresses
  std::string name_server;         // that a label is delegated to
};

// Mount at "/v2/sesame/dns" and "/v2/sesame/identities/{identity}/records". Thread-safe; what it is given must outlive
// it.
class ProvidersApi final : public api::Api {
 public:
  ProvidersApi(Connections& connections, RecordPublisher& publisher, DomainConnectFinder& domain_connect,
               ProvidersApiOptions options)
      : connections_(connections),
        publisher_(publisher),
        domain_connect_(domain_connect),
        options_(std::move(options)) {}

  net::Task<http::Response> handle(api::Call call) override;

 private:
  using Call = api::Call;
  using Arguments = api::Arguments;
  using Answer = net::Task<api::Outcome>;

  Answer list_kinds(Call call, Arguments arguments);
  Answer list_connections(Call call, Arguments arguments);
  Answer create_connection(Call call, Arguments arguments);
  Answer get_connection(Call call, Arguments arguments);
  Answer update_connection(Call call, Arguments arguments);
  Answer delete_connection(Call call, Arguments arguments);
  Answer test_connection(Call call, Arguments arguments);
  Answer preview(Call call, Arguments arguments);
  Answer publish(Call call, Arguments arguments);
  Answer list_publications(Call call, Arguments arguments);
  Answer undo(Call call, Arguments arguments);
  Answer list_templates(Call call, Arguments arguments);
  Answer domain_connect(Call call, Arguments arguments);

  Connections& connections_;
  RecordPublisher& publisher_;
  DomainConnectFinder& domain_connect_;
  const ProvidersApiOptions options_;
};

}  // namespace sesame::dns_providers
