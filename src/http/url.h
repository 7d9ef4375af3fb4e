// http/url.h: absolute http and https URLs (RFC 3986, RFC 9110 §4.2).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "net/endpoint.h"

namespace sesame::http {

struct Url {
  bool tls = false;          // https
  std::string host;          // lower case, IPv6 addresses without brackets; percent-encoding decoded by nobody
  std::uint16_t port = 80;   // given or the scheme's
  std::string target = "/";  // path and query as written, never empty, without fragment

  bool operator==(const Url&) const = default;
};

// Refuses other schemes, user information ("user:password@"), an empty host, blanks and controls.
std::optional<Url> parse_url(std::string_view text);

std::string to_string(const Url& url);  // the port only if it is not the scheme's

// host[:port] for the Host field.
std::string host_field(const Url& url);

// Where to connect when the host is an address, or "localhost" (127.0.0.1, RFC 6761); names need a resolver.
std::optional<net::Endpoint> literal_endpoint(const Url& url);

}  // namespace sesame::http
