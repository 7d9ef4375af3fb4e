// identity/look.h: one look at everything an identity publishes: per record and per name server what was asked, found
// and expected, and what to change (DESIGN 3.4, 4). Also what `sesame check` prints.
//
// Questions go to the zone's own name servers, past every cache. A quorum decides: the majority of the servers that
// answered; SERVFAIL, time-outs and refusals are no answers. Only the MX decides the MAIL FROM status (spec 2.2).
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <vector>

#include "dns/authoritative.h"
#include "dns/resolver.h"
#include "identity/service_names.h"
#include "identity/verification.h"
#include "store/identity_record.h"

namespace sesame::identity {

enum class RecordPurpose { dkim, verification, mail_from_mx, mail_from_spf, mail_from_delegation };
enum class RecordStatus {
  good,     // every server that answered has what is expected
  missing,  // no such name or no such record
  wrong,    // there, but not what is expected (several MX, foreign MX, two SPF records ...)
  partial,  // some servers have it, some do not yet; right on a quorum if those are the majority
  unknown,  // no server could be asked
};
std::string_view name(RecordPurpose purpose);  // "dkim", "mail_from_mx" ...
std::string_view name(RecordStatus status);

struct ServerFinding {
  std::string server;   // host name of the name server
  std::string address;  // where it was asked
  dns::ServerStatus status = dns::ServerStatus::timeout;
  std::vector<std::string> found;  // as RecordFinding::found
  bool right = false;              // has what is expected
};

struct RecordFinding {
  RecordPurpose purpose = RecordPurpose::mail_from_mx;
  std::string name;
  dns::RecordType type = dns::RecordType::mx;
  std::string expected;            // as a customer would type it: `10 host`, `"text"`, names without the last dot
  std::vector<std::string> found;  // the same form; union over the servers
  std::vector<ServerFinding> servers;
  RecordStatus status = RecordStatus::unknown;
  std::string advice;  // what to change, a few sentences; empty when good
};

struct Look {
  Time at{};
  std::string zone;  // the zone the MAIL FROM domain, or else the identity, lies in; empty if not found out
  std::vector<RecordFinding> records;
  Findings findings;                            // what the state machines make of it
  std::vector<std::string> mail_from_problems;  // what is wrong with the MAIL FROM domain, the decisive thing first
};

struct LookOptions {
  bool dkim = true, txt = true, mail_from = true;  // what to look at (a watcher looks only at what is due)
  bool advice = true;                              // ask the extra questions that only serve explanations
};

// What a look needs to know beyond the record of the identity.
struct LookFacts {
  std::string own_public_key;          // p= of the identity's own DKIM key (BYODKIM); empty for Easy DKIM
  bool mail_from_is_identity = false;  // the MAIL FROM domain is registered for sending itself (spec 2.1)
};

// Never fails: what could not be found out says so. Takes at most until `deadline`, typically a few round trips.
// `resolver`, if given, evaluates the SPF record of the MAIL FROM domain with everything it includes.
net::Task<Look> look_at(dns::AuthoritativeClient& client, dns::Resolver* resolver, ServiceNames names,
                        store::IdentityRecord identity, LookFacts facts, LookOptions options, Time now,
                        net::Deadline deadline);

// One of `records[]` below.
boost::json::object to_json(const RecordFinding& record);

// The JSON of DESIGN 3.1 (`check`), as far as this look knows: domain, mail_from{domain,status,problems}, records[].
// Members of `records[].servers[]` beyond the promised: address, status.
boost::json::object to_json(const Look& look, const store::IdentityRecord& identity);

// `now` is about some parts only: the others, and the receivers' view (receivers_view.h) if `now` is without, stay as
// `previous` has them.
boost::json::object with_parts_of(boost::json::object now, const boost::json::object& previous,
                                  const LookOptions& looked);

}  // namespace sesame::identity
