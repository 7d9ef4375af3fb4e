// check/name_servers.h: the name servers of a zone, one by one: who answers, with which edition of the zone.
//
// Source: RFC 1034 §4.3 (authority), RFC 1912 §2.8 (lame delegation), RFC 1982 (serials), RFC 2182 §5 (how many).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "check/problem.h"
#include "check/questions.h"
#include "dns/authoritative.h"
#include "net/task.h"

namespace sesame::check {

struct NameServerFinding {
  std::string name;
  std::string address;  // where it was asked; empty if it has none
  dns::ServerStatus status = dns::ServerStatus::timeout;
  std::optional<std::uint32_t> serial;  // of the SOA record it gives
  std::string detail;                   // one line, when it gives none

  bool is_authoritative() const { return serial.has_value(); }
};

struct ZoneFinding {
  std::string apex;  // empty with servers: the root; empty without: not found out
  std::vector<NameServerFinding> servers;
  Problems problems;

  // None of them can be asked from here, though the zone is known: the network lets no questions out, or all are down.
  bool is_out_of_reach() const;
};

// Asks each server for the SOA of the zone, beside each other, at `port`.
net::Task<ZoneFinding> look_at_zone(dns::AuthoritativeClient& client, dns::ZoneServers zone, std::uint16_t port,
                                    net::Deadline deadline);

// The judgement: pure.
Problems judge_zone(const ZoneFinding& zone);
// Do the servers say the same about one record?
Problems judge_agreement(const identity::Reply& reply);

}  // namespace sesame::check
