// dns/server_answer.h: what one authoritative server's response says about one name. Pure.
//
// Source: RFC 1034 §4.3.1 (AA, referrals), RFC 2308 (negative answers), RFC 1912 §2.8 (lame delegation).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dns/record.h"
#include "dns/wire.h"
#include "net/endpoint.h"

namespace sesame::dns {

struct NameServer {
  std::string name;
  std::vector<net::IpAddress> addresses;  // IPv4 first; empty if they could not be found
};

enum class ServerStatus {
  found,     // records of the type asked for, or a CNAME at the name (in `cname`)
  no_data,   // the name exists there, not with this type
  nxdomain,  // the name does not exist there
  referral,  // not this server's to say: `referral` names the servers of the zone below
  servfail,  // SERVFAIL, FORMERR, NOTIMP and the like
  refused,   // REFUSED, NOTAUTH: the server does not serve the zone, or not to us
  lame,      // an answer without authority that refers to no zone below
  timeout,   // nobody answered in time, or the port is closed, or the network does not get there
};
std::string_view name(ServerStatus status);

struct ServerAnswer {
  ServerStatus status = ServerStatus::timeout;
  std::vector<Record> records;       // at the name, of the type asked for
  std::optional<std::string> cname;  // the name is an alias for this; it is not followed
  std::string referral_zone;         // the zone referred to, at or above the name, never the root
  std::vector<NameServer> referral;  // its servers, with the glue that came along
  std::string detail;                // one line for people, when neither found nor a negative answer
};

// `asked` in dns/name.h form. The response is taken to answer that question.
ServerAnswer read_response(const Message& response, std::string_view asked, RecordType type);

}  // namespace sesame::dns
