// net/endpoint.h: an IP address and a port, as value and as text.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sesame::net {

using IpAddress = boost::asio::ip::address;

struct Endpoint {
  IpAddress address;
  std::uint16_t port = 0;

  friend bool operator==(const Endpoint&, const Endpoint&) = default;
  friend std::strong_ordering operator<=>(const Endpoint& a, const Endpoint& b) {
    if (a.address == b.address) return a.port <=> b.port;
    return a.address < b.address ? std::strong_ordering::less : std::strong_ordering::greater;
  }
};

std::string to_string(const Endpoint& endpoint);  // 192.0.2.1:25, [2001:db8::1]:25

// "192.0.2.1:25", "[2001:db8::1]:25"; without a port `default_port` is taken, and if that is 0 the port is required.
// Names are not accepted: listening addresses and resolvers are addresses.
std::optional<Endpoint> parse_endpoint(std::string_view text, std::uint16_t default_port = 0);

std::optional<IpAddress> parse_ip(std::string_view text);

// 127.0.0.0/8 and ::1, also IPv4-mapped.
bool is_loopback(const IpAddress& address);

}  // namespace sesame::net
