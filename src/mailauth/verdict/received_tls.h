// mailauth/verdict/received_tls.h: what a stored message still tells about the connection it came over.
//
// Source: RFC 5321 §4.4 (Received), RFC 3848 and RFC 6531 §4.3 ("with ESMTPS" and its kind).
#pragma once

#include <optional>
#include <string>

#include "message/header_section.h"
#include "net/endpoint.h"

namespace sesame::mailauth {

// Looks for the first Received field, from the top, that was written when this client delivered: its from part holds
// the address in brackets. Returns "TLS" or "" (no TLS) by the field's with keyword; nullopt if there is no such field
// or the keyword is none of those registered.
std::optional<std::string> tls_by_received(const message::ParsedMessage& message, const net::IpAddress& client);

}  // namespace sesame::mailauth
