// identity/governing.h: which identity rules a message (spec 1.4, 2.5).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "store/identity_record.h"

namespace sesame::identity {

// May mail be sent from it: verified, or verified before and within the 72 h of grace (spec 1.3).
bool may_send(const store::IdentityRecord& identity);

// Does it sign: enabled, and its DKIM records are there or were and are within the grace. The first selector signs.
bool signs(const store::IdentityRecord& identity);

// The names that may govern `address`, most specific first: the exact address, the address without its plus label, the
// domain, then parent domains from long to short (at least two labels). `address` is `local@domain`; the domain may
// hold U-labels. Empty if it is not of that form.
std::vector<std::string> candidate_names(std::string_view address);

struct Governing {
  // All point into `records`. "Verified" is may_send().
  bool verified = false;                            // may the address be used as a sender at all
  const store::IdentityRecord* settings = nullptr;  // the most specific verified identity
  // DKIM belongs to domains (spec 1.4): the most specific verified domain whose DKIM was set up and found. One that has
  // it but with signing switched off ends the search. nullptr: unsigned.
  const store::IdentityRecord* dkim = nullptr;
  // The most specific verified identity that has a MAIL FROM domain in any state (spec 2.5 P). With `strict_mail_from`
  // only `settings` may have one. nullptr: the service's default domain.
  const store::IdentityRecord* mail_from = nullptr;
};

// `records` are those of candidate_names that exist in the store, any order; must outlive the result. Records of other
// names are ignored.
Governing govern(std::string_view address, const std::vector<store::IdentityRecord>& records, bool strict_mail_from);

}  // namespace sesame::identity
