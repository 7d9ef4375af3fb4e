#include "dns_providers/provider_maker.h"

#include "base/text.h"
#include "dns/name.h"
#include "dns_providers/cloudflare.h"
#include "dns_providers/powerdns.h"
#include "dns_providers/rfc2136.h"
#include "dns_providers/route53.h"

namespace sesame::dns_providers {
namespace {

std::unexpected<FieldError> refuse(std::string field, std::string text) {
  return std::unexpected(FieldError{std::move(field), std::move(text)});
}

}  // namespace

std::optional<std::pair<std::string, std::uint16_t>> parse_host_port(std::string_view text,
                                                                     std::uint16_t default_port) {
  text = trim(text);
  if (const auto endpoint = net::parse_endpoint(text, default_port)) {
    return std::pair(endpoint->address.to_string(), endpoint->port);
  }
  std::uint16_t port = default_port;
  if (const std::size_t colon = text.rfind(':'); colon != text.npos) {
    const auto number = parse_decimal(text.substr(colon + 1));
    if (!number || *number == 0 || *number > 65'535) return std::nullopt;
    port = static_cast<std::uint16_t>(*number);
    text = text.substr(0, colon);
  }
  std::string host = dns::canonical(text);
  if (host != "localhost" && !dns::is_valid_host(host)) return std::nullopt;
  return std::pair(std::move(host), port);
}

Result<std::unique_ptr<Provider>, FieldError> ProviderMaker::make(const Kind& kind, std::string zone,
                                                                  const Credentials& credentials) {
  if (kind.kind == "rfc2136") return make_rfc2136(std::move(zone), credentials);
  if (kind.kind == "powerdns") return make_powerdns(std::move(zone), credentials);
  if (kind.kind == "cloudflare") return make_cloudflare(std::move(zone), credentials);
  if (kind.kind == "route53") return make_route53(std::move(zone), credentials);
  return refuse("kind", "There is no such kind of provider.");
}

Result<std::unique_ptr<Provider>, FieldError> ProviderMaker::make_rfc2136(std::string zone,
                                                                          const Credentials& credentials) const {
  const auto server = parse_host_port(credentials.setting("server"), 53);
  if (!server) return refuse("settings.server", "It must be a host name or an address, with :port if that is not 53.");
  const std::string key_name = dns::canonical(credentials.setting("key_name"));
  if (!dns::is_valid_name(key_name)) return refuse("settings.key_name", "A key is called by a domain name.");
  const auto algorithm = dns::parse_tsig_algorithm(credentials.setting("algorithm"));
  if (!algorithm) return refuse("settings.algorithm", "There is no such algorithm.");
  auto key = base64_decode(trim(credentials.secret("key")));
  if (!key || key->empty()) return refuse("secrets.key", "It is not base64.");
  Rfc2136Settings settings{.zone = std::move(zone),
                           .host = server->first,
                           .port = server->second,
                           .udp = credentials.setting("transport") == "udp",
                           .key = {key_name, *algorithm, Secret(std::move(*key))}};
  return std::make_unique<Rfc2136Provider>(Rfc2136Deps{deps_.resolver, deps_.may_contact, deps_.clock, deps_.random},
                                           std::move(settings));
}

Result<std::unique_ptr<Provider>, FieldError> ProviderMaker::make_powerdns(std::string zone,
                                                                           const Credentials& credentials) const {
  const auto url = http::parse_url(credentials.setting("url"));
  if (!url || url->target.contains('?')) {
    return refuse("settings.url", "It must be an http or https URL such as http://192.0.2.1:8081.");
  }
  PowerDnsSettings settings{std::move(zone), *url, credentials.setting("server_id"),
                            Secret(std::string(credentials.secret("api_key")))};
  return std::make_unique<PowerDnsProvider>(client(), std::move(settings));
}

Result<std::unique_ptr<Provider>, FieldError> ProviderMaker::make_cloudflare(std::string zone,
                                                                             const Credentials& credentials) const {
  return std::make_unique<CloudflareProvider>(
      client(), CloudflareSettings{.zone = std::move(zone),
                                   .zone_id = credentials.setting("zone_id"),
                                   .api_token = Secret(std::string(credentials.secret("api_token")))});
}

Result<std::unique_ptr<Provider>, FieldError> ProviderMaker::make_route53(std::string zone,
                                                                          const Credentials& credentials) const {
  return std::make_unique<Route53Provider>(
      client(), deps_.clock,
      Route53Settings{.zone = std::move(zone),
                      .hosted_zone_id = credentials.setting("hosted_zone_id"),
                      .access_key_id = credentials.setting("access_key_id"),
                      .secret_access_key = Secret(std::string(credentials.secret("secret_access_key")))});
}

}  // namespace sesame::dns_providers
