// check/dmarc_look.h: the DMARC policy that holds for an author domain, what it means, and who gets its reports.
//
// Source: RFC 9989 §4.10 (the walk), §4.7 (tags); RFC 9990 §4 (consent of report destinations).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "check/problem.h"
#include "dns/resolver.h"
#include "mailauth/dmarc/evaluate.h"
#include "mailauth/dmarc/record.h"
#include "mailauth/dmarc/report_destination.h"
#include "net/task.h"

namespace sesame::check {

constexpr std::size_t max_report_addresses = 20;  // asked about; receivers heed fewer

struct ReportAddress {
  std::string uri;
  bool failures = false;  // ruf=; else rua=
  mailauth::dmarc::ReportDestination destination;
};

struct DmarcFinding {
  std::string author_domain;
  mailauth::dmarc::DmarcOutcome outcome;  // as if SPF had passed for the MAIL FROM domain, DKIM for the signing one
  std::string record;                     // as published at outcome.policy_domain; empty if there is none
  std::optional<mailauth::dmarc::DmarcRecord> parsed;
  std::vector<ReportAddress> reports;
  std::string meaning;  // what a receiver is asked to do, in one sentence
  Problems problems;
};

struct DmarcQuestion {
  std::string author_domain;
  std::string mail_from_domain;  // SPF is taken to pass for it; empty: not judged
  std::string signing_domain;    // DKIM likewise
};

net::Task<DmarcFinding> look_at_dmarc(dns::Resolver& resolver, DmarcQuestion question, net::Deadline deadline);

// What receivers are asked to do with mail that does not pass. Pure.
std::string explain_policy(const mailauth::dmarc::DmarcOutcome& outcome);

}  // namespace sesame::check
