// mailauth/dmarc/evaluate.h: what DMARC makes of a message whose SPF and DKIM are known.
//
// Source: RFC 9989 §4.4 (alignment), §4.10.1 (which record), §5.3 (a receiver's steps). Results are the words of RFC
// 8601.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dns/resolver.h"
#include "mailauth/dkim/result.h"
#include "mailauth/dmarc/record.h"
#include "mailauth/spf/outcome.h"
#include "net/task.h"

namespace sesame::mailauth::dmarc {

enum class DmarcResult {
  none,  // nobody published a policy that asks for something
  pass,
  fail,
  temperror,  // DNS did not answer, here or for an identifier that could have aligned
  permerror,  // the message has no author domain that could be judged
};
std::string_view name(DmarcResult result);

struct DmarcOutcome {
  DmarcResult result = DmarcResult::none;
  std::string author_domain;          // the From domain that was judged
  std::string policy_domain;          // where the record is; empty if there is none
  std::string organizational_domain;  // of the author domain
  Policy policy = Policy::none;       // published for this author domain (p, sp or np)
  Policy disposition = Policy::none;  // what the owner asks to be done with this message, t= considered
  bool spf_aligned = false;           // passed and aligned
  bool dkim_aligned = false;
  bool testing = false;  // t=y
  std::string problem;   // one sentence; may stand beside any result
};

// A From field naming authors of more domains than this is not judged (permerror).
constexpr std::size_t max_author_domains = 4;

// Judges each author domain and reports the one with the strictest disposition: a message passes only if it passes for
// every author.
//   author_domains  A-labels, lower case, distinct (verdict/author_domain.h)
//   spf, dkim       as their checks left them
// Asks DNS at most eight times per author domain and per identifier that could align, each name once.
net::Task<DmarcOutcome> evaluate(dns::Resolver& resolver, std::vector<std::string> author_domains,
                                 const spf::SpfOutcome& spf, std::span<const dkim::SignatureResult> dkim,
                                 net::Deadline deadline);

}  // namespace sesame::mailauth::dmarc
