// delivery/next_hop.h: from the domain of a forward-path to the hosts to try, in order.
//
// Source: RFC 5321 §5.1 (MX before addresses, preference, equal preferences shuffled), RFC 7505 (null MX), RFC
// 2181 §10.3 (an MX names a host, not an alias; followed all the same, as the world does).
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "base/random.h"
#include "dns/resolver.h"
#include "net/endpoint.h"

namespace sesame::delivery {

constexpr std::size_t max_mx_hosts = 10;             // more are not tried in one attempt
constexpr std::size_t max_addresses_per_family = 4;  // of one host

struct MxHost {
  std::string name;                       // for TLS and the record; an address literal without brackets
  std::vector<net::IpAddress> addresses;  // IPv6 and IPv4, in the order to try
};

enum class NextHopProblem {
  null_mx,             // the domain accepts no mail (permanent)
  no_such_domain,      // NXDOMAIN (permanent)
  no_mail_host,        // neither MX nor address (permanent)
  mx_without_address,  // MX hosts exist and all of them have no address (permanent)
  dns_unavailable,     // SERVFAIL, time-out: try later
  bad_literal,         // an address literal that is no address (permanent)
};

struct NextHopFailure {
  NextHopProblem problem;
  std::string detail;
};

using NextHop = std::variant<std::vector<MxHost>, NextHopFailure>;

// `domain`: the part after '@' of a forward-path, or an address literal with its brackets. Hosts whose addresses cannot
// be looked up right now are left out as long as another one remains; then dns_unavailable.
net::Task<NextHop> find_next_hop(dns::Resolver& resolver, std::string domain, RandomSource& random,
                                 net::Deadline deadline);

}  // namespace sesame::delivery
