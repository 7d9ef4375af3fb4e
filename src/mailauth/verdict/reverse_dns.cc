#include "mailauth/verdict/reverse_dns.h"

#include <algorithm>

#include "dns/name.h"
#include "mailauth/spf/lookups.h"

namespace sesame::mailauth {
namespace {

bool is_silent(const dns::Answer& answer) {
  return answer.status == dns::AnswerStatus::servfail || answer.status == dns::AnswerStatus::timeout;
}

bool is_public_v4(const boost::asio::ip::address_v4& ip) {
  const auto octets = ip.to_bytes();
  const auto first = octets[0], second = octets[1];
  const bool unspecified = first == 0, loopback = first == 127, link_local = first == 169 && second == 254;
  const bool rfc1918 = first == 10 || (first == 172 && (second & 0xf0) == 16) || (first == 192 && second == 168);
  const bool rfc6598 = first == 100 && (second & 0xc0) == 64;
  return !unspecified && !loopback && !link_local && !rfc1918 && !rfc6598;
}

}  // namespace

bool is_public(const net::IpAddress& ip) {
  if (ip.is_v4()) return is_public_v4(ip.to_v4());
  const auto six = ip.to_v6();
  if (six.is_v4_mapped()) return is_public_v4(boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, six));
  const bool rfc4193 = (six.to_bytes()[0] & 0xfe) == 0xfc;
  return !six.is_unspecified() && !six.is_loopback() && !six.is_link_local() && !rfc4193;
}

net::Task<ReverseDns> look_up_reverse(dns::Resolver& resolver, net::IpAddress ip, net::Deadline deadline) {
  ReverseDns found;
  if (!is_public(ip)) co_return found;
  std::string question = spf::reverse_name(ip);
  const dns::Answer names = co_await resolver.resolve(std::move(question), dns::RecordType::ptr, deadline);
  found.unanswered = is_silent(names);
  for (const dns::Record& record : names.records) {
    const auto* ptr = std::get_if<dns::Ptr>(&record.data);
    if (ptr != nullptr && found.names.size() < max_reverse_names) found.names.push_back(dns::canonical(ptr->target));
  }
  for (const std::string& name : found.names) {
    if (!spf::is_askable(name)) continue;
    const dns::Answer forward = co_await resolver.resolve(name, spf::address_type_of(ip), deadline);
    found.unanswered = found.unanswered || is_silent(forward);
    if (std::ranges::count(spf::addresses(forward), ip) == 0) continue;
    found.confirmed = name;
    found.unanswered = false;
    break;
  }
  co_return found;
}

}  // namespace sesame::mailauth
