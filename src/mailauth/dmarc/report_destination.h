// mailauth/dmarc/report_destination.h: may reports about one domain go to the host somebody named in rua= or ruf=?
//
// Source: RFC 9990 §4 (verifying external destinations); RFC 9991 applies the same to failure reports. A domain that
// asks for its reports to be sent elsewhere needs the consent of that place: a TXT record
// "<policy domain>._report._dmarc.<host>" that begins with v=DMARC1.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dns/resolver.h"
#include "net/task.h"

namespace sesame::mailauth::dmarc {

enum class ReportConsent {
  not_needed,  // host and policy domain have the same organizational domain
  given,
  missing,    // no record that says so: report generators send nothing there
  temperror,  // DNS did not answer; another time it may
  permerror,  // the URI names no host, or the record's name would be too long: there can be no consent
};
std::string_view name(ReportConsent consent);

struct ReportDestination {
  ReportConsent consent = ReportConsent::missing;
  std::string host;              // that the URI leads to, an A-label name; empty if it names none
  std::string record_name;       // where consent is looked for; empty if none is needed or there can be none
  std::vector<std::string> rua;  // what the record puts in the place of the URI (step 9), of this host only
  std::string problem;           // one sentence if consent is missing or unknown
};

// The host of a report URI: after the '@' of mailto:, else of the authority (RFC 3986 §3.2). nullopt if it has none or
// that is not a domain name.
std::optional<std::string> report_host(std::string_view uri);

// Steps 2 to 4. nullopt if the name would be longer than DNS allows.
std::optional<std::string> report_record_name(std::string_view policy_domain, std::string_view host);

// Steps 6 to 9 for the answer to TXT of report_record_name(): consent is given by one good record, whatever else is
// there; one that breaks the form tag=value counts as none. Pure.
ReportDestination read_report_record(const dns::Answer& answer, std::string host, std::string record_name);

// All steps for one URI.
//   policy_domain  where the policy record was found, an A-label name in lower case
// Asks for one TXT record, and for the organizational domains (at most 16 questions) if the names leave that open.
net::Task<ReportDestination> check_report_destination(dns::Resolver& resolver, std::string policy_domain,
                                                      std::string uri, net::Deadline deadline);

}  // namespace sesame::mailauth::dmarc
