#include "zone/rate_limit.h"

namespace sesame::zone {
namespace {

// The octets of a /24 or a /56.
std::string network_of(const net::IpAddress& client) {
  const bool mapped = client.is_v6() && client.to_v6().is_v4_mapped();
  if (client.is_v4() || mapped) {
    const auto v4 =
        mapped ? boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, client.to_v6()) : client.to_v4();
    const auto octets = v4.to_bytes();
    return {octets.begin(), octets.begin() + 3};
  }
  const auto octets = client.to_v6().to_bytes();
  return {octets.begin(), octets.begin() + 7};
}

}  // namespace

void ResponseRateLimit::forget_idle(dns::TokenBucket::Moment now) {
  if (now - last_forgotten_ < std::chrono::seconds(1)) return;  // one sweep a second, however hard the flood
  last_forgotten_ = now;
  std::erase_if(networks_, [&](auto& entry) { return entry.second.idle(now); });
}

ResponseRateLimit::Verdict ResponseRateLimit::check(const net::IpAddress& client, dns::TokenBucket::Moment now) {
  if (per_second_ <= 0 || net::is_loopback(client)) return Verdict::respond;
  const std::string network = network_of(client);
  auto found = networks_.find(network);
  if (found == networks_.end()) {
    if (networks_.size() >= max_networks) forget_idle(now);
    if (networks_.size() >= max_networks) return Verdict::respond;
    found = networks_.emplace(network, dns::TokenBucket(per_second_, per_second_, now)).first;
  }
  if (found->second.take(now)) return Verdict::respond;
  slip_ = !slip_;
  return slip_ ? Verdict::respond_truncated : Verdict::drop;
}

}  // namespace sesame::zone
