// dns_providers/powerdns.h: a zone at a PowerDNS authoritative server, by its HTTP API (v1).
//
// Source: PowerDNS authoritative server documentation, "HTTP API": zones and RRsets. A PATCH is one transaction of the
// server's database, so a change set is made as a whole; it knows no prerequisites, so what is expected is read once
// more just before.
#pragma once

#include <string>

#include "base/secret.h"
#include "dns_providers/web_call.h"

namespace sesame::dns_providers {

struct PowerDnsSettings {
  std::string zone;
  http::Url url;  // without the path of the API; a path here is put before it
  std::string server_id = "localhost";
  Secret api_key;
};

class PowerDnsProvider final : public Provider {
 public:
  PowerDnsProvider(http::OutsideClient client, PowerDnsSettings settings)
      : client_(std::move(client)), settings_(std::move(settings)) {}

  ProviderTask<ZoneFacts> test(net::Deadline deadline) override;
  ProviderTask<std::vector<RecordSet>> read(std::vector<SetKey> questions, net::Deadline deadline) override;
  ProviderTask<void> apply(ChangeSet changes, net::Deadline deadline) override;

 private:
  ProviderTask<http::ClientResponse> call(std::string method, std::string_view query, std::string body,
                                          net::Deadline deadline);
  ProviderTask<boost::json::object> zone(std::string_view query, net::Deadline deadline);

  http::OutsideClient client_;
  PowerDnsSettings settings_;
};

// The sets of a zone object that are of one of `names`. Sets of types we do not know are left out, as are comments.
// Errors: malformed; refused for a set with disabled records, which a change would lose. Pure.
Result<std::vector<RecordSet>, ProviderError> sets_in_powerdns_zone(const boost::json::object& zone,
                                                                    const std::vector<std::string>& names);

// The body of a PATCH: what goes before what comes. Pure.
std::string powerdns_patch(const std::vector<Change>& changes);

}  // namespace sesame::dns_providers
