// dns_providers/provider_maker.h: providers from what was entered about them.
#pragma once

#include "base/clock.h"
#include "base/random.h"
#include "dns/outside_host.h"
#include "dns_providers/kinds.h"
#include "http/outside_client.h"

namespace sesame::dns_providers {

struct ProviderMakerDeps {
  dns::Resolver& resolver;
  dns::MayContact may_contact;
  const Clock& clock;
  RandomSource& random;
};

// Thread-safe; what `deps` refers to must outlive it and what it makes.
class ProviderMaker final : public ProviderFactory {
 public:
  explicit ProviderMaker(ProviderMakerDeps deps) : deps_(std::move(deps)) {}

  Result<std::unique_ptr<Provider>, FieldError> make(const Kind& kind, std::string zone,
                                                     const Credentials& credentials) override;

 private:
  Result<std::unique_ptr<Provider>, FieldError> make_rfc2136(std::string zone, const Credentials& credentials) const;
  Result<std::unique_ptr<Provider>, FieldError> make_powerdns(std::string zone, const Credentials& credentials) const;
  Result<std::unique_ptr<Provider>, FieldError> make_cloudflare(std::string zone, const Credentials& credentials) const;
  Result<std::unique_ptr<Provider>, FieldError> make_route53(std::string zone, const Credentials& credentials) const;
  http::OutsideClient client() const { return {deps_.resolver, deps_.may_contact}; }

  ProviderMakerDeps deps_;
};

// "host", "host:53", "192.0.2.1", "[2001:db8::1]:53": host (a name or an address without brackets) and port.
std::optional<std::pair<std::string, std::uint16_t>> parse_host_port(std::string_view text, std::uint16_t default_port);

}  // namespace sesame::dns_providers
