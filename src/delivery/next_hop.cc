#include "delivery/next_hop.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "dns/name.h"
#include "net/special_address.h"

namespace sesame::delivery {
namespace {

using dns::AnswerStatus;
using dns::RecordType;

NextHop failure(NextHopProblem problem, std::string detail) { return NextHopFailure{problem, std::move(detail)}; }

bool is_own(const net::IpAddress& address, const HostRules& rules) {
  return std::ranges::find(rules.own_addresses, address) != rules.own_addresses.end();
}

bool is_forbidden(const net::IpAddress& address, const HostRules& rules) {
  return !rules.allow_private && net::is_special_purpose(address);
}

std::string not_taken_there(std::string_view domain, std::string_view host, const net::IpAddress& address) {
  return fmt::format("mail for {} is not taken to {} [{}]: that is no address of the Internet", domain, host,
                     address.to_string());
}

std::string loops(std::string_view domain) {
  return fmt::format("mail for {} loops back to this service: its best mail host is ourselves", domain);
}

NextHop literal(std::string_view domain, const HostRules& rules) {
  std::string_view inner = domain.substr(1, domain.size() - 2);
  if (inner.size() > 5 && ascii_iequals(inner.substr(0, 5), "IPv6:")) inner.remove_prefix(5);
  const auto address = net::parse_ip(inner);
  if (!address) return failure(NextHopProblem::bad_literal, fmt::format("{} is not an address", domain));
  if (is_own(*address, rules)) return failure(NextHopProblem::loops_back, loops(domain));
  if (is_forbidden(*address, rules)) {
    return failure(NextHopProblem::private_address, not_taken_there(domain, inner, *address));
  }
  return std::vector<MxHost>{MxHost{std::string(inner), {*address}}};
}

struct HostAddresses {
  std::vector<net::IpAddress> addresses;
  bool unknown = false;                       // a question was not answered
  bool own = false;                           // one of them is ours
  std::optional<net::IpAddress> forbidden{};  // one that was left out for that
};

// At most max_addresses_per_family of one family, so that a host with many of one is still tried at the other.
void collect(const dns::Answer& answer, const HostRules& rules, HostAddresses& into) {
  if (answer.status == AnswerStatus::servfail || answer.status == AnswerStatus::timeout) into.unknown = true;
  std::size_t taken = 0;
  for (const dns::Record& record : answer.records) {
    const std::string* text = nullptr;
    if (const auto* v4 = std::get_if<dns::A>(&record.data)) text = &v4->address;
    if (const auto* v6 = std::get_if<dns::Aaaa>(&record.data)) text = &v6->address;
    const auto address = text == nullptr ? std::nullopt : net::parse_ip(*text);
    if (!address) continue;
    if (is_own(*address, rules)) {
      into.own = true;
    } else if (is_forbidden(*address, rules)) {
      into.forbidden = *address;
    } else if (taken++ < max_addresses_per_family) {
      into.addresses.push_back(*address);
    }
  }
}

net::Task<HostAddresses> addresses_of(dns::Resolver& resolver, std::string host, const HostRules& rules,
                                      net::Deadline deadline) {
  HostAddresses result;
  if (std::ranges::find(rules.own_names, host) != rules.own_names.end()) {
    result.own = true;
    co_return result;
  }
  const dns::Answer v6 = co_await resolver.resolve(host, RecordType::aaaa, deadline);
  collect(v6, rules, result);
  const dns::Answer v4 = co_await resolver.resolve(host, RecordType::a, deadline);
  collect(v4, rules, result);
  co_return result;
}

struct Exchange {
  std::uint16_t preference;
  std::string host;
};

// RFC 5321 §5.1: sorted by preference; among equals the order is random, so that load spreads.
std::vector<Exchange> ordered_exchanges(const std::vector<dns::Record>& records, RandomSource& random) {
  struct Entry {
    std::uint16_t preference;
    std::uint64_t shuffle;
    std::string host;
  };
  std::vector<Entry> entries;
  for (const dns::Record& record : records) {
    const auto* mx = std::get_if<dns::Mx>(&record.data);
    if (mx != nullptr) entries.push_back({mx->preference, random.below(1u << 30), mx->exchange});
  }
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return std::pair(a.preference, a.shuffle) < std::pair(b.preference, b.shuffle);
  });
  std::vector<Exchange> exchanges;
  for (Entry& entry : entries) {
    if (exchanges.size() < max_mx_hosts && !entry.host.empty()) {
      exchanges.push_back({entry.preference, std::move(entry.host)});
    }
  }
  return exchanges;
}

bool is_null_mx(const std::vector<dns::Record>& records) {
  const auto* mx = records.size() == 1 ? std::get_if<dns::Mx>(&records.front().data) : nullptr;
  return mx != nullptr && mx->exchange.empty();
}

net::Task<NextHop> implicit_mx(dns::Resolver& resolver, std::string domain, const HostRules& rules,
                               net::Deadline deadline) {
  HostAddresses found = co_await addresses_of(resolver, domain, rules, deadline);
  if (found.own) co_return failure(NextHopProblem::loops_back, loops(domain));
  if (!found.addresses.empty()) co_return std::vector<MxHost>{MxHost{domain, std::move(found.addresses)}};
  if (found.unknown)
    co_return failure(NextHopProblem::dns_unavailable, fmt::format("addresses of {} cannot be looked up", domain));
  if (found.forbidden)
    co_return failure(NextHopProblem::private_address, not_taken_there(domain, domain, *found.forbidden));
  co_return failure(NextHopProblem::no_mail_host, fmt::format("{} has neither MX nor address records", domain));
}

net::Task<NextHop> explicit_mx(dns::Resolver& resolver, std::string domain, std::vector<Exchange> exchanges,
                               const HostRules& rules, net::Deadline deadline) {
  std::vector<MxHost> hosts;
  bool unknown = false;
  std::string forbidden;
  for (const Exchange& exchange : exchanges) {
    HostAddresses found = co_await addresses_of(resolver, exchange.host, rules, deadline);
    if (found.own) {
      // Those of the same preference as ours are no nearer to the recipient than we are.
      while (!hosts.empty() && hosts.back().preference == exchange.preference) hosts.pop_back();
      if (hosts.empty() && !unknown) co_return failure(NextHopProblem::loops_back, loops(domain));
      break;
    }
    const bool is_unknown = found.addresses.empty() && found.unknown;
    unknown = unknown || is_unknown;
    if (found.forbidden) forbidden = not_taken_there(domain, exchange.host, *found.forbidden);
    if (found.addresses.empty() && !is_unknown) continue;
    hosts.push_back(MxHost{exchange.host, std::move(found.addresses), exchange.preference});
  }
  if (std::ranges::any_of(hosts, [](const MxHost& host) { return !host.addresses.empty(); })) co_return hosts;
  if (unknown) {
    co_return failure(NextHopProblem::dns_unavailable,
                      fmt::format("addresses of the MX of {} cannot be looked up", domain));
  }
  if (!forbidden.empty()) co_return failure(NextHopProblem::private_address, forbidden);
  co_return failure(NextHopProblem::mx_without_address, fmt::format("no MX of {} has an address", domain));
}

}  // namespace

net::Task<NextHop> find_next_hop(dns::Resolver& resolver, std::string domain, const HostRules& rules,
                                 RandomSource& random, net::Deadline deadline) {
  if (domain.starts_with('[') && domain.ends_with(']')) co_return literal(domain, rules);
  domain = dns::canonical(domain);
  const dns::Answer answer = co_await resolver.resolve(domain, RecordType::mx, deadline);
  switch (answer.status) {
    case AnswerStatus::servfail:
    case AnswerStatus::timeout:
      co_return failure(NextHopProblem::dns_unavailable, fmt::format("MX of {} cannot be looked up: {} {}", domain,
                                                                     dns::name(answer.status), answer.detail));
    case AnswerStatus::nxdomain:
      co_return failure(NextHopProblem::no_such_domain, fmt::format("{} does not exist", domain));
    case AnswerStatus::no_data: {
      auto implicit = co_await implicit_mx(resolver, domain, rules, deadline);
      co_return implicit;
    }
    case AnswerStatus::found: break;
  }
  if (is_null_mx(answer.records))
    co_return failure(NextHopProblem::null_mx, fmt::format("{} accepts no mail (null MX)", domain));
  std::vector<Exchange> exchanges = ordered_exchanges(answer.records, random);
  auto found = co_await explicit_mx(resolver, domain, std::move(exchanges), rules, deadline);
  co_return found;
}

}  // namespace sesame::delivery
