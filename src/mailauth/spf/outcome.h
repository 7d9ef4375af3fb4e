// mailauth/spf/outcome.h: what is asked of SPF and what it answers.
//
// Source: RFC 7208 §2.6 (results), §4.1 (arguments), §4.6.4 (limits). Results are the words of RFC 8601 §2.7.2.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "net/endpoint.h"

namespace sesame::mailauth::spf {

enum class SpfResult {
  none,     // no domain to ask about, or it publishes nothing
  neutral,  // published, and says nothing about this client
  pass,
  fail,
  softfail,
  temperror,  // DNS did not answer; another time it may
  permerror,  // the published records cannot be interpreted; their owner has to change them
};
std::string_view name(SpfResult result);

enum class Identity { helo, mail_from };

struct SpfQuery {
  net::IpAddress ip;  // IPv4-mapped IPv6 counts as IPv4
  std::string helo;   // as the client said it
  // The reverse-path in its two halves; both empty for <>, whose check is that of postmaster@helo (§2.4).
  std::string mail_from_local_part;
  std::string mail_from_domain;
  std::string receiver;  // for %{r}; empty: "unknown"
  Time now;              // for %{t}
};

// One term that was looked at.
struct TraceStep {
  unsigned depth = 0;  // 0: the domain itself; one more inside each include or redirect
  std::string domain;  // whose record
  std::string term;    // as published
  unsigned lookups_before = 0;
  unsigned lookups_after = 0;  // the difference is what the term cost, with all below it
  bool matched = false;
  std::string note;  // why it could not be evaluated; empty if it could
};

constexpr std::size_t max_trace_steps = 256;  // what comes later is evaluated but not recorded

struct SpfOutcome {
  SpfResult result = SpfResult::none;
  Identity identity = Identity::mail_from;
  std::string domain;        // whose record was asked for, as an A-label
  std::string matched_term;  // the directive that decided; empty if none did
  std::string explanation;   // on fail only: the domain owner's exp= text (§6.2). Outside text: show it as such.
  std::string problem;       // for none, temperror and permerror: one sentence for people
  unsigned lookups = 0;      // terms that asked DNS (at most 10, §4.6.4)
  unsigned void_lookups = 0;
  std::vector<TraceStep> trace;
};

}  // namespace sesame::mailauth::spf
