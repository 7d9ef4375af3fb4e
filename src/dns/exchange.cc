#include "dns/exchange.h"

#include <array>

#include "dns/datagram.h"
#include "dns/name.h"
#include "dns/tcp_frame.h"
#include "net/stream.h"

namespace sesame::dns {

using net::NetErrc;
using net::NetError;

Message make_query(std::string name, RecordType type, RandomSource& random, bool edns) {
  Message query;
  query.header.id = static_cast<std::uint16_t>(random.below(65'536));
  query.questions.push_back({std::move(name), type, class_in});
  if (edns) query.edns.emplace();
  return query;
}

bool answers(const Message& response, const Message& query) {
  if (!response.header.qr || response.header.id != query.header.id) return false;
  // A server that cannot parse may leave the question out (RFC 1035 §4.1.1).
  if (response.questions.empty()) return response.rcode == Rcode::formerr || response.rcode == Rcode::notimp;
  if (response.questions.size() != 1) return false;
  const Question& got = response.questions.front();
  const Question& asked = query.questions.front();
  return equal(got.name, asked.name) && got.type == asked.type && got.record_class == asked.record_class;
}

net::Task<Result<Message, NetError>> exchange_udp(net::Endpoint server, Message query, net::Deadline deadline) {
  const net::Executor executor = co_await net::current_executor();
  auto socket = DatagramSocket::connect(executor, server);
  if (!socket) co_return std::unexpected(socket.error());
  const auto sent = socket->send(serialise(query));
  if (!sent) co_return std::unexpected(sent.error());
  std::array<char, 4096> buffer;
  while (true) {
    const auto datagram = co_await socket->receive(buffer, deadline);
    if (!datagram) co_return std::unexpected(datagram.error());
    auto response = parse_message(std::string_view(buffer.data(), datagram->octets));
    if (response && answers(*response, query)) co_return std::move(*response);
    // A response cut in the middle of a record by a server that sets TC (some do) is still a reason for TCP.
    const auto header = parse_header(std::string_view(buffer.data(), datagram->octets));
    if (!response && header && header->qr && header->tc && header->id == query.header.id) {
      Message truncated;
      truncated.header = *header;
      co_return truncated;
    }
  }
}

net::Task<Result<Message, NetError>> exchange_tcp(net::Endpoint server, Message query, net::Deadline deadline) {
  auto stream = co_await net::connect_tcp(server, deadline);
  if (!stream) co_return std::unexpected(stream.error());
  const auto written = co_await write_frame(**stream, serialise(query));
  if (!written) co_return std::unexpected(written.error());
  const auto body = co_await read_frame(**stream, max_message_octets);
  if (!body) co_return std::unexpected(body.error());
  auto response = parse_message(*body);
  if (!response) co_return std::unexpected(NetError{NetErrc::other, std::string(name(response.error()))});
  if (!answers(*response, query))
    co_return std::unexpected(NetError{NetErrc::other, "the response is for another query"});
  co_return std::move(*response);
}

}  // namespace sesame::dns
