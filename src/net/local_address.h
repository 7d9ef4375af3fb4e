// net/local_address.h: whether an address is one of this host's.
#pragma once

#include <optional>
#include <string>

#include "net/endpoint.h"

namespace sesame::net {

// Why no socket can be bound to the address, "bind 192.0.2.1: Cannot assign requested address"; nullopt: one can.
std::optional<std::string> bind_problem(const IpAddress& address);

}  // namespace sesame::net
