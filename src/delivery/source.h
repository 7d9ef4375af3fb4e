// delivery/source.h: the addresses of this host that mail leaves from.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "net/endpoint.h"

namespace sesame::delivery {

// As the configuration has it ([[delivery.address]] and delivery.source_addresses).
struct OwnAddress {
  net::IpAddress address;
  std::string helo_name;     // empty: the service's
  std::uint32_t weight = 1;  // its share among those of its pool
  std::string pool;          // where a dedicated address begins; empty: one of those that all mail shares
  bool is_warm = false;      // a dedicated address that is known to receivers
  friend bool operator==(const OwnAddress&, const OwnAddress&) = default;
};

// What sessions leave from: such an address, or whichever the system chooses.
struct Source {
  std::optional<net::IpAddress> address;  // nullopt: the system chooses
  bool v4 = true, v6 = true;              // which hosts it reaches
  std::string helo_name;
  std::uint32_t weight = 1;
  std::string pool;                  // the key of its pool (PoolBook)
  std::optional<Time> warmup_began;  // unset: it is warm

  bool covers(const net::IpAddress& host) const { return host.is_v6() ? v6 : v4; }
  std::string name() const { return address ? address->to_string() : ""; }
};
using SourcePtr = std::shared_ptr<const Source>;

// `helo_name` unless it has its own.
inline Source make_source(const OwnAddress& own, const std::string& helo_name) {
  Source source{.address = own.address, .v4 = own.address.is_v4(), .v6 = own.address.is_v6(), .weight = own.weight};
  source.helo_name = own.helo_name.empty() ? helo_name : own.helo_name;
  return source;
}

// Those a session may leave from: one, and another of its pool for hosts that only the other can reach.
struct SessionSources {
  SourcePtr first;
  SourcePtr second;  // may be null
};

}  // namespace sesame::delivery
