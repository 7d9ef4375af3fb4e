// check/addresses.h: addresses mail is sent from: their names, confirmed both ways, and what SPF says about them.
//
// Source: RFC 8601 §2.7.3 (iprev), looked up by mailauth/verdict/reverse_dns.h. The large receivers refuse senders
// without a confirmed name.
#pragma once

#include <string>

#include "base/clock.h"
#include "check/problem.h"
#include "dns/resolver.h"
#include "mailauth/spf/outcome.h"
#include "mailauth/verdict/reverse_dns.h"
#include "net/endpoint.h"
#include "net/task.h"

namespace sesame::check {

struct AddressFinding {
  net::IpAddress ip;
  mailauth::ReverseDns reverse;
  mailauth::spf::SpfOutcome spf;  // for the MAIL FROM domain
  Problems problems;
};

net::Task<AddressFinding> look_at_address(dns::Resolver& resolver, net::IpAddress ip, std::string mail_from_domain,
                                          Time now, net::Deadline deadline);

}  // namespace sesame::check
