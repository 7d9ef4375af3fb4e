#include "identity/testing/name_servers.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include "dns/name.h"

namespace sesame::identity {
namespace {

using dns::RecordType;

dns::RecordData parsed(RecordType type, std::string_view value) {
  auto data = dns::parse_record_data(type, value);
  if (const auto* error = std::get_if<dns::RecordParseError>(&data)) throw std::invalid_argument(error->text);
  return std::get<dns::RecordData>(std::move(data));
}

net::Task<void> serve(dns::DatagramSocket socket, NameServer& server) {
  std::array<char, 4096> buffer;
  while (true) {
    const auto datagram = co_await socket.receive(buffer, net::Deadline::max());
    if (!datagram) co_return;
    const std::string answer = server.answer(std::string_view(buffer.data(), datagram->octets));
    if (!answer.empty() && !socket.send(answer, datagram->from)) co_return;
  }
}

}  // namespace

void NameServer::publish(std::string_view name, RecordType type, std::string_view value) {
  dns::RecordData data = parsed(type, value);
  const std::lock_guard lock(mutex_);
  records_[{dns::canonical(name), type}].push_back(std::move(data));
}

void NameServer::withdraw(std::string_view name, RecordType type) {
  const std::lock_guard lock(mutex_);
  records_.erase({dns::canonical(name), type});
}

void NameServer::delegate(std::string_view name, std::string_view host) {
  const std::lock_guard lock(mutex_);
  delegations_[dns::canonical(name)] = dns::canonical(host);
}

std::vector<dns::Record> NameServer::records_at(const std::string& owner, const std::string& asked,
                                                RecordType type) const {
  std::vector<dns::Record> records;
  for (const RecordType each : {type, RecordType::cname}) {
    const auto found = records_.find({owner, each});
    if (found == records_.end()) continue;
    for (const dns::RecordData& data : found->second) records.push_back({asked, each, 60, data});
    break;
  }
  return records;
}

bool NameServer::exists(const std::string& name) const {
  return std::ranges::any_of(records_, [&](const auto& entry) { return dns::is_at_or_below(entry.first.first, name); });
}

void NameServer::fill(dns::Message& response, const std::string& asked, RecordType type) const {
  for (const auto& [name, host] : delegations_) {
    if (!dns::is_at_or_below(asked, name)) continue;
    response.header.aa = false;
    response.authority = {{name, RecordType::ns, 60, dns::Ns{host}}};
    return;
  }
  const std::string owner = exists(asked) ? asked : fmt::format("*.{}", dns::parent(asked));
  response.answers = records_at(owner, asked, type);
  if (!exists(owner)) response.rcode = dns::Rcode::nxdomain;
}

std::string NameServer::answer(std::string_view octets) {
  ++questions_;
  const auto query = dns::parse_message(octets);
  if (!query || query->questions.size() != 1 || how_ == Misbehaviour::silent) return "";
  dns::Message response;
  response.header = {.id = query->header.id, .qr = true, .aa = true};
  response.questions = query->questions;
  if (query->edns) response.edns.emplace();
  switch (how_.load()) {
    case Misbehaviour::servfail: response.rcode = dns::Rcode::servfail; break;
    case Misbehaviour::refused: response.rcode = dns::Rcode::refused; break;
    case Misbehaviour::silent:
    case Misbehaviour::none: {
      const std::lock_guard lock(mutex_);
      fill(response, dns::canonical(query->questions[0].name), query->questions[0].type);
    }
  }
  return dns::serialise(response);
}

NameServers::NameServers(net::Runtime& runtime, std::string zone, std::size_t count)
    : runtime_(runtime), zone_servers_(count) {
  resolver_.add(zone, RecordType::soa, fmt::format("ns1.{0} hostmaster.{0} 2026010101 7200 900 1209600 300", zone));
  for (std::size_t i = 1; i <= count; ++i) {
    const std::string host = fmt::format("ns{}.{}", i, zone);
    const std::string address = fmt::format("127.0.0.{}", i);
    resolver_.add(zone, RecordType::ns, host);
    resolver_.add(host, RecordType::a, address);
    start(address);
  }
}

NameServers::~NameServers() { runtime_.run_blocking(tasks_.stop()); }

NameServer& NameServers::start(const std::string& address) {
  auto socket = dns::DatagramSocket::bind(runtime_.executor(0), {net::asio::ip::make_address(address), port_});
  if (!socket) throw std::runtime_error(socket.error().detail);
  port_ = socket->local().port;
  NameServer& server = *servers_.emplace_back(std::make_unique<NameServer>());
  tasks_.spawn(runtime_.executor(0), serve(std::move(*socket), server));
  return server;
}

NameServer& NameServers::add_server(std::string host) {
  const std::string address = fmt::format("127.0.0.{}", servers_.size() + 1);
  resolver_.add(host, RecordType::a, address);
  return start(address);
}

void NameServers::publish(std::string_view name, RecordType type, std::string_view value) {
  for (std::size_t i = 0; i < zone_servers_; ++i) servers_[i]->publish(name, type, value);
}

void NameServers::withdraw(std::string_view name, RecordType type) {
  for (std::size_t i = 0; i < zone_servers_; ++i) servers_[i]->withdraw(name, type);
}

void NameServers::replace(std::string_view name, RecordType type, std::string_view value) {
  withdraw(name, type);
  publish(name, type, value);
}

}  // namespace sesame::identity
