#include "net/endpoint.h"

#include <fmt/format.h>

#include "base/text.h"

namespace sesame::net {
namespace {

std::optional<std::uint16_t> parse_port(std::string_view text) {
  const std::optional<std::uint64_t> number = parse_decimal(text);
  if (!number || *number > 65535) return std::nullopt;
  return static_cast<std::uint16_t>(*number);
}

std::optional<Endpoint> with_default_port(std::string_view address_text, std::uint16_t default_port) {
  const std::optional<IpAddress> address = parse_ip(address_text);
  if (!address || default_port == 0) return std::nullopt;
  return Endpoint{*address, default_port};
}

std::optional<Endpoint> with_port(std::string_view address_text, std::string_view port_text) {
  const std::optional<IpAddress> address = parse_ip(address_text);
  const std::optional<std::uint16_t> port = parse_port(port_text);
  if (!address || !port) return std::nullopt;
  return Endpoint{*address, *port};
}

std::optional<Endpoint> parse_bracketed(std::string_view text, std::uint16_t default_port) {
  const std::size_t end = text.find(']');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view inside = text.substr(1, end - 1);
  if (inside.find(':') == std::string_view::npos) return std::nullopt;  // brackets are for IPv6 only
  const std::string_view rest = text.substr(end + 1);
  if (rest.empty()) return with_default_port(inside, default_port);
  if (rest.front() != ':') return std::nullopt;
  return with_port(inside, rest.substr(1));
}

}  // namespace

std::string to_string(const Endpoint& endpoint) {
  const std::string address = endpoint.address.to_string();
  return endpoint.address.is_v6() ? fmt::format("[{}]:{}", address, endpoint.port)
                                  : fmt::format("{}:{}", address, endpoint.port);
}

std::optional<Endpoint> parse_endpoint(std::string_view text, std::uint16_t default_port) {
  if (text.starts_with('[')) return parse_bracketed(text, default_port);
  const std::size_t colon = text.find(':');
  // None: IPv4 without a port. Several: IPv6 without brackets, hence without a port.
  if (colon == std::string_view::npos || colon != text.rfind(':')) return with_default_port(text, default_port);
  return with_port(text.substr(0, colon), text.substr(colon + 1));
}

std::optional<IpAddress> parse_ip(std::string_view text) {
  if (text.find_first_of(std::string_view("%\0", 2)) != std::string_view::npos) return std::nullopt;  // no scope ids
  boost::system::error_code error;
  const IpAddress address = boost::asio::ip::make_address(std::string(text), error);
  if (error) return std::nullopt;
  return address;
}

bool is_loopback(const IpAddress& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, address.to_v6()).is_loopback();
  }
  return address.is_loopback();
}

}  // namespace sesame::net
