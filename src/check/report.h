// check/report.h: everything a check found out about a domain, and what follows from it.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "check/addresses.h"
#include "check/dkim_keys.h"
#include "check/dmarc_look.h"
#include "check/mail_from.h"
#include "check/name_servers.h"
#include "check/problem.h"
#include "check/provider.h"
#include "check/spf_look.h"
#include "check/tls_look.h"

namespace sesame::check {

enum class Verdict {
  good,     // receivers accept mail set up like this as the domain's own
  bad,      // they do not, or something published does not work
  unknown,  // DNS did not say enough
};
std::string_view name(Verdict verdict);

struct Report {
  Time at{};  // when it was looked at
  std::string domain;
  std::string mail_from_domain;  // whose SPF counts: the MAIL FROM domain, else the domain itself
  std::string author_domain;
  bool exists = false;  // the domain is there; else only `problems`, `verdict` and `summary` say something

  ZoneFinding zone;
  Provider provider;
  std::optional<MailFromFinding> mail_from;  // if one was named, or DKIM records of a service
  std::vector<Record> records;               // asked of the zone's servers; those of `mail_from` among them
  SpfFinding spf;                            // of mail_from_domain
  std::optional<SpfFinding> domain_spf;      // of the domain, if that is another
  DkimFinding dkim;
  DmarcFinding dmarc;
  MtaStsFinding mta_sts;
  TlsRptFinding tls_rpt;
  std::vector<AddressFinding> addresses;

  Problems problems;  // of all parts: bad first, then unknown, then advice
  Verdict verdict = Verdict::unknown;
  std::string decision;  // what receivers decide about a message of this domain, in one sentence
  std::string summary;   // the answer in one sentence

  bool spf_aligned() const { return spf.is_usable() && dmarc.outcome.spf_aligned; }
  bool dkim_aligned() const { return dkim.has_accepted_key() && dmarc.outcome.dkim_aligned; }
};

// Fills in `problems`, `verdict`, `decision` and `summary` from the other members. Problems that stand there already
// are kept, so that it may be called again when some have been added. Pure.
void conclude(Report& report);

// The JSON of DESIGN 3.1 (`check`); docs/check.md lists the members. Always UTF-8.
boost::json::object to_json(const Report& report);

// The members of it that say what receivers would decide: all but domain, mail_from and records, which the service's
// own look knows better (identity/look.h).
boost::json::object receivers_json(const Report& report);

}  // namespace sesame::check
