#include "app/own_doors.h"

#include <ifaddrs.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <optional>

namespace sesame::app {
namespace {

std::optional<net::IpAddress> address_of(const sockaddr* socket_address) {
  if (socket_address == nullptr) return std::nullopt;
  if (socket_address->sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, socket_address, sizeof v4);
    return boost::asio::ip::address_v4(ntohl(v4.sin_addr.s_addr));
  }
  if (socket_address->sa_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, socket_address, sizeof v6);
    boost::asio::ip::address_v6::bytes_type bytes;
    std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
    return boost::asio::ip::address_v6(bytes);  // without the scope, which no DNS record has
  }
  return std::nullopt;
}

// Of every network interface; empty if the system will not say.
std::vector<net::IpAddress> machine_addresses() {
  ifaddrs* first = nullptr;
  if (getifaddrs(&first) != 0) return {};
  const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> owner(first, &freeifaddrs);
  std::vector<net::IpAddress> addresses;
  for (const ifaddrs* at = first; at != nullptr; at = at->ifa_next) {
    if (const auto address = address_of(at->ifa_addr)) addresses.push_back(*address);
  }
  return addresses;
}

}  // namespace

std::vector<net::IpAddress> own_mail_addresses(const Config& config) {
  std::vector<net::IpAddress> own;
  const auto add = [&own](const net::IpAddress& address) {
    if (std::ranges::find(own, address) == own.end()) own.push_back(address);
  };
  for (const auto* doors : {&config.feedback.listen, &config.submission.listen, &config.submission.listen_tls}) {
    for (const net::Endpoint& door : *doors) {
      if (door.port != config.delivery.port) continue;
      if (!door.address.is_unspecified()) {
        add(door.address);
        continue;
      }
      for (const net::IpAddress& address : machine_addresses()) {
        if (address.is_v6() == door.address.is_v6()) add(address);
      }
    }
  }
  return own;
}

}  // namespace sesame::app
