// dns/update.h: dynamic updates of a zone, as octets.
//
// Source: RFC 2136 §2 (format, prerequisites), §3.4.2 (what a server does with it); RFC 2181 §5 (record sets). No I/O.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dns/record.h"
#include "dns/wire.h"

namespace sesame::dns {

// All records of one name and type.
struct RecordSet {
  std::string name;  // dns/name.h form
  RecordType type = RecordType::a;
  std::uint32_t ttl = 0;
  std::vector<RecordData> data;
  friend bool operator==(const RecordSet&, const RecordSet&) = default;
};

// The server does all of it or nothing. It removes before it adds, as an alias can only be added to a name that has
// nothing else (§3.4.2.2: it would be passed over without a word).
struct Update {
  std::uint16_t id = 0;
  std::string zone;
  std::vector<RecordSet> must_be;  // exactly these data, in whatever order and with whatever TTL; none: no such set
  std::vector<RecordSet> remove;   // the whole set, whatever it holds: name and type count
  std::vector<RecordSet> add;
};

// Names are written whole. Throws as dns::serialise does.
std::string serialise(const Update& update);

}  // namespace sesame::dns
