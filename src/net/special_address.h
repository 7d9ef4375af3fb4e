// net/special_address.h: addresses that belong to nobody on the Internet.
//
// Source: the IANA special-purpose address registries (RFC 6890), RFC 1112 and RFC 4291 (multicast, reserved), RFC
// 3056, 4291, 6052 (IPv4 addresses inside IPv6 ones).
#pragma once

#include "net/endpoint.h"

namespace sesame::net {

// True for every address that is not globally reachable unicast: this host, loopback, link-local, private and shared
// networks, documentation, benchmarking, multicast, reserved. An address that stands for an IPv4 address (IPv4-mapped,
// 6to4, the NAT64 prefix 64:ff9b::/96) is what that one is.
//
// What outsiders publish in the DNS must not lead us to such an address: it would be one of our own network's hosts.
bool is_special_purpose(const IpAddress& address);

}  // namespace sesame::net
