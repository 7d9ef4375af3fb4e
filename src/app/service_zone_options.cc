#include "app/service_zone_options.h"

#include <fmt/format.h>

#include <algorithm>

#include "dns_providers/domain_connect.h"

namespace sesame::app {
namespace {

std::vector<net::IpAddress> reachable(const std::vector<net::Endpoint>& listened, const Config& config) {
  std::vector<net::IpAddress> addresses;
  const auto add = [&](const net::IpAddress& address) {
    if (!address.is_unspecified() && std::find(addresses.begin(), addresses.end(), address) == addresses.end()) {
      addresses.push_back(address);
    }
  };
  for (const net::Endpoint& endpoint : listened) add(endpoint.address);
  const bool every = std::any_of(listened.begin(), listened.end(),
                                 [](const net::Endpoint& endpoint) { return endpoint.address.is_unspecified(); });
  if (every || addresses.empty()) {
    for (const delivery::OwnAddress& own : config.delivery.own_addresses()) add(own.address);
  }
  return addresses;
}

}  // namespace

zone::ServiceZoneOptions service_zone_options(const Config& config, const submission::ServiceKey& own_key,
                                              const mailauth::dkim::SigningKey& domain_connect_key) {
  zone::ServiceZoneOptions options;
  options.own_dkim_key = {own_key.selector, own_key.key.record()};
  options.domain_connect_key = {std::string(dns_providers::domain_connect_key_label),
                                dns_providers::key_records(domain_connect_key)};
  options.service_domain = config.service.domain;
  options.region = config.service.region;
  options.host = {config.service.hostname, reachable(config.submission.listen, config)};
  options.feedback_addresses = reachable(config.feedback.listen, config);
  options.name_servers = {{"ns1." + config.service.domain, reachable(config.dns.listen, config)}};
  for (const delivery::OwnAddress& own : config.delivery.own_addresses()) {
    options.spf_mechanisms.push_back(fmt::format("ip{}:{}", own.address.is_v6() ? 6 : 4, own.address.to_string()));
  }
  const auto& feedback = options.feedback_addresses;
  if (options.spf_mechanisms.empty() && !feedback.empty() &&
      std::all_of(feedback.begin(), feedback.end(), [](const auto& a) { return net::is_loopback(a); })) {
    options.spf_mechanisms = {"ip4:127.0.0.0/8", "ip6:::1"};
  }
  return options;
}

}  // namespace sesame::app
