// mailauth/verdict/reverse_dns.h: does the client's address have a name that leads back to it?
//
// Source: RFC 1035 §3.5, RFC 3596 §2.5 (names of addresses); RFC 8601 §2.7.3 (iprev: forward-confirmed reverse DNS).
#pragma once

#include <string>
#include <vector>

#include "dns/resolver.h"
#include "net/endpoint.h"
#include "net/task.h"

namespace sesame::mailauth {

constexpr std::size_t max_reverse_names = 10;  // as SPF's PTR limit (RFC 7208 §4.6.4)

struct ReverseDns {
  std::vector<std::string> names;  // of the PTR records, at most max_reverse_names
  std::string confirmed;           // the first of them whose addresses include the client's; empty if there is none
  bool unanswered = false;         // DNS did not answer, and an answer might have given `confirmed`
};

// Asks for PTR once and for addresses of the names until one is confirmed. An address that only a private network knows
// is not asked about.
net::Task<ReverseDns> look_up_reverse(dns::Resolver& resolver, net::IpAddress ip, net::Deadline deadline);

// False for loopback, link-local, private (RFC 1918, RFC 4193), shared (RFC 6598) and unspecified addresses: a receiver
// on the Internet never sees a client that has one.
bool is_public(const net::IpAddress& ip);

}  // namespace sesame::mailauth
