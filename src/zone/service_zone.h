// zone/service_zone.h: the service's own zone (docs: "Records a customer publishes").
//
// For service domain svc.example and region us-east-1:
//   svc.example                         SOA, NS, MX feedback host, TXT "v=spf1 ip4:... -all"
//   feedback-smtp.us-east-1.svc.example A, AAAA
//   <selector>._domainkey.svc.example   TXT, the key of the service's own mail, if there is one
//   _dck1.svc.example                   TXT, the key that signs Domain Connect URLs, if there is one
//   <token>.dkim.svc.example            TXT "v=DKIM1; k=rsa; p=..." (from a TokenSource, not held here)
//   <region>.svc.example                MX, TXT: the default MAIL FROM domain outside us-east-1
//   the service's host and its name servers, as far as they are in the zone: A, AAAA
// and, for a customer who delegated the label of the MAIL FROM domain here with NS, that label as a zone of its own:
// SOA, NS, MX 10 feedback-smtp..., TXT "v=spf1 include:svc.example ~all".
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "net/endpoint.h"
#include "zone/zone_data.h"
#include "zone/zone_source.h"

namespace sesame::zone {

struct Host {
  std::string name;
  std::vector<net::IpAddress> addresses;  // published if the name is in the service domain
};

struct ServiceZoneOptions {
  std::string service_domain;
  std::string region;
  Host host;  // HELO name of the service; its addresses
  std::vector<net::IpAddress> feedback_addresses;
  std::vector<Host> name_servers;           // at least one
  std::vector<std::string> spf_mechanisms;  // "ip4:192.0.2.1": where the service sends from
  // Selector and TXT value of the service domain's own DKIM key.
  std::optional<std::pair<std::string, std::string>> own_dkim_key;
  // Label and TXT values of the key that signs Domain Connect URLs; no values: there is none.
  std::pair<std::string, std::vector<std::string>> domain_connect_key;
  std::uint32_t serial = 1;
  std::uint32_t ttl = 300;
  std::uint32_t negative_ttl = 30;  // how long a resolver may remember that a new token is not there yet
};

std::string feedback_host(const ServiceZoneOptions& options);  // feedback-smtp.<region>.<domain>
std::string default_mail_from_domain(const ServiceZoneOptions& options);
std::string apex_spf(const ServiceZoneOptions& options);       // v=spf1 ip4:... -all
std::string mail_from_spf(const ServiceZoneOptions& options);  // v=spf1 include:<domain> ~all

enum class TokenError { unavailable };  // the store cannot be read now; the question is answered SERVFAIL

// What the store knows about names that customers point here. Thread-safe.
class TokenSource {
 public:
  virtual ~TokenSource() = default;
  // The whole TXT value for <token>.dkim.<domain>; nullopt for a token that was never given out.
  virtual net::Task<Result<std::optional<std::string>, TokenError>> dkim_record(std::string token) = 0;
  // True if `name` is set as the MAIL FROM domain of some identity, in whatever state that is.
  virtual net::Task<Result<bool, TokenError>> is_mail_from_domain(std::string name) = 0;
};

// The records that do not depend on tokens. Throws std::invalid_argument if a name or address does not fit (start-up).
ZoneData build_service_zone(const ServiceZoneOptions& options);

// The zone of one delegated MAIL FROM domain.
ZoneData build_mail_from_zone(const ServiceZoneOptions& options, std::string_view mail_from_domain);

// The whole as a zone file, for those who serve the zone elsewhere. `tokens` are pairs of token and TXT value.
std::string print_service_zone(const ServiceZoneOptions& options,
                               const std::vector<std::pair<std::string, std::string>>& tokens);

// Answers for the service domain. `tokens` must outlive it.
class ServiceZone final : public ZoneSource {
 public:
  ServiceZone(ServiceZoneOptions options, TokenSource& tokens);
  net::Task<ZoneAnswer> answer(std::string name, dns::RecordType type) override;

 private:
  const ZoneData zone_;
  const std::string dkim_suffix_;
  const std::uint32_t ttl_;
  TokenSource& tokens_;
};

// Answers for delegated MAIL FROM domains (Authority::set_fallback); REFUSED for every other name.
class DelegatedMailFrom final : public ZoneSource {
 public:
  // Labels may stand before the MAIL FROM domain in a question: at most this many are looked behind.
  static constexpr std::size_t max_labels_below = 3;

  DelegatedMailFrom(ServiceZoneOptions options, TokenSource& tokens);
  net::Task<ZoneAnswer> answer(std::string name, dns::RecordType type) override;

 private:
  const ServiceZoneOptions options_;
  TokenSource& tokens_;
};

}  // namespace sesame::zone
