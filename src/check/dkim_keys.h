// check/dkim_keys.h: the DKIM keys a domain publishes, found by selector.
//
// Source: RFC 6376 §3.6.1 (key records), RFC 8301 (sizes), RFC 8463. DNS has no list of selectors: those given are
// asked for, and those commonly used. A name that only a wildcard answers for is not a key.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "check/problem.h"
#include "dns/resolver.h"
#include "net/task.h"

namespace sesame::check {

enum class KeyStatus {
  good,
  short_key,  // RSA of 1024 to 2047 bits: accepted, 2048 is wanted (RFC 8301 §3.2)
  weak,       // RSA under 1024 bits: receivers must not accept it
  testing,    // t=y: some receivers treat the signature as if it were not there
  revoked,    // p= is empty
  broken,     // not a usable key record, or several
  missing,    // nothing under a selector that was given
  unknown,    // DNS did not answer
};
std::string_view name(KeyStatus status);
// Verifiers accept signatures made with it.
bool is_accepted(KeyStatus status);

struct DkimKey {
  std::string selector;
  std::string name;    // <selector>._domainkey.<domain>
  bool given = false;  // by whoever asked; false: a guess that hit
  std::string alias;   // the CNAME at the name; empty if none
  std::string record;  // as published, bounded; empty if none
  KeyStatus status = KeyStatus::missing;
  std::string algorithm;  // "rsa-sha256", "ed25519-sha256"; empty if there is no key
  unsigned bits = 0;
  bool exact_domain_only = false;  // t=s
  std::string problem;             // one sentence; empty if good
};

struct DkimFinding {
  std::vector<DkimKey> keys;  // those given, in order, then the guesses that hit
  std::size_t asked = 0;      // selectors asked for
  bool wildcard = false;      // *._domainkey answers for every name
  Problems problems;

  bool has_accepted_key() const;
};

std::span<const std::string_view> common_selectors();

// All at once, through the resolver, which follows CNAMEs. `given` are labels or several, A-labels.
net::Task<DkimFinding> look_at_dkim(dns::Resolver& resolver, std::string domain, std::vector<std::string> given,
                                    Time now, net::Deadline deadline);

// One answer to TXT of key.name read into `key`: pure.
void read_key(const dns::Answer& answer, DkimKey& key);

}  // namespace sesame::check
