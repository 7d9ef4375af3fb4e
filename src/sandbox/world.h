// sandbox/world.h: every name that is in no zone: the rest of the internet, as the sandbox has it.
//
//   a name below a zone of the provider  a label that is delegated away: answered if it was delegated to the service
//   the world's own hosts, the root      their records; the root's SOA and NS hold everything below together
//   at or below an identity's domain     NXDOMAIN: the domain is registered, but with no provider yet
//   below arpa or invalid, or not made   NXDOMAIN (strangers publish no _domainkey, no _dmarc)
//   of host name labels
//   any other                            MX 10 to the receiver and nothing else, so that mail to anybody arrives
#pragma once

#include <memory>
#include <string>

#include "sandbox/hosts.h"
#include "sandbox/provider.h"
#include "store/control_store.h"
#include "zone/zone_source.h"

namespace sesame::sandbox {

// Thread-safe. `control` and `provider` must outlive the last question.
class World final : public zone::ZoneSource {
 public:
  // `delegated` answers for labels that are delegated to the service with NS; REFUSED for those it does not know.
  World(Hosts hosts, std::string account_id, store::ControlStore& control, const Provider& provider,
        std::shared_ptr<zone::ZoneSource> delegated);

  net::Task<zone::ZoneAnswer> answer(std::string name, dns::RecordType type) override;

 private:
  net::Task<store::StoreResult<bool>> is_identity_domain(std::string name);
  zone::ZoneAnswer stranger(const std::string& name, dns::RecordType type) const;

  const Hosts hosts_;
  const std::string account_id_;
  store::ControlStore& control_;
  const Provider& provider_;
  const std::shared_ptr<zone::ZoneSource> delegated_;
  const zone::ZoneData root_;
};

}  // namespace sesame::sandbox
