// mailauth/verdict/verdict.h: what a receiver following the RFCs decides about one message.
//
// Source: RFC 7208, 6376, 9989, 8617 through spf/, dkim/, dmarc/ and arc/; RFC 8601 for the words; sender_rules.h for
// what the large receivers ask besides. docs/verdict.md tells the whole way.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "dns/resolver.h"
#include "mailauth/arc/verify.h"
#include "mailauth/dkim/key_cache.h"
#include "mailauth/dkim/result.h"
#include "mailauth/dmarc/evaluate.h"
#include "mailauth/results/authentication_results.h"
#include "mailauth/spf/outcome.h"
#include "mailauth/verdict/sender_rules.h"
#include "net/task.h"

namespace sesame::mailauth {

// What the SMTP session knew.
struct ConnectionFacts {
  net::IpAddress ip;
  std::string helo;
  std::string reverse_path;  // "local@domain" without angle brackets; empty for <>
  std::string receiver;      // our host name: authserv-id and SPF's %{r}
  // The TLS version, "" for none. nullopt: not known, so that the message's Received fields are asked.
  std::optional<std::string> tls = std::nullopt;
  bool bulk = false;  // the message is known to be marketing or sent to subscribers, whatever its header says
};

struct Verdict {
  spf::SpfOutcome spf;
  std::vector<dkim::SignatureResult> dkim;  // one per signature; empty if not signed
  dmarc::DmarcOutcome dmarc;
  arc::ArcOutcome arc;                           // changes nothing about `dmarc`
  AuthenticationResults authentication_results;  // all of them as one field (format_value, format_field)
  std::vector<RuleFinding> sender_rules;         // what large receivers' rules say; changes nothing of the above
};

// `message` is the whole message and outlives the call. Line ends are CRLF; a message without a single CRLF is taken as
// stored with LF and judged as it was on the wire. Never fails: every end is a result with a sentence. `deadline`
// bounds all questions to DNS together. `keys` as in dkim/verify.h. Hashing happens on the calling executor: about 1 ms
// per MB.
net::Task<Verdict> evaluate_message(dns::Resolver& resolver, ConnectionFacts facts, std::string_view message, Time now,
                                    net::Deadline deadline, dkim::KeyCache* keys = nullptr);

// The JSON of `sesame verify --json`: spf{result,domain,explanation,problem},
// dkim[{result,domain,selector,algorithm,key_bits,problem}], dmarc{result,author_domain,policy_domain,
// organizational_domain,policy,disposition,spf_aligned,dkim_aligned,problem}, arc{result}, authentication_results,
// receivers{google,yahoo,microsoft} (sender_rules_json). What there is none of is null. Always UTF-8, whatever the
// message holds.
boost::json::object to_json(const Verdict& verdict);

}  // namespace sesame::mailauth
