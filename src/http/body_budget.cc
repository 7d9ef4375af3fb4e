#include "http/body_budget.h"

#include <algorithm>

namespace sesame::http {

net::IpAddress BodyBudget::network_of(const net::IpAddress& client) {
  if (client.is_v4() || client.to_v6().is_v4_mapped()) return client;
  auto octets = client.to_v6().to_bytes();
  std::fill(octets.begin() + 8, octets.end(), 0);
  return boost::asio::ip::address_v6(octets);
}

bool BodyBudget::take(const net::IpAddress& client, std::size_t octets) {
  const std::scoped_lock lock(mutex_);
  if (octets > limits_.octets - held_) return false;
  const auto known = by_client_.find(client);
  const std::size_t before = known == by_client_.end() ? 0 : known->second;
  if (octets > limits_.octets_per_client - before) return false;
  held_ += octets;
  by_client_[client] = before + octets;
  return true;
}

void BodyBudget::give_back(const net::IpAddress& client, std::size_t octets) {
  const std::scoped_lock lock(mutex_);
  held_ -= octets;
  const auto known = by_client_.find(client);
  known->second -= octets;
  if (known->second == 0) by_client_.erase(known);
}

}  // namespace sesame::http
