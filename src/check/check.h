// check/check.h: what receivers would decide about this domain today.
//
// Needs nothing but DNS (and, for an MTA-STS policy, HTTPS): no configuration, no running service. `sesame check`
// prints it; the service answers its diagnosis with it (receivers_view.h).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "check/report.h"
#include "dns/authoritative.h"
#include "dns/resolver.h"
#include "identity/service_names.h"

namespace sesame::check {

constexpr std::size_t max_given_selectors = 20;
constexpr std::size_t max_given_addresses = 20;

// Names are canonical (dns/name.h).
struct Question {
  std::string domain;
  std::string mail_from_domain = {};  // empty: mail is sent with the domain itself in MAIL FROM
  std::string author_domain = {};     // of the From field; empty: the domain
  std::vector<std::string> selectors = {};
  std::vector<net::IpAddress> addresses = {};          // mail is sent from
  std::optional<identity::ServiceNames> service = {};  // the MAIL FROM domain is for; unset: as its MX says
  bool mail_from_records = true;  // false: whoever asks has looked at them; only what they mean is wanted
};

// All must outlive the check.
struct Sources {
  dns::AuthoritativeClient& servers;
  std::uint16_t name_server_port;  // that of `servers`
  dns::Resolver& resolver;
  PolicyFetcher* policies;  // nullptr: MTA-STS policies are not fetched
};

// Never fails and never takes longer than `deadline`: what could not be found out says so. Asks about a hundred
// questions. The caller's executor must be serial.
net::Task<Report> check_domain(Sources sources, Question question, Time now, net::Deadline deadline);

}  // namespace sesame::check
