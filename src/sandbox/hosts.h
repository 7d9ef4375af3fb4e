// sandbox/hosts.h: the names this world has of its own: the receiver, the provider's name servers, the simulator.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "net/endpoint.h"
#include "zone/zone_data.h"

namespace sesame::sandbox {

inline constexpr std::string_view mx_host = "mx.receiver.example";
inline constexpr std::string_view provider_domain = "dns-provider.example";
inline constexpr std::uint32_t world_ttl = 60;

struct Hosts {
  std::string service_domain;
  net::IpAddress receiver_address;
  std::vector<net::IpAddress> name_server_addresses;  // at least one

  std::string simulator_domain() const { return "simulator." + service_domain; }
  std::vector<std::string> name_servers() const;  // ns1.dns-provider.example, ns2...: one for each address
};

// At or below a domain that the world needs for itself.
bool is_reserved(const Hosts& hosts, std::string_view name);

// `value` in the form of dns::parse_record_data. Throws std::invalid_argument if it does not fit: names and values are
// the world's own.
void add_record(zone::ZoneData& zone, std::string_view name, dns::RecordType type, std::string_view value);

// SOA and the provider's NS, nothing else. `apex` "" is the root.
zone::ZoneData new_zone(const Hosts& hosts, std::string_view apex, std::uint32_t serial);

}  // namespace sesame::sandbox
