// check/policy_fetcher.h: getting a domain's MTA-STS policy.
//
// Source: RFC 8461 §3.3. The file lies at https://mta-sts.<domain>/.well-known/mta-sts.txt; certificate and name must
// hold, redirects are not followed, at most max_policy_octets are read.
#pragma once

#include <string>

#include "base/result.h"
#include "dns/resolver.h"
#include "net/endpoint.h"
#include "net/task.h"
#include "net/tls_context.h"

namespace sesame::check {

enum class FetchErrc {
  no_host,      // mta-sts.<domain> has no address
  not_public,   // its address is not one of the public Internet; nothing was sent there
  unreachable,  // DNS or the host did not answer in time, which may be this network's doing
  refused,      // it answered, and not with a policy: no valid certificate, no 200, no text/plain, too large
};
struct FetchError {
  FetchErrc code = FetchErrc::unreachable;
  std::string detail;  // one line, for people; outside text in part
};

class PolicyFetcher {
 public:
  virtual ~PolicyFetcher() = default;
  // The octets of the file.
  virtual net::Task<Result<std::string, FetchError>> fetch(std::string domain, net::Deadline deadline) = 0;
};

// Fetches over HTTPS. `resolver` must outlive it. The name is whatever the domain's owner says, so the address is
// judged before anything is sent (net/special_address.h).
class HttpsPolicyFetcher final : public PolicyFetcher {
 public:
  explicit HttpsPolicyFetcher(dns::Resolver& resolver) : resolver_(resolver) {}
  net::Task<Result<std::string, FetchError>> fetch(std::string domain, net::Deadline deadline) override;

 private:
  dns::Resolver& resolver_;
};

}  // namespace sesame::check
