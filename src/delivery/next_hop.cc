#include "delivery/next_hop.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "dns/name.h"

namespace sesame::delivery {
namespace {

using dns::AnswerStatus;
using dns::RecordType;

NextHop failure(NextHopProblem problem, std::string detail) { return NextHopFailure{problem, std::move(detail)}; }

NextHop literal(std::string_view domain) {
  std::string_view inner = domain.substr(1, domain.size() - 2);
  if (inner.size() > 5 && ascii_iequals(inner.substr(0, 5), "IPv6:")) inner.remove_prefix(5);
  const auto address = net::parse_ip(inner);
  if (!address) return failure(NextHopProblem::bad_literal, fmt::format("{} is not an address", domain));
  return std::vector<MxHost>{MxHost{std::string(inner), {*address}}};
}

struct HostAddresses {
  std::vector<net::IpAddress> addresses;
  bool unknown = false;  // a question was not answered
};

// At most max_addresses_per_family of one family, so that a host with many of one is still tried at the other.
void collect(const dns::Answer& answer, HostAddresses& into) {
  if (answer.status == AnswerStatus::servfail || answer.status == AnswerStatus::timeout) into.unknown = true;
  std::size_t taken = 0;
  for (const dns::Record& record : answer.records) {
    const std::string* text = nullptr;
    if (const auto* v4 = std::get_if<dns::A>(&record.data)) text = &v4->address;
    if (const auto* v6 = std::get_if<dns::Aaaa>(&record.data)) text = &v6->address;
    const auto address = text == nullptr ? std::nullopt : net::parse_ip(*text);
    if (address && taken++ < max_addresses_per_family) into.addresses.push_back(*address);
  }
}

net::Task<HostAddresses> addresses_of(dns::Resolver& resolver, std::string host, net::Deadline deadline) {
  HostAddresses result;
  const dns::Answer v6 = co_await resolver.resolve(host, RecordType::aaaa, deadline);
  collect(v6, result);
  const dns::Answer v4 = co_await resolver.resolve(host, RecordType::a, deadline);
  collect(v4, result);
  co_return result;
}

// RFC 5321 §5.1: sorted by preference; among equals the order is random, so that load spreads.
std::vector<std::string> ordered_exchanges(const std::vector<dns::Record>& records, RandomSource& random) {
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
  std::vector<std::string> hosts;
  for (Entry& entry : entries) {
    if (hosts.size() < max_mx_hosts && !entry.host.empty()) hosts.push_back(std::move(entry.host));
  }
  return hosts;
}

bool is_null_mx(const std::vector<dns::Record>& records) {
  const auto* mx = records.size() == 1 ? std::get_if<dns::Mx>(&records.front().data) : nullptr;
  return mx != nullptr && mx->exchange.empty();
}

net::Task<NextHop> implicit_mx(dns::Resolver& resolver, std::string domain, net::Deadline deadline) {
  HostAddresses found = co_await addresses_of(resolver, domain, deadline);
  if (!found.addresses.empty()) co_return std::vector<MxHost>{MxHost{domain, std::move(found.addresses)}};
  if (found.unknown)
    co_return failure(NextHopProblem::dns_unavailable, fmt::format("addresses of {} cannot be looked up", domain));
  co_return failure(NextHopProblem::no_mail_host, fmt::format("{} has neither MX nor address records", domain));
}

}  // namespace

net::Task<NextHop> find_next_hop(dns::Resolver& resolver, std::string domain, RandomSource& random,
                                 net::Deadline deadline) {
  if (domain.starts_with('[') && domain.ends_with(']')) co_return literal(domain);
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
      auto implicit = co_await implicit_mx(resolver, domain, deadline);
      co_return implicit;
    }
    case AnswerStatus::found: break;
  }
  if (is_null_mx(answer.records))
    co_return failure(NextHopProblem::null_mx, fmt::format("{} accepts no mail (null MX)", domain));

  std::vector<MxHost> hosts;
  bool unknown = false;
  for (const std::string& name : ordered_exchanges(answer.records, random)) {
    HostAddresses found = co_await addresses_of(resolver, name, deadline);
    unknown = unknown || (found.addresses.empty() && found.unknown);
    if (!found.addresses.empty()) hosts.push_back(MxHost{name, std::move(found.addresses)});
  }
  if (!hosts.empty()) co_return hosts;
  if (unknown) {
    co_return failure(NextHopProblem::dns_unavailable,
                      fmt::format("addresses of the MX of {} cannot be looked up", domain));
  }
  co_return failure(NextHopProblem::mx_without_address, fmt::format("no MX of {} has an address", domain));
}

}  // namespace sesame::delivery
