// dns_providers/rfc2136.h: a zone on a name server that takes dynamic updates signed with TSIG: BIND, Knot, PowerDNS,
// Windows, and everything else that speaks RFC 2136 and RFC 8945.
//
// Questions are signed as well, so that what is read is the server's word. A change set is one UPDATE whose
// prerequisites are the sets that were seen (§2.4.2, §2.4.3): what somebody else changed meanwhile makes the server
// refuse all of it. Prerequisites also tell what stands in the zone from what a server makes up of a wildcard when it
// is asked (RFC 4592).
//
// An update is sent once; a refusal that is not signed leaves open whether it has happened.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/random.h"
#include "dns/outside_host.h"
#include "dns/tsig.h"
#include "dns_providers/provider.h"
#include "net/stream.h"

namespace sesame::dns_providers {

struct Rfc2136Settings {
  std::string zone;
  std::string host;  // name or address
  std::uint16_t port = 53;
  bool udp = false;  // what is too long for a datagram, and answers cut short, go over TCP all the same
  dns::TsigKey key;
};

struct Rfc2136Deps {
  dns::Resolver& resolver;
  dns::MayContact may_contact;
  const Clock& clock;
  RandomSource& random;
};

class Rfc2136Provider final : public Provider {
 public:
  Rfc2136Provider(Rfc2136Deps deps, Rfc2136Settings settings)
      : deps_(std::move(deps)), settings_(std::move(settings)) {}

  // Asks for the SOA and sends an update that changes nothing.
  ProviderTask<ZoneFacts> test(net::Deadline deadline) override;
  ProviderTask<std::vector<RecordSet>> read(std::vector<SetKey> questions, net::Deadline deadline) override;
  ProviderTask<void> apply(ChangeSet changes, net::Deadline deadline) override;

 private:
  enum class Repeat { may_be_sent_again, is_sent_once };

  ProviderTask<std::vector<net::Endpoint>> endpoints(net::Deadline deadline);
  Result<dns::Message, ProviderError> verified(const std::string& response, const dns::SignedRequest& request,
                                               net::Endpoint server) const;
  ProviderTask<dns::Message> ask(std::string octets, Repeat repeat, net::Deadline deadline);
  ProviderTask<dns::Message> ask_at(net::Endpoint server, const dns::SignedRequest& request, Repeat repeat,
                                    net::Deadline deadline);
  net::Task<Result<std::string, net::NetError>> ask_by_stream(net::Endpoint server, const dns::SignedRequest& request,
                                                              net::Deadline deadline, bool& sent);
  ProviderTask<dns::Message> query(SetKey question, net::Deadline deadline);
  ProviderTask<void> update(dns::Update update, net::Deadline deadline);
  ProviderTask<bool> stand_there(std::vector<RecordSet> sets, net::Deadline deadline);
  ProviderTask<std::vector<RecordSet>> without_made_up(std::vector<RecordSet> sets, net::Deadline deadline);

  Rfc2136Deps deps_;
  Rfc2136Settings settings_;
  std::unique_ptr<net::Stream> stream_;  // of the question before; the next one goes there too (RFC 7766 §6.2.1)
};

// What a response says about one set: the sets it holds of that name, an alias or a delegation at or above it
// included. Pure.
std::vector<RecordSet> sets_in(const dns::Message& response, const SetKey& question, std::string_view zone);

}  // namespace sesame::dns_providers
