#include "sandbox/world.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/log.h"
#include "dns/name.h"

namespace sesame::sandbox {
namespace {

using dns::RecordType;
using zone::ZoneAnswer;

constexpr std::uint32_t root_serial = 1;  // it never changes

void add_address(zone::ZoneData& zone, std::string_view host, const net::IpAddress& address) {
  add_record(zone, host, address.is_v4() ? RecordType::a : RecordType::aaaa, address.to_string());
}

zone::ZoneData root_zone(const Hosts& hosts) {
  zone::ZoneData root = new_zone(hosts, "", root_serial);
  const auto servers = hosts.name_servers();
  for (std::size_t i = 0; i < servers.size(); ++i) add_address(root, servers[i], hosts.name_server_addresses[i]);
  add_address(root, mx_host, hosts.receiver_address);
  add_record(root, mx_host, RecordType::txt, "v=spf1 a -all");  // its reports have a null reverse-path
  return root;
}

// The name servers a zone delegates `name` to are the service's.
bool leads_to_service(const zone::ZoneData& zone, std::string_view name, const Hosts& hosts) {
  const ZoneAnswer referral = zone.lookup(name, RecordType::a);
  return std::ranges::any_of(referral.authority, [&](const dns::Record& record) {
    const auto* ns = std::get_if<dns::Ns>(&record.data);
    return ns != nullptr && dns::is_at_or_below(ns->host, hosts.service_domain);
  });
}

}  // namespace

World::World(Hosts hosts, std::string account_id, store::ControlStore& control, const Provider& provider,
             std::shared_ptr<zone::ZoneSource> delegated)
    : hosts_(std::move(hosts)),
      account_id_(std::move(account_id)),
      control_(control),
      provider_(provider),
      delegated_(std::move(delegated)),
      root_(root_zone(hosts_)) {}

net::Task<ZoneAnswer> World::answer(std::string name, RecordType type) {
  if (const auto above = provider_.zone_holding(name)) {
    if (!leads_to_service(*above, name, hosts_)) co_return zone::refused();
    ZoneAnswer below = co_await delegated_->answer(std::move(name), type);
    co_return below;
  }
  ZoneAnswer own = root_.lookup(name, type);
  if (own.rcode == dns::Rcode::noerror) co_return own;
  if (dns::label_count(name) == 1 && dns::is_valid_name(name)) co_return root_.no_data();  // a top-level domain
  const bool nobodys = dns::is_below(name, "arpa") || dns::is_below(name, "invalid") || !dns::is_valid_host(name);
  if (nobodys) co_return root_.name_error();
  const auto registered = co_await is_identity_domain(name);
  if (!registered) co_return zone::server_failure();
  if (*registered) co_return root_.name_error();
  co_return stranger(name, type);
}

// Of the domain identities; that of an address identity is somebody else's.
net::Task<store::StoreResult<bool>> World::is_identity_domain(std::string name) {
  std::vector<std::string> candidates;
  for (std::string_view at = name; dns::label_count(at) >= 2; at = dns::parent(at)) candidates.emplace_back(at);
  const auto found = co_await control_.find_identities(account_id_, std::move(candidates));
  if (!found) {
    log::error("sandbox", "identities cannot be read", {{"name", name}, {"detail", found.error().detail}});
    co_return std::unexpected(found.error());
  }
  co_return std::ranges::any_of(
      *found, [](const store::IdentityRecord& identity) { return identity.kind == store::IdentityKind::domain; });
}

ZoneAnswer World::stranger(const std::string& name, RecordType type) const {
  if (type != RecordType::mx && type != RecordType::any) return root_.no_data();
  ZoneAnswer answer;
  answer.answers = {{name, RecordType::mx, world_ttl, dns::Mx{10, std::string(mx_host)}}};
  const RecordType family = hosts_.receiver_address.is_v4() ? RecordType::a : RecordType::aaaa;
  answer.additional = root_.set(mx_host, family);
  return answer;
}

}  // namespace sesame::sandbox
