// dns_providers/route53.h: a zone at Amazon Route 53, by its API 2013-04-01, signed with Signature Version 4.
//
// Source: Route 53 API reference: ListHostedZonesByName, ListResourceRecordSets, ChangeResourceRecordSets. A batch of
// changes is made as a whole; DELETE takes a set only if its values and TTL are as given and CREATE only one that is
// not there, so the sets that change are guarded by the service. Their neighbours are read once more just before.
#pragma once

#include <string>

#include "base/clock.h"
#include "base/secret.h"
#include "dns_providers/web_call.h"
#include "dns_providers/xml_reader.h"

namespace sesame::dns_providers {

struct Route53Settings {
  std::string zone;
  std::string hosted_zone_id;  // empty: found by the zone's name; public zones only
  std::string access_key_id;
  Secret secret_access_key;
  http::Url url{true, "route53.amazonaws.com", 443, "/"};  // tests: another
};

class Route53Provider final : public Provider {
 public:
  Route53Provider(http::OutsideClient client, const Clock& clock, Route53Settings settings)
      : client_(std::move(client)), clock_(clock), settings_(std::move(settings)) {}

  ProviderTask<ZoneFacts> test(net::Deadline deadline) override;
  ProviderTask<std::vector<RecordSet>> read(std::vector<SetKey> questions, net::Deadline deadline) override;
  ProviderTask<void> apply(ChangeSet changes, net::Deadline deadline) override;

 private:
  ProviderTask<XmlElement> call(std::string method, std::string target, std::string body, net::Deadline deadline);
  ProviderTask<void> find_zone(net::Deadline deadline);
  ProviderTask<std::vector<RecordSet>> sets_at(std::string name, std::vector<SetKey> questions, net::Deadline deadline);

  http::OutsideClient client_;
  const Clock& clock_;
  Route53Settings settings_;
};

// Of a ListResourceRecordSetsResponse the sets that were asked for. Errors: malformed; refused for one that is an alias
// or one of several by routing policy, which a change would lose. Pure.
Result<std::vector<RecordSet>, ProviderError> route53_sets(const XmlElement& listing,
                                                           const std::vector<SetKey>& questions);

// A ChangeResourceRecordSetsRequest: DELETE before CREATE. Pure.
std::string route53_batch(const std::vector<Change>& changes);

}  // namespace sesame::dns_providers
