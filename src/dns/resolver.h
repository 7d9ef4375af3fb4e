// dns/resolver.h: questions to the DNS, as an interface.
//
// NXDOMAIN, no data, time-out and server failure are different answers: SPF, DMARC, MX and the MAIL FROM life cycle
// each treat them differently.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dns/record.h"
#include "net/task.h"

namespace sesame::dns {

enum class AnswerStatus {
  found,     // at least one record of the type asked for (after following CNAMEs)
  no_data,   // the name exists, not with this type (NOERROR, empty)
  nxdomain,  // the name does not exist
  servfail,  // SERVFAIL, REFUSED, NOTIMP, FORMERR, lame or bogus: says nothing about the records
  timeout,   // nobody answered in time: says nothing about the records
};
std::string_view name(AnswerStatus status);

struct Answer {
  AnswerStatus status = AnswerStatus::servfail;
  std::vector<Record> records;           // of the type asked for only; `name` is the end of the CNAME chain
  std::vector<std::string> cname_chain;  // names followed, in order, without the question itself
  bool secure = false;                   // DNSSEC-validated
  bool bogus = false;                    // validation failed; status is servfail
  std::string detail;                    // one line: why servfail or bogus; for people
};

// Implementations are thread-safe: the coroutine resumes on the caller's executor. Bounded by `deadline`, after which
// the answer is `timeout`. CNAMEs are followed.
class Resolver {
 public:
  virtual ~Resolver() = default;
  virtual net::Task<Answer> resolve(std::string name, RecordType type, net::Deadline deadline) = 0;
};

}  // namespace sesame::dns
