#include "dns/server_answer.h"

#include <algorithm>

#include "dns/name.h"

namespace sesame::dns {
namespace {

std::vector<net::IpAddress> glue_of(const Message& response, std::string_view host) {
  std::vector<net::IpAddress> addresses;
  for (const RecordType type : {RecordType::a, RecordType::aaaa}) {
    for (const Record& record : response.additional) {
      if (record.type != type || record.name != host) continue;
      const auto* a = std::get_if<A>(&record.data);
      const auto address = net::parse_ip(a != nullptr ? a->address : std::get<Aaaa>(record.data).address);
      if (address) addresses.push_back(*address);
    }
  }
  return addresses;
}

bool read_referral(const Message& response, std::string_view asked, ServerAnswer& answer) {
  if (!response.answers.empty()) return false;
  for (const Record& record : response.authority) {
    const auto* ns = std::get_if<Ns>(&record.data);
    if (ns == nullptr || record.name.empty() || !is_at_or_below(asked, record.name)) continue;
    if (!answer.referral.empty() && record.name != answer.referral_zone) continue;
    answer.referral_zone = record.name;
    answer.referral.push_back({ns->host, glue_of(response, ns->host)});
  }
  return !answer.referral.empty();
}

void read_authoritative(const Message& response, std::string_view asked, RecordType type, ServerAnswer& answer) {
  for (const Record& record : response.answers) {
    if (record.name != asked) continue;
    if (record.type == type) answer.records.push_back(record);
    if (record.type == RecordType::cname && type != RecordType::cname) {
      answer.cname = std::get<Cname>(record.data).target;
    }
  }
  if (!answer.records.empty() || answer.cname) {
    answer.status = ServerStatus::found;
  } else {
    answer.status = response.rcode == Rcode::nxdomain ? ServerStatus::nxdomain : ServerStatus::no_data;
  }
}

}  // namespace

std::string_view name(ServerStatus status) {
  switch (status) {
    case ServerStatus::found: return "found";
    case ServerStatus::no_data: return "no_data";
    case ServerStatus::nxdomain: return "nxdomain";
    case ServerStatus::referral: return "referral";
    case ServerStatus::servfail: return "servfail";
    case ServerStatus::refused: return "refused";
    case ServerStatus::lame: return "lame";
    case ServerStatus::timeout: return "timeout";
  }
  return "unknown";
}

ServerAnswer read_response(const Message& response, std::string_view asked, RecordType type) {
  ServerAnswer answer;
  if (response.rcode != Rcode::noerror && response.rcode != Rcode::nxdomain) {
    const bool refused = response.rcode == Rcode::refused || response.rcode == Rcode::notauth;
    answer.status = refused ? ServerStatus::refused : ServerStatus::servfail;
    answer.detail = name(response.rcode);
  } else if (response.header.aa) {
    read_authoritative(response, asked, type, answer);
  } else if (response.rcode == Rcode::noerror && read_referral(response, asked, answer)) {
    answer.status = ServerStatus::referral;
    answer.detail = "the name is delegated to the servers of " + answer.referral_zone;
  } else {
    answer.status = ServerStatus::lame;
    answer.detail = "the server answers without authority for the zone";
  }
  return answer;
}

}  // namespace sesame::dns
