// dns/unbound_resolver.h: the Resolver on libunbound: recursion or forwarding, DNSSEC validation (RFC 4035), cache.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dns/resolver.h"
#include "net/endpoint.h"

namespace sesame::dns {

struct UnboundOptions {
  // Recursive resolvers to forward to; empty: recurse from the root.
  std::vector<net::Endpoint> resolvers;

  // For sandbox and tests: the one authoritative server that holds every name there is, on whatever port. Nothing else
  // is ever asked. libunbound reaches it as a forwarder, not by iteration: iterating, it would learn name servers from
  // the answers and ask those at port 53.
  std::optional<net::Endpoint> stub_root;

  // "builtin": /usr/share/dns/root.key (package dns-root-data) if it is there, else the root's two keys as of 2024,
  // compiled in; no validation with stub_root. "none": no validation. Else a file with DS or DNSKEY records.
  std::string trust_anchor = "builtin";

  // False: name servers at special-purpose addresses (net/special_address.h) are not asked, whoever refers to them.
  // Resolvers to forward to are the operator's choice: with them this has no effect, as nobody else is asked.
  bool allow_private_servers = false;

  // False: every question is asked anew (a record changed a moment ago is seen at once).
  bool cache = true;
};

// Start-up failures throw std::runtime_error with one line that names the option.
//
// `executor` must be one of a net::Runtime's; all work but that of libunbound's own thread is done on it. Any executor
// may await resolve(). A question whose caller is cancelled ends at once if the caller is on `executor` itself, else at
// the latest at its deadline.
// stop() ends those under way at once, with timeout, and every later one. Destroy it after the last answer.
class UnboundResolver final : public Resolver {
 public:
  UnboundResolver(net::Executor executor, const UnboundOptions& options);
  ~UnboundResolver() override;

  net::Task<Answer> resolve(std::string name, RecordType type, net::Deadline deadline) override;
  void stop();  // thread-safe

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace sesame::dns
