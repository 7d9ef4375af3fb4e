#include "dns/outside_host.h"

#include <fmt/format.h>

#include <algorithm>

namespace sesame::dns {
namespace {

std::optional<net::IpAddress> address_in(const Record& record) {
  if (const auto* v4 = std::get_if<A>(&record.data)) return net::parse_ip(v4->address);
  if (const auto* v6 = std::get_if<Aaaa>(&record.data)) return net::parse_ip(v6->address);
  return std::nullopt;
}

std::unexpected<OutsideHostError> failure(OutsideHostErrc code, std::string detail) {
  return std::unexpected(OutsideHostError{code, std::move(detail)});
}

}  // namespace

std::optional<net::IpAddress> literal_address(std::string_view host) {
  return net::parse_ip(host == "localhost" ? "127.0.0.1" : host);
}

net::Task<Result<std::vector<net::Endpoint>, OutsideHostError>> outside_endpoints(Resolver& resolver,
                                                                                  MayContact may_contact,
                                                                                  std::string host, std::uint16_t port,
                                                                                  net::Deadline deadline) {
  std::vector<net::Endpoint> found;
  if (const auto literal = literal_address(host)) {
    found.push_back({*literal, port});
  } else {
    for (const RecordType type : {RecordType::a, RecordType::aaaa}) {
      const Answer answer = co_await resolver.resolve(host, type, deadline);
      for (const Record& record : answer.records) {
        if (const auto address = address_in(record)) found.push_back({*address, port});
      }
    }
  }
  if (found.empty()) co_return failure(OutsideHostErrc::no_address, fmt::format("{} has no address", host));
  const auto refused = std::ranges::find_if(found, [&](const auto& to) { return !may_contact(to.address); });
  if (refused != found.end()) {
    co_return failure(OutsideHostErrc::refused,
                      fmt::format("{} leads to {}, which is not a public address", host, refused->address.to_string()));
  }
  if (found.size() > max_outside_addresses) found.resize(max_outside_addresses);
  co_return found;
}

}  // namespace sesame::dns
