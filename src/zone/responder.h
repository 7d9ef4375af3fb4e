// zone/responder.h: from the octets of a query to the octets of its response.
//
// Source: RFC 1035 §4.1.1, RFC 6891 §6.1.3 and §7 (EDNS, BADVERS), RFC 8482 (ANY), RFC 9619 (one question). No
// recursion (RA is never set), nothing outside the zones (REFUSED), no zone transfer (REFUSED).
#pragma once

#include <string>

#include "net/task.h"
#include "zone/authority.h"

namespace sesame::zone {

enum class Transport { udp, tcp };

// The largest response the asker takes: 512 octets over UDP, with EDNS what it offers but never more than 1232.
std::size_t response_limit(Transport transport, const std::optional<dns::Edns>& edns);

// "" when there is nothing to say: fewer than 12 octets, or a response. Everything else gets one, at most
// response_limit octets long. `authority` must outlive the call.
net::Task<std::string> respond(const Authority& authority, std::string query, Transport transport);

// A response without records and with TC set, for a client that is limited: it may come back by TCP. "" as above.
std::string truncated_response(std::string_view query);

}  // namespace sesame::zone
