// zone/zone_source.h: what answers a question about a zone.
#pragma once

#include <string>
#include <vector>

#include "dns/record.h"
#include "dns/wire.h"
#include "net/task.h"

namespace sesame::zone {

// The sections of a response and its verdict (RFC 1035 §4.1); the header, EDNS and truncation are the server's.
struct ZoneAnswer {
  dns::Rcode rcode = dns::Rcode::noerror;
  bool authoritative = true;
  std::vector<dns::Record> answers, authority, additional;
};

inline ZoneAnswer refused() { return {dns::Rcode::refused, false, {}, {}, {}}; }
inline ZoneAnswer server_failure() { return {dns::Rcode::servfail, false, {}, {}, {}}; }

// Thread-safe. `name` is in dns/name.h form; `type` may be ANY (answered with one set, RFC 8482). A source that cannot
// find out answers server_failure().
class ZoneSource {
 public:
  virtual ~ZoneSource() = default;
  virtual net::Task<ZoneAnswer> answer(std::string name, dns::RecordType type) = 0;
};

}  // namespace sesame::zone
