// identity/advice.h: what to change in the DNS, in a few sentences, recognised from what was found there. Pure.
//
// The catalogue, with the repair of each, is docs/mail-from.md, "Diagnosis".
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "identity/judge.h"
#include "identity/look.h"
#include "identity/service_names.h"
#include "mailauth/spf/outcome.h"

namespace sesame::identity {

// Replies to the extra questions about a record that is not good. Without servers: not asked.
struct Extras {
  Reply addresses;  // A at the same name: a proxy or flattened alias
  Reply text;       // TXT at the name of a DKIM CNAME
  Reply doubled;    // the record at <name>.<zone>
  Reply wildcard;   // the record at a name beside it that nobody published
};

// What is wrong with the TXT records of a MAIL FROM domain as SPF for this service; empty if nothing. Reads the record;
// what it includes is not evaluated.
std::string spf_trouble(const std::vector<dns::Record>& txt_records, const ServiceNames& names);
// What evaluating it adds: more than ten look-ups and other permanent errors (RFC 7208 §4.6.4). Empty if nothing.
std::string spf_evaluation_trouble(const mailauth::spf::SpfOutcome& outcome);

// One or more sentences; empty if the record is good. `reply` is what was judged.
//
// For a record of any kind: what is the same for all of them, and `wrong` about one that is there and not right.
std::string advise_record(const Judged& judged, const Reply& reply, const Extras& extras, std::string wrong);
std::string advise_mail_from_mx(const Judged& judged, const Reply& reply, const Extras& extras,
                                const ServiceNames& names);
std::string advise_mail_from_spf(const Judged& judged, const Reply& reply, const Extras& extras,
                                 const ServiceNames& names);
std::string advise_dkim_cname(const Judged& judged, const Reply& reply, const Extras& extras);
std::string advise_dkim_key(const Judged& judged, const Reply& reply, const Extras& extras,
                            const std::string& public_key);
std::string advise_txt_token(const Judged& judged, const Reply& reply, const Extras& extras, const std::string& token);

}  // namespace sesame::identity
