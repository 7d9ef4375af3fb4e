// dns_providers/cloudflare.h: a zone at Cloudflare, by its API v4.
//
// Source: developers.cloudflare.com/api (zones, DNS records, batch). A batch is one transaction of their database:
// deletes, then posts; one that fails leaves everything as it was. It knows no prerequisites but the ids of the records
// deleted, so what is expected is read once more just before.
#pragma once

#include <string>

#include "base/secret.h"
#include "dns_providers/web_call.h"

namespace sesame::dns_providers {

struct CloudflareSettings {
  std::string zone;
  std::string zone_id;  // empty: found by the zone's name
  Secret api_token;
  http::Url url{true, "api.cloudflare.com", 443, "/client/v4"};  // tests: another
};

// One record as the API has it.
struct CloudflareRecord {
  std::string id;
  dns::Record record;
  bool proxied = false;
};

class CloudflareProvider final : public Provider {
 public:
  CloudflareProvider(http::OutsideClient client, CloudflareSettings settings)
      : client_(std::move(client)), settings_(std::move(settings)) {}

  ProviderTask<ZoneFacts> test(net::Deadline deadline) override;
  ProviderTask<std::vector<RecordSet>> read(std::vector<SetKey> questions, net::Deadline deadline) override;
  ProviderTask<void> apply(ChangeSet changes, net::Deadline deadline) override;

 private:
  ProviderTask<boost::json::value> call(std::string method, std::string path, std::string body, net::Deadline deadline);
  ProviderTask<void> find_zone(net::Deadline deadline);
  ProviderTask<void> check_zone_id(net::Deadline deadline);
  ProviderTask<std::vector<CloudflareRecord>> records_of(std::vector<SetKey> questions, net::Deadline deadline);
  ProviderTask<std::vector<CloudflareRecord>> records_at(std::string name, net::Deadline deadline);

  http::OutsideClient client_;
  CloudflareSettings settings_;
};

// The records in the `result` of a listing, those of types we do not know left out. Error: malformed. Pure.
Result<std::vector<CloudflareRecord>, ProviderError> cloudflare_records(const boost::json::value& result);

// The body of a batch; `present` are the records at the names that change, for their ids. Pure.
std::string cloudflare_batch(const std::vector<Change>& changes, const std::vector<CloudflareRecord>& present);

}  // namespace sesame::dns_providers
