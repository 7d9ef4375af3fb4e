#include "http/url.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "dns/outside_host.h"

namespace sesame::http {
namespace {

std::uint16_t default_port(bool tls) { return tls ? 443 : 80; }

bool is_host_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-' || c == '.' || c == '_';
}

// A registered name or IPv4 address, or an IPv6 address in brackets; what follows is left in `authority`.
std::optional<std::string> take_host(std::string_view& authority) {
  if (authority.starts_with('[')) {
    const std::size_t end = authority.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    const std::string host = ascii_lower(authority.substr(1, end - 1));
    const auto address = net::parse_ip(host);
    if (!address || !address->is_v6()) return std::nullopt;
    authority.remove_prefix(end + 1);
    return host;
  }
  const std::string host = ascii_lower(authority.substr(0, authority.find(':')));
  if (host.empty() || host.size() > 253 || !std::ranges::all_of(host, is_host_character)) return std::nullopt;
  authority.remove_prefix(host.size());
  return host;
}

std::optional<std::uint16_t> parse_port(std::string_view text, bool tls) {
  if (text.empty()) return default_port(tls);
  if (!text.starts_with(':')) return std::nullopt;
  text.remove_prefix(1);
  if (text.empty()) return default_port(tls);  // RFC 3986 §3.2.3: "host:" is allowed
  const auto port = parse_decimal(text);
  if (!port || *port == 0 || *port > 65535) return std::nullopt;
  return static_cast<std::uint16_t>(*port);
}

}  // namespace

std::optional<Url> parse_url(std::string_view text) {
  if (std::ranges::any_of(text, [](char c) { return c <= ' ' || c > '~'; })) return std::nullopt;
  const std::size_t colon = text.find("://");
  if (colon == std::string_view::npos) return std::nullopt;
  Url url;
  const std::string_view scheme = text.substr(0, colon);
  if (ascii_iequals(scheme, "https")) {
    url.tls = true;
  } else if (!ascii_iequals(scheme, "http")) {
    return std::nullopt;
  }
  text.remove_prefix(colon + 3);
  text = text.substr(0, text.find('#'));
  const std::size_t end = std::min(text.find_first_of("/?"), text.size());
  std::string_view authority = text.substr(0, end);
  const auto host = take_host(authority);
  if (!host) return std::nullopt;
  const auto port = parse_port(authority, url.tls);
  if (!port) return std::nullopt;
  url.host = *host;
  url.port = *port;
  url.target = text.substr(end);
  if (!url.target.starts_with('/')) url.target.insert(0, "/");
  return url;
}

std::string host_field(const Url& url) {
  const std::string host = url.host.contains(':') ? "[" + url.host + "]" : url.host;
  return url.port == default_port(url.tls) ? host : fmt::format("{}:{}", host, url.port);
}

std::string to_string(const Url& url) {
  return fmt::format("{}://{}{}", url.tls ? "https" : "http", host_field(url), url.target);
}

std::optional<net::Endpoint> literal_endpoint(const Url& url) {
  const auto address = dns::literal_address(url.host);
  if (!address) return std::nullopt;
  return net::Endpoint{*address, url.port};
}

}  // namespace sesame::http
