// dns/outside_host.h: where a host leads that somebody else has named.
//
// Whoever names it may not reach what we can reach (SSRF): its name is resolved here, each address is judged, and the
// caller connects to the very addresses that were judged.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "dns/resolver.h"
#include "net/endpoint.h"
#include "net/task.h"

namespace sesame::dns {

// Addresses of the Internet, unless configured otherwise (net/special_address.h).
using MayContact = std::function<bool(const net::IpAddress&)>;

enum class OutsideHostErrc {
  no_address,  // the name cannot be resolved now
  refused,     // one of its addresses may not be contacted; among others that may, somebody tries or it is a mistake
};
struct OutsideHostError {
  OutsideHostErrc code = OutsideHostErrc::no_address;
  std::string detail;  // one line, for whoever named the host; outside text in part
};

inline constexpr std::size_t max_outside_addresses = 3;

// The address a host is by itself, without the DNS: one in numbers, or "localhost" (RFC 6761).
std::optional<net::IpAddress> literal_address(std::string_view host);

// At least one, at most max_outside_addresses.
net::Task<Result<std::vector<net::Endpoint>, OutsideHostError>> outside_endpoints(Resolver& resolver,
                                                                                  MayContact may_contact,
                                                                                  std::string host, std::uint16_t port,
                                                                                  net::Deadline deadline);

}  // namespace sesame::dns
