#include "check/name_servers.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "check/beside.h"

namespace sesame::check {
namespace {

using dns::ServerStatus;

net::Task<void> ask_soa(dns::AuthoritativeClient& client, net::IpAddress address, std::uint16_t port, std::string apex,
                        NameServerFinding& finding, net::Deadline deadline) {
  const dns::ServerAnswer answer =
      co_await client.ask(net::Endpoint{address, port}, std::move(apex), dns::RecordType::soa, deadline);
  finding.status = answer.status;
  finding.detail = answer.detail;
  const auto* soa = answer.records.empty() ? nullptr : std::get_if<dns::Soa>(&answer.records.front().data);
  if (soa) finding.serial = soa->serial;
}

// What a failure is called, and what it asks for.
std::string explain(const NameServerFinding& server, const std::string& apex) {
  const std::string zone = apex.empty() ? "the root" : apex;
  switch (server.status) {
    case ServerStatus::timeout:
      return server.address.empty()
                 ? fmt::format(
                       "{} is named as a server of {} and has no address. Give it one, or take it out of the zone's "
                       "NS records.",
                       server.name, zone)
                 : fmt::format(
                       "{} does not answer. Receivers that ask it wait, and some give up: repair it, or take it out "
                       "of the zone's NS records.",
                       server.name);
    case ServerStatus::lame:
    case ServerStatus::referral:
    case ServerStatus::refused:
      return fmt::format(
          "{} does not serve {}, though the zone names it. Configure the zone there, or take the server out "
          "of the NS records.",
          server.name, zone);
    case ServerStatus::servfail: return fmt::format("{} cannot answer for {}. Look into its log.", server.name, zone);
    case ServerStatus::found:
    case ServerStatus::no_data:
    case ServerStatus::nxdomain: break;
  }
  return fmt::format(
      "{} answers, and says that {} is no zone. Configure the zone there, or take the server out of the NS "
      "records.",
      server.name, zone);
}

std::string soa_question(const std::string& apex) {
  return question_text(apex.empty() ? "." : apex, dns::RecordType::soa);
}

void judge_serials(const ZoneFinding& zone, Problems& problems) {
  std::map<std::uint32_t, std::vector<std::string>> by_serial;
  for (const NameServerFinding& server : zone.servers) {
    if (server.serial) by_serial[*server.serial].push_back(server.name);
  }
  if (by_serial.size() < 2) return;
  std::vector<std::string> editions;
  for (const auto& [serial, names] : by_serial)
    editions.push_back(fmt::format("{} at {}", serial, fmt::join(names, ", ")));
  problems.push_back(
      {Topic::name_servers, Severity::advice, soa_question(zone.apex),
       fmt::format("different serials: {}", fmt::join(editions, "; ")),
       "The servers have different editions of the zone. Usually that passes within minutes; if it stays, one "
       "of them does not follow the changes."});
}

bool says_something(const dns::ServerLook& server) {
  const ServerStatus status = server.answer.status;
  return status == ServerStatus::found || status == ServerStatus::no_data || status == ServerStatus::nxdomain;
}

std::string said(const dns::ServerLook& server) {
  if (server.answer.cname && server.answer.records.empty()) return fmt::format("CNAME {}", *server.answer.cname);
  std::vector<dns::Record> records = server.answer.records;
  std::ranges::sort(records, {}, [](const dns::Record& record) { return dns::presentation(record.data); });
  return shown_all(records);
}

}  // namespace

bool ZoneFinding::is_out_of_reach() const {
  return !servers.empty() &&
         std::ranges::all_of(servers, [](const auto& server) { return server.status == ServerStatus::timeout; });
}

net::Task<ZoneFinding> look_at_zone(dns::AuthoritativeClient& client, dns::ZoneServers zone, std::uint16_t port,
                                    net::Deadline deadline) {
  ZoneFinding finding;
  finding.apex = zone.apex;
  finding.servers.resize(zone.servers.size());
  std::vector<net::Task<void>> questions;
  for (std::size_t i = 0; i < zone.servers.size(); ++i) {
    NameServerFinding& server = finding.servers[i];
    server.name = zone.servers[i].name;
    if (zone.servers[i].addresses.empty()) {
      server.detail = "no address";
      continue;
    }
    const net::IpAddress address = zone.servers[i].addresses.front();
    server.address = address.to_string();
    questions.push_back(ask_soa(client, address, port, zone.apex, server, deadline));
  }
  co_await beside(std::move(questions));
  finding.problems = judge_zone(finding);
  co_return finding;
}

Problems judge_zone(const ZoneFinding& zone) {
  Problems problems;
  if (zone.is_out_of_reach()) {
    problems.push_back(
        {Topic::name_servers, Severity::advice, soa_question(zone.apex), "no answer from any of them",
         "The zone's name servers cannot be asked from here. What this page says of its records is what the "
         "resolver says, which may be some time old."});
    return problems;
  }
  for (const NameServerFinding& server : zone.servers) {
    if (server.is_authoritative()) continue;
    problems.push_back(
        {Topic::name_servers, Severity::bad, fmt::format("{} at {}", soa_question(zone.apex), server.name),
         server.detail.empty() ? std::string(dns::name(server.status)) : server.detail, explain(server, zone.apex)});
  }
  judge_serials(zone, problems);
  if (zone.servers.size() == 1) {
    problems.push_back(
        {Topic::name_servers, Severity::advice, question_text(zone.apex.empty() ? "." : zone.apex, dns::RecordType::ns),
         zone.servers.front().name,
         "One name server alone: while it is out of reach, so is the domain, and its mail is refused. Have at "
         "least two."});
  }
  return problems;
}

Problems judge_agreement(const identity::Reply& reply) {
  std::map<std::string, std::vector<std::string>> by_answer;
  for (const dns::ServerLook& server : reply.servers) {
    if (says_something(server)) by_answer[said(server)].push_back(server.server);
  }
  if (by_answer.size() < 2) return {};
  std::vector<std::string> answers;
  for (const auto& [answer, names] : by_answer)
    answers.push_back(fmt::format("{} at {}", answer, fmt::join(names, ", ")));
  return {{Topic::name_servers, Severity::bad, question_text(reply.name, reply.type),
           fmt::format("{}", fmt::join(answers, "; ")),
           "The name servers disagree, so receivers decide one way or the other by chance. Usually that passes within "
           "minutes; if it stays, one of them does not follow the changes of the zone."}};
}

}  // namespace sesame::check
