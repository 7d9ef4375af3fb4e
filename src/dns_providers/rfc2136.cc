#include "dns_providers/rfc2136.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "dns/datagram.h"
#include "dns/exchange.h"
#include "dns/name.h"
#include "dns/tcp_frame.h"
#include "net/stream.h"

namespace sesame::dns_providers {
namespace {

using dns::Message;
using dns::Rcode;
using dns::RecordType;

constexpr std::size_t max_detail_octets = 300;

std::unexpected<ProviderError> failure(ProviderErrc code, std::string field, std::string_view text,
                                       bool may_have_happened = false) {
  return std::unexpected(
      ProviderError{code, std::move(field), printable_utf8(text, max_detail_octets), may_have_happened});
}

// Whoever sees the request can send such an answer, so what became of the request stays open.
ProviderError from_tsig(const dns::TsigError& error, const std::string& server) {
  using enum dns::TsigErrc;
  const std::string said = error.rcode ? fmt::format(" ({})", dns::name(*error.rcode)) : "";
  const std::string text =
      printable_utf8(fmt::format("The server {}: {}{}.", server, dns::explain(error.code), said), max_detail_octets);
  switch (error.code) {
    case key_unknown: return {ProviderErrc::bad_key_name, "settings.key_name", text, true};
    case mac_refused: return {ProviderErrc::bad_credentials, "secrets.key", text, true};
    case time_refused:
    case bad_time: return {ProviderErrc::bad_time, "", text, true};
    case unsigned_message:
      if (error.rcode == Rcode::refused || error.rcode == Rcode::notauth) {
        return {ProviderErrc::forbidden, "settings.key_name", text, true};
      }
      break;
    case malformed:
    case other_key:
    case bad_mac: break;
  }
  return {ProviderErrc::malformed, "settings.server", text, true};
}

ProviderError from_net(const net::NetError& error, const std::string& server, bool may_have_happened) {
  return {ProviderErrc::unreachable, "settings.server",
          printable_utf8(
              fmt::format("The server {} does not answer: {} ({}).", server, net::name(error.code), error.detail),
              max_detail_octets),
          may_have_happened};
}

// A refusal that is signed: the server's word.
ProviderError from_rcode(Rcode rcode, const std::string& zone) {
  const std::string said = dns::name(rcode);
  switch (rcode) {
    case Rcode::refused:
      return {ProviderErrc::forbidden, "settings.key_name",
              fmt::format("The server does not let this key do that in {} ({}).", zone, said), false};
    case Rcode::notauth:
    case Rcode::notzone:
      return {ProviderErrc::no_zone, "zone", fmt::format("The server does not have the zone {} ({}).", zone, said),
              false};
    case Rcode::notimp:
      return {ProviderErrc::refused, "settings.server", fmt::format("The server takes no updates ({}).", said), false};
    case Rcode::yxdomain:
    case Rcode::yxrrset:
    case Rcode::nxrrset:
    case Rcode::nxdomain:
      return {ProviderErrc::changed, "", fmt::format("The zone {} is not as it was ({}).", zone, said), false};
    case Rcode::noerror:
    case Rcode::formerr:
    case Rcode::servfail:
    case Rcode::badvers: break;
  }
  return {ProviderErrc::refused, "", fmt::format("The server did not take it ({}).", said), false};
}

net::Task<Result<std::string, net::NetError>> exchange_udp(net::Endpoint server, const std::string& request,
                                                           net::Deadline deadline) {
  const net::Executor executor = co_await net::current_executor();
  auto socket = dns::DatagramSocket::connect(executor, server);
  if (!socket) co_return std::unexpected(socket.error());
  const auto sent = socket->send(request);
  if (!sent) co_return std::unexpected(sent.error());
  std::array<char, 4096> buffer;
  while (true) {
    const auto datagram = co_await socket->receive(buffer, deadline);
    if (!datagram) co_return std::unexpected(datagram.error());
    std::string response(buffer.data(), datagram->octets);
    const auto header = dns::parse_header(response);
    if (header && header->qr && response.starts_with(request.substr(0, 2))) co_return response;
  }
}

net::Task<Result<std::string, net::NetError>> exchange_on(net::Stream& stream, const std::string& request) {
  const auto written = co_await dns::write_frame(stream, request);
  if (!written) co_return std::unexpected(written.error());
  auto response = co_await dns::read_frame(stream, dns::max_message_octets);
  co_return response;
}

bool is_cut_short(const std::string& response) {
  const auto header = dns::parse_header(response);
  return header && header->tc;
}

void add_to(std::vector<RecordSet>& sets, const dns::Record& record) {
  const SetKey key{record.name, record.type};
  auto found = std::ranges::find(sets, key, key_of);
  if (found == sets.end()) found = sets.insert(sets.end(), RecordSet{record.name, record.type, record.ttl, {}});
  if (std::ranges::find(found->data, record.data) == found->data.end()) found->data.push_back(record.data);
}

}  // namespace

std::vector<RecordSet> sets_in(const Message& response, const SetKey& question, std::string_view zone) {
  std::vector<RecordSet> sets;
  for (const dns::Record& record : response.answers) {
    const bool is_of_it = record.type == question.type || record.type == RecordType::cname;
    if (is_of_it && dns::equal(record.name, question.name)) add_to(sets, record);
  }
  // A referral tells of a delegation, also to who asks for the delegation itself (RFC 1034 §4.3.2).
  for (const dns::Record& record : response.authority) {
    const bool is_cut = record.type == RecordType::ns && dns::is_below(record.name, zone);
    if (is_cut && dns::is_at_or_below(question.name, record.name)) add_to(sets, record);
  }
  return sets;
}

ProviderTask<std::vector<net::Endpoint>> Rfc2136Provider::endpoints(net::Deadline deadline) {
  auto found =
      co_await dns::outside_endpoints(deps_.resolver, deps_.may_contact, settings_.host, settings_.port, deadline);
  if (!found) co_return failure(ProviderErrc::bad_address, "settings.server", found.error().detail + ".");
  co_return std::move(*found);
}

Result<Message, ProviderError> Rfc2136Provider::verified(const std::string& response, const dns::SignedRequest& request,
                                                         net::Endpoint server) const {
  const std::string where = net::to_string(server);
  const auto plain = dns::verify_response(response, settings_.key, request.mac, deps_.clock.now());
  if (!plain) return std::unexpected(from_tsig(plain.error(), where));
  auto message = dns::parse_message(*plain);
  const bool is_response = message && message->header.qr;
  if (!is_response) {
    return failure(ProviderErrc::malformed, "settings.server",
                   fmt::format("The server {} answers something that is no DNS response.", where), true);
  }
  return std::move(*message);
}

// False in `sent`: nothing has been written.
net::Task<Result<std::string, net::NetError>> Rfc2136Provider::ask_by_stream(net::Endpoint server,
                                                                             const dns::SignedRequest& request,
                                                                             net::Deadline deadline, bool& sent) {
  auto connected = co_await net::connect_tcp(server, deadline);
  if (!connected) co_return std::unexpected(connected.error());
  sent = true;
  stream_ = std::move(*connected);
  auto response = co_await exchange_on(*stream_, request.octets);
  if (!response) stream_.reset();
  co_return response;
}

// An update whose answer is cut short has been carried out or refused all the same: what there is of the answer counts.
ProviderTask<Message> Rfc2136Provider::ask_at(net::Endpoint server, const dns::SignedRequest& request, Repeat repeat,
                                              net::Deadline deadline) {
  const bool udp = settings_.udp && request.octets.size() <= dns::safe_udp_octets;
  bool sent = udp;
  Result<std::string, net::NetError> response;
  if (udp) response = co_await exchange_udp(server, request.octets, deadline);
  const bool wants_the_rest = udp && repeat == Repeat::may_be_sent_again && response && is_cut_short(*response);
  if (!udp || wants_the_rest) response = co_await ask_by_stream(server, request, deadline, sent);
  if (!response) co_return std::unexpected(from_net(response.error(), net::to_string(server), sent));
  co_return verified(*response, request, server);
}

// At the first address that can be reached; the next one only where nothing can have been sent.
ProviderTask<Message> Rfc2136Provider::ask(std::string octets, Repeat repeat, net::Deadline deadline) {
  const dns::SignedRequest request = dns::sign_request(std::move(octets), settings_.key, deps_.clock.now());
  if (stream_ && repeat == Repeat::may_be_sent_again && !settings_.udp) {
    stream_->set_deadline(deadline);
    const auto response = co_await exchange_on(*stream_, request.octets);
    if (response) co_return verified(*response, request, stream_->remote());
  }
  stream_.reset();  // a server closes connections when it likes (RFC 7766 §6.2.3)
  const auto servers = co_await endpoints(deadline);
  if (!servers) co_return std::unexpected(servers.error());
  ProviderError problem;
  for (const net::Endpoint& server : *servers) {
    auto response = co_await ask_at(server, request, repeat, deadline);
    if (response) co_return std::move(*response);
    problem = response.error();
    if (problem.code != ProviderErrc::unreachable || problem.may_have_happened) break;
  }
  co_return std::unexpected(problem);
}

ProviderTask<Message> Rfc2136Provider::query(SetKey question, net::Deadline deadline) {
  const Message message = dns::make_query(question.name, question.type, deps_.random, false);
  auto response = co_await ask(dns::serialise(message), Repeat::may_be_sent_again, deadline);
  if (!response) {
    response.error().may_have_happened = false;
    co_return std::unexpected(response.error());
  }
  if (!dns::answers(*response, message)) {
    co_return failure(ProviderErrc::malformed, "settings.server", "The server answers another question.");
  }
  // A server answers REFUSED for a zone it does not have, and about one it does not show to this key.
  if (response->rcode == Rcode::refused || response->rcode == Rcode::notauth) {
    co_return failure(ProviderErrc::no_zone, "zone",
                      fmt::format("The server does not answer for {} ({}): it does not have the zone, or not for this "
                                  "key.",
                                  settings_.zone, dns::name(response->rcode)));
  }
  if (response->rcode != Rcode::noerror && response->rcode != Rcode::nxdomain) {
    co_return std::unexpected(from_rcode(response->rcode, settings_.zone));
  }
  co_return std::move(*response);
}

ProviderTask<void> Rfc2136Provider::update(dns::Update update, net::Deadline deadline) {
  update.id = static_cast<std::uint16_t>(deps_.random.below(65'536));
  update.zone = settings_.zone;
  const auto response = co_await ask(dns::serialise(update), Repeat::is_sent_once, deadline);
  if (!response) co_return std::unexpected(response.error());
  const bool is_its = response->header.opcode == dns::Opcode::update && response->header.id == update.id;
  if (!is_its) {
    co_return failure(ProviderErrc::malformed, "settings.server", "The server answers something else.", true);
  }
  if (response->rcode != Rcode::noerror) co_return std::unexpected(from_rcode(response->rcode, settings_.zone));
  co_return Result<void, ProviderError>();
}

ProviderTask<ZoneFacts> Rfc2136Provider::test(net::Deadline deadline) {
  const auto response = co_await query({settings_.zone, RecordType::soa}, deadline);
  if (!response) co_return std::unexpected(response.error());
  const auto soa = std::ranges::find_if(response->answers, [&](const dns::Record& record) {
    return record.type == RecordType::soa && dns::equal(record.name, settings_.zone);
  });
  if (!response->header.aa || soa == response->answers.end()) {
    co_return failure(ProviderErrc::no_zone, "zone",
                      fmt::format("The server does not have the zone {}.", settings_.zone));
  }
  auto permitted = co_await update({}, deadline);
  if (!permitted) co_return std::unexpected(permitted.error());
  ZoneFacts facts;
  if (const auto* data = std::get_if<dns::Soa>(&soa->data)) facts.serial = data->serial;
  co_return facts;
}

// An update that changes nothing and has the sets as its prerequisites.
ProviderTask<bool> Rfc2136Provider::stand_there(std::vector<RecordSet> sets, net::Deadline deadline) {
  dns::Update probe;
  probe.must_be = std::move(sets);
  const auto asked = co_await update(std::move(probe), deadline);
  if (asked) co_return true;
  if (asked.error().code == ProviderErrc::changed) co_return false;
  ProviderError problem = asked.error();
  problem.may_have_happened = false;
  co_return std::unexpected(std::move(problem));
}

// All are asked about at once first: wildcards are rare.
ProviderTask<std::vector<RecordSet>> Rfc2136Provider::without_made_up(std::vector<RecordSet> sets,
                                                                      net::Deadline deadline) {
  if (sets.empty()) co_return sets;
  const auto all = co_await stand_there(sets, deadline);
  if (!all) co_return std::unexpected(all.error());
  if (*all) co_return sets;
  std::vector<RecordSet> real;
  for (RecordSet& set : sets) {
    std::vector<RecordSet> one = {set};
    const auto stands = co_await stand_there(std::move(one), deadline);
    if (!stands) co_return std::unexpected(stands.error());
    if (*stands) real.push_back(std::move(set));
  }
  co_return real;
}

ProviderTask<std::vector<RecordSet>> Rfc2136Provider::read(std::vector<SetKey> questions, net::Deadline deadline) {
  std::vector<RecordSet> sets;
  for (const SetKey& question : questions) {
    const auto response = co_await query(question, deadline);
    if (!response) co_return std::unexpected(response.error());
    for (RecordSet& set : sets_in(*response, question, settings_.zone)) {
      if (std::ranges::find(sets, key_of(set), key_of) == sets.end()) sets.push_back(std::move(set));
    }
  }
  auto real = co_await without_made_up(std::move(sets), deadline);
  co_return real;
}

ProviderTask<void> Rfc2136Provider::apply(ChangeSet changes, net::Deadline deadline) {
  dns::Update wanted;
  wanted.must_be = std::move(changes.expected);
  for (const Change& change : changes.changes) {
    if (!change.before.data.empty()) wanted.remove.push_back(change.before);
    if (!change.after.data.empty()) wanted.add.push_back(change.after);
  }
  auto done = co_await update(std::move(wanted), deadline);
  co_return done;
}

}  // namespace sesame::dns_providers
