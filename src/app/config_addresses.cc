#include "app/config_addresses.h"

#include <algorithm>

#include "app/config_tables.h"
#include "delivery/dedicated_pools.h"

namespace sesame::app {
namespace {

using delivery::OwnAddress;

std::string set_address(OwnAddress& own, const toml::node& node) {
  const auto* text = node.as_string();
  const auto address = text == nullptr ? std::nullopt : net::parse_ip(text->get());
  if (!address || address->is_unspecified()) return "must be an IP address of this host";
  own.address = *address;
  return "";
}

std::string set_pool(OwnAddress& own, const toml::node& node) {
  const auto* text = node.as_string();
  const bool is_usable = text != nullptr && delivery::is_pool_name(text->get()) && text->get() != store::shared_pool;
  if (!is_usable) return "must be the name of a pool: letters, digits, '_' and '-'";
  own.pool = text->get();
  return "";
}

std::string set_warm(OwnAddress& own, const toml::node& node) {
  const auto* flag = node.as_boolean();
  if (flag == nullptr) return "must be true or false";
  own.is_warm = flag->get();
  return "";
}

constexpr TableKey<OwnAddress> keys[] = {
    {"address", set_address},
    {"weight", [](OwnAddress& own, const toml::node& node) { return set_count(own.weight, node, 1000); }},
    {"helo_name", [](OwnAddress& own, const toml::node& node) { return set_host(own.helo_name, node); }},
    {"pool", set_pool},
    {"warm", set_warm},
};

std::string problem_of(const OwnAddress& own, const std::vector<OwnAddress>& before) {
  if (own.address.is_unspecified()) return "needs an address";
  if (own.is_warm && own.pool.empty()) return "warm is said of addresses of a pool; shared ones are not warmed up";
  if (std::ranges::find(before, own.address, &OwnAddress::address) != before.end()) {
    return fmt::format("{} is given twice", own.address.to_string());
  }
  return "";
}

}  // namespace

Result<std::vector<OwnAddress>, std::string> read_addresses(const toml::node& node) {
  return read_tables<OwnAddress>(node, "delivery.address", keys, problem_of);
}

}  // namespace sesame::app
