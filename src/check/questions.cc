#include "check/questions.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "dns/name.h"

namespace sesame::check {
namespace {

using dns::ServerStatus;

bool has_answered(const dns::ServerLook& server) {
  const ServerStatus status = server.answer.status;
  return status == ServerStatus::found || status == ServerStatus::no_data || status == ServerStatus::nxdomain;
}

ServerStatus as_server_status(dns::AnswerStatus status) {
  switch (status) {
    case dns::AnswerStatus::found: return ServerStatus::found;
    case dns::AnswerStatus::no_data: return ServerStatus::no_data;
    case dns::AnswerStatus::nxdomain: return ServerStatus::nxdomain;
    case dns::AnswerStatus::servfail: return ServerStatus::servfail;
    case dns::AnswerStatus::timeout: break;
  }
  return ServerStatus::timeout;
}

// Of a server that answered.
dns::AnswerStatus as_answer_status(ServerStatus status) {
  if (status == ServerStatus::found) return dns::AnswerStatus::found;
  return status == ServerStatus::no_data ? dns::AnswerStatus::no_data : dns::AnswerStatus::nxdomain;
}

// Order and TTL do not make another answer.
std::vector<std::string> comparable(const dns::ServerLook& server) {
  std::vector<std::string> texts;
  for (const dns::Record& record : server.answer.records) texts.push_back(dns::presentation(record.data));
  std::ranges::sort(texts);
  return texts;
}

}  // namespace

bool is_answered(const dns::Answer& answer) {
  return answer.status != dns::AnswerStatus::servfail && answer.status != dns::AnswerStatus::timeout;
}

dns::ServerLook as_server_look(const dns::Answer& answer) {
  dns::ServerLook look{std::string(resolver_name), {}, {}};
  look.answer.status = as_server_status(answer.status);
  look.answer.detail = answer.detail;
  if (!answer.cname_chain.empty()) {
    look.answer.status = ServerStatus::found;
    look.answer.cname = answer.cname_chain.front();
  } else {
    look.answer.records = answer.records;
  }
  return look;
}

net::Task<identity::Reply> ask_servers(dns::AuthoritativeClient& client, dns::Resolver& resolver, std::string name,
                                       dns::RecordType type, net::Deadline deadline) {
  identity::Reply reply{dns::canonical(name), type, "", {}, std::nullopt};
  // Half of the time is the resolver's, should it come to that.
  const net::Deadline now = std::chrono::steady_clock::now();
  auto looks = co_await client.look(reply.name, type, now + (deadline - now) / 2);
  if (looks) {
    reply.servers = std::move(*looks);
  } else {
    reply.no_servers = std::move(looks.error());
  }
  if (has_answer(reply)) co_return reply;
  const dns::Answer answer = co_await resolver.resolve(reply.name, type, deadline);
  if (!is_answered(answer)) co_return reply;
  reply.no_servers.reset();
  reply.servers.push_back(as_server_look(answer));
  co_return reply;
}

bool has_answer(const identity::Reply& reply) { return std::ranges::any_of(reply.servers, has_answered); }

const dns::ServerLook* majority(const identity::Reply& reply) {
  const dns::ServerLook* most = nullptr;
  std::ptrdiff_t votes = 0;
  for (const dns::ServerLook& server : reply.servers) {
    if (!has_answered(server)) continue;
    const auto said = comparable(server);
    const auto agree = std::ranges::count_if(
        reply.servers, [&](const dns::ServerLook& other) { return has_answered(other) && comparable(other) == said; });
    if (agree <= votes) continue;
    votes = agree;
    most = &server;
  }
  return most;
}

std::vector<dns::Record> majority_records(const identity::Reply& reply) {
  const dns::ServerLook* server = majority(reply);
  return server ? server->answer.records : std::vector<dns::Record>();
}

std::vector<std::string> texts(const std::vector<dns::Record>& records) {
  std::vector<std::string> found;
  for (const dns::Record& record : records) {
    if (const auto* txt = std::get_if<dns::Txt>(&record.data)) found.push_back(txt->joined());
  }
  return found;
}

std::string shown_all(const std::vector<dns::Record>& records) {
  std::vector<std::string> lines;
  for (const dns::Record& record : records) lines.push_back(identity::shown(record.data));
  return lines.empty() ? "nothing" : fmt::format("{}", fmt::join(lines, "; "));
}

std::string shown_found(const identity::RecordFinding& finding) {
  return finding.found.empty() ? "nothing" : fmt::format("{}", fmt::join(finding.found, "; "));
}

std::string question_text(std::string_view name, dns::RecordType type) {
  return fmt::format("{} {}", name, dns::name(type));
}

void FreshResolver::learn(const identity::Reply& reply) {
  const dns::ServerLook* server = majority(reply);
  if (!server || identity::alias_at(reply)) return;
  dns::Answer answer;
  answer.status = as_answer_status(server->answer.status);
  answer.records = server->answer.records;
  known_[{dns::canonical(reply.name), reply.type}] = std::move(answer);
}

net::Task<dns::Answer> FreshResolver::resolve(std::string name, dns::RecordType type, net::Deadline deadline) {
  const auto known = known_.find({dns::canonical(name), type});
  if (known != known_.end()) co_return known->second;
  dns::Answer answer = co_await others_.resolve(std::move(name), type, deadline);
  co_return answer;
}

}  // namespace sesame::check
