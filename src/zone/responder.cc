#include "zone/responder.h"

#include "base/log.h"
#include "dns/name.h"

namespace sesame::zone {
namespace {

using dns::Message;
using dns::Rcode;

constexpr std::uint16_t type_ixfr = 251;
constexpr std::uint16_t type_axfr = 252;

Message response_to(const dns::Header& query, Rcode rcode) {
  Message response;
  response.header.id = query.id;
  response.header.qr = true;
  response.header.opcode = query.opcode;
  response.header.rd = query.rd;
  response.rcode = rcode;
  return response;
}

bool is_transfer(dns::RecordType type) {
  const auto number = static_cast<std::uint16_t>(type);
  return number == type_axfr || number == type_ixfr;
}

// What is decided without looking at any zone; nullopt if the zones must be asked.
std::optional<Rcode> verdict(const Message& query) {
  if (query.questions.size() != 1) return Rcode::formerr;
  if (query.edns && query.edns->version > 0) return Rcode::badvers;
  const dns::Question& question = query.questions.front();
  if (question.record_class != dns::class_in || is_transfer(question.type)) return Rcode::refused;
  return std::nullopt;
}

// A question kept as it came must be one that can be written again: parsed names always are.
Message begin_response(const Message& query, Rcode rcode) {
  Message response = response_to(query.header, rcode);
  response.questions = query.questions;
  if (query.edns) response.edns = dns::Edns{dns::safe_udp_octets, 0, query.edns->dnssec_ok};
  return response;
}

net::Task<ZoneAnswer> ask(const Authority& authority, dns::Question question) {
  const std::string name = dns::canonical(question.name);
  try {
    co_return co_await authority.answer(name, question.type);
  } catch (const std::exception& e) {
    log::error("zone", "a question could not be answered", {{"name", name}, {"what", e.what()}});
  }
  co_return server_failure();
}

}  // namespace

std::size_t response_limit(Transport transport, const std::optional<dns::Edns>& edns) {
  if (transport == Transport::tcp) return dns::max_message_octets;
  if (!edns) return dns::max_plain_udp_octets;
  return std::clamp<std::size_t>(edns->udp_size, dns::max_plain_udp_octets, dns::safe_udp_octets);
}

net::Task<std::string> respond(const Authority& authority, std::string query_octets, Transport transport) {
  const auto header = dns::parse_header(query_octets);
  if (!header || header->qr) co_return "";
  if (header->opcode != dns::Opcode::query) co_return dns::serialise(response_to(*header, Rcode::notimp));
  const auto query = dns::parse_message(query_octets);
  if (!query) co_return dns::serialise(response_to(*header, Rcode::formerr));

  const auto decided = verdict(*query);
  Message response = begin_response(*query, decided.value_or(Rcode::noerror));
  if (response.questions.size() > 1) response.questions.clear();
  if (!decided) {
    ZoneAnswer answer = co_await ask(authority, query->questions.front());
    response.rcode = answer.rcode;
    response.header.aa = answer.authoritative;
    response.answers = std::move(answer.answers);
    response.authority = std::move(answer.authority);
    response.additional = std::move(answer.additional);
  }
  co_return dns::serialise_within(response, response_limit(transport, query->edns));
}

std::string truncated_response(std::string_view query_octets) {
  const auto query = dns::parse_message(query_octets);
  if (!query || query->header.qr || query->questions.size() != 1) return "";
  Message response = begin_response(*query, Rcode::noerror);
  response.header.tc = true;
  return dns::serialise(response);
}

}  // namespace sesame::zone
