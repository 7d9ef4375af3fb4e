#include "sandbox/hosts.h"

#include <fmt/format.h>

#include <stdexcept>

#include "dns/name.h"

namespace sesame::sandbox {
namespace {

constexpr std::uint32_t negative_ttl = 5;  // a record that was just published is there soon for caches outside, too

}  // namespace

std::vector<std::string> Hosts::name_servers() const {
  std::vector<std::string> names;
  for (std::size_t i = 1; i <= name_server_addresses.size(); ++i) {
    names.push_back(fmt::format("ns{}.{}", i, provider_domain));
  }
  return names;
}

bool is_reserved(const Hosts& hosts, std::string_view name) {
  return dns::is_at_or_below(name, hosts.service_domain) || dns::is_at_or_below(name, provider_domain) ||
         dns::is_at_or_below(name, dns::parent(mx_host));
}

void add_record(zone::ZoneData& zone, std::string_view name, dns::RecordType type, std::string_view value) {
  auto data = dns::parse_record_data(type, value);
  if (const auto* error = std::get_if<dns::RecordParseError>(&data)) throw std::invalid_argument(error->text);
  if (!zone.add({std::string(name), type, world_ttl, std::get<dns::RecordData>(std::move(data))})) {
    throw std::invalid_argument(fmt::format("{} {} does not fit into the zone '{}'", name, value, zone.apex()));
  }
}

zone::ZoneData new_zone(const Hosts& hosts, std::string_view apex, std::uint32_t serial) {
  const std::vector<std::string> servers = hosts.name_servers();
  const dns::Soa soa{.primary = servers.at(0),
                     .mailbox = fmt::format("hostmaster.{}", provider_domain),
                     .serial = serial,
                     .refresh = 3600,
                     .retry = 600,
                     .expire = 1'209'600,
                     .minimum = negative_ttl};
  zone::ZoneData zone{std::string(apex), soa, world_ttl};
  for (const std::string& server : servers) add_record(zone, apex, dns::RecordType::ns, server);
  return zone;
}

}  // namespace sesame::sandbox
