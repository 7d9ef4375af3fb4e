// check/tls_look.h: what a domain asks of those who send mail to it: MTA-STS and TLS-RPT. Both are optional; what is
// published must work.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "check/mta_sts.h"
#include "check/policy_fetcher.h"
#include "check/problem.h"
#include "check/tls_rpt.h"
#include "dns/resolver.h"
#include "net/task.h"

namespace sesame::check {

struct MtaStsFinding {
  std::string record;  // as published; empty if there is none
  std::optional<MtaStsRecord> parsed;
  std::optional<MtaStsPolicy> policy;
  std::string not_fetched;  // why there is no policy; one line
  Problems problems;
};

struct TlsRptFinding {
  std::string record;
  std::optional<TlsRptRecord> parsed;
  Problems problems;
};

// `fetcher` may be nullptr: the policy is then not fetched. `mx_hosts` are the domain's, to see whether the policy
// names them.
net::Task<MtaStsFinding> look_at_mta_sts(dns::Resolver& resolver, PolicyFetcher* fetcher, std::string domain,
                                         std::vector<std::string> mx_hosts, net::Deadline deadline);
net::Task<TlsRptFinding> look_at_tls_rpt(dns::Resolver& resolver, std::string domain, net::Deadline deadline);

}  // namespace sesame::check
