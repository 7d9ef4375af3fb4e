// delivery/next_hop.h: from the domain of a forward-path to the hosts to try, in order.
//
// Source: RFC 5321 §5.1 (MX before addresses, preference, equal preferences shuffled, ourselves among them), RFC
// 7505 (null MX), RFC 2181 §10.3 (an MX names a host, not an alias; followed all the same, as the world does).
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
  std::vector<net::IpAddress> addresses;  // IPv6 and IPv4, in the order to try; empty: cannot be looked up right now
  std::uint16_t preference = 0;           // of several with the same, any may be tried first
};

// Which hosts mail may be taken to. Anybody can publish an MX that leads into our own network, or back to us.
struct HostRules {
  bool allow_private = false;                 // special-purpose addresses too (net/special_address.h)
  std::vector<net::IpAddress> own_addresses;  // where our own doors listen at the port of delivery
  std::vector<std::string> own_names;         // host names that mean us, in dns/name.h form
};

enum class NextHopProblem {
  null_mx,             // the domain accepts no mail (permanent)
  no_such_domain,      // NXDOMAIN (permanent)
  no_mail_host,        // neither MX nor address (permanent)
  mx_without_address,  // MX hosts exist and all of them have no address (permanent)
  dns_unavailable,     // SERVFAIL, time-out: try later
  bad_literal,         // an address literal that is no address (permanent)
  private_address,     // addresses exist, and none that mail may be taken to (permanent)
  loops_back,          // the best mail host is ourselves (permanent)
};

struct NextHopFailure {
  NextHopProblem problem;
  std::string detail;
};

using NextHop = std::variant<std::vector<MxHost>, NextHopFailure>;

// `domain`: the part after '@' of a forward-path, or an address literal with its brackets. Hosts whose addresses cannot
// be looked up right now stay, without addresses, as long as another one has some; else dns_unavailable. Addresses that
// `rules` forbid are left out, and hosts that have no others. If one of the hosts is us, it and all that are not
// preferred to it are left out (RFC 5321 §5.1).
net::Task<NextHop> find_next_hop(dns::Resolver& resolver, std::string domain, const HostRules& rules,
                                 RandomSource& random, net::Deadline deadline);

}  // namespace sesame::delivery
