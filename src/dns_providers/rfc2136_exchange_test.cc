// What happens on the wire when a server does what real ones seldom do. The rest is tested against real servers
// (tests/scenarios/test_publishing.py).
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <functional>

#include "base/digest.h"
#include "dns/datagram.h"
#include "dns/tcp_frame.h"
#include "dns/testing/fake_resolver.h"
#include "dns/wire_writer.h"
#include "dns_providers/rfc2136.h"
#include "net/listener.h"

namespace sesame::dns_providers {
namespace {

using namespace std::chrono_literals;
using dns::Rcode;
using dns::RecordType;

const RecordSet mx{"bounce.example.com", RecordType::mx, 60, {dns::Mx{5, "mx.example.com"}}};
const SetKey mx_key = key_of(mx);
const RecordSet no_mx{mx.name, mx.type, 0, {}};
constexpr std::uint16_t badkey = 17;  // RFC 8945 §3

dns::TsigKey key() { return {"k", dns::TsigAlgorithm::hmac_sha256, Secret("0123456789abcdef0123456789abcdef")}; }

// A request as it was before it was signed, and its MAC.
struct Unsigned {
  std::string plain, mac;
  bool is_update() const { return (static_cast<unsigned char>(plain[2]) >> 3 & 0xf) == 5; }
};

Unsigned without_signature(std::string request, Time now) {
  const std::size_t record = dns::sign_request(std::string(12, '\0'), key(), now).octets.size() - 12;
  Unsigned found{request.substr(0, request.size() - record), request.substr(request.size() - 6 - 32, 32)};
  found.plain[11] = 0;  // additional records
  return found;
}

// RFC 8945 §4.3 and §5.2; without a MAC when `error` is BADKEY (§5.3.2).
std::string with_signature(std::string plain, const std::string& request_mac, Time now, std::uint16_t error = 0) {
  const auto seconds = static_cast<std::uint32_t>(to_unix_seconds(now));
  dns::WireWriter variables(dns::WireWriter::Names::whole);
  variables.name("k");
  variables.u16(255);
  variables.u32(0);
  variables.name("hmac-sha256");
  variables.u16(0);
  variables.u32(seconds);
  variables.u16(300);
  variables.u16(error);
  variables.u16(0);
  const std::string digested = std::string("\0\x20", 2) + request_mac + plain + variables.take();
  const std::string mac = error == badkey ? "" : hmac_sha256(key().octets.reveal(), digested);
  dns::WireWriter record(dns::WireWriter::Names::whole);
  record.name("k");
  record.u16(250);
  record.u16(255);
  record.u32(0);
  const std::size_t start = record.open_length();
  record.name("hmac-sha256");
  record.u16(0);
  record.u32(seconds);
  record.u16(300);
  record.u16(static_cast<unsigned>(mac.size()));
  record.octets(mac);
  record.octets(plain.substr(0, 2));
  record.u16(error);
  record.u16(0);
  record.close_length(start);
  plain[11] = 1;
  return plain + record.take();
}

std::string query_answer(const Unsigned& request, std::vector<dns::Record> answers) {
  dns::Message message = dns::parse_message(request.plain).value();
  message.header.qr = message.header.aa = true;
  message.answers = std::move(answers);
  return dns::serialise(message);
}

std::string update_answer(const Unsigned& request, Rcode rcode) {
  std::string header(12, '\0');
  header.replace(0, 2, request.plain, 0, 2);
  header[2] = static_cast<char>(0xa8);  // QR, opcode 5
  header[3] = static_cast<char>(rcode);
  return header;
}

// A name server on loopback, over TCP and UDP on one port.
struct Peer {
  std::function<std::string(const Unsigned&)> answer;  // signed, ready to be sent
  Time now;
  bool closes_after_answer = false;
  std::atomic<int> connections = 0, datagrams = 0;
};

net::Task<void> serve(std::unique_ptr<net::Stream> stream, Peer& peer) {
  ++peer.connections;
  stream->set_deadline(net::after(10s));
  while (true) {
    auto request = co_await dns::read_frame(*stream, 65'535);
    if (!request) co_return;
    std::string response = peer.answer(without_signature(std::move(*request), peer.now));
    const auto written = co_await dns::write_frame(*stream, std::move(response));
    if (!written || peer.closes_after_answer) co_return;
  }
}

net::Task<void> serve_one_datagram(std::shared_ptr<dns::DatagramSocket> socket, Peer& peer) {
  std::array<char, 4096> buffer;
  const auto got = co_await socket->receive(buffer, net::after(10s));
  if (!got) co_return;
  ++peer.datagrams;
  socket->send(peer.answer(without_signature(std::string(buffer.data(), got->octets), peer.now)), got->from);
}

net::Task<void> keep(ProviderTask<std::vector<RecordSet>> task, Result<std::vector<RecordSet>, ProviderError>& result) {
  result = co_await std::move(task);
}
net::Task<void> keep_outcome(ProviderTask<void> task, Result<void, ProviderError>& result) {
  result = co_await std::move(task);
}

class Rfc2136Exchange : public testing::Test {
 protected:
  Rfc2136Exchange() : listener(*net::Listener::bind(runtime, {net::asio::ip::make_address("127.0.0.1"), 0}, {})) {
    peer.now = clock.now();
    listener->start([this](std::unique_ptr<net::Stream> stream) { return serve(std::move(stream), peer); });
  }
  ~Rfc2136Exchange() override { runtime.run_blocking(listener->stop(net::after(0s))); }

  Rfc2136Provider provider(bool udp = false) {
    return {{resolver, [](const net::IpAddress&) { return true; }, clock, random},
            {.zone = "example.com", .host = "127.0.0.1", .port = listener->local().port, .udp = udp, .key = key()}};
  }
  Result<std::vector<RecordSet>, ProviderError> read(std::vector<SetKey> questions) {
    Rfc2136Provider asked = provider();
    Result<std::vector<RecordSet>, ProviderError> result;
    runtime.run_blocking(keep(asked.read(std::move(questions), net::after(10s)), result));
    return result;
  }
  Result<void, ProviderError> apply(bool udp = false) {
    Rfc2136Provider asked = provider(udp);
    Result<void, ProviderError> result;
    runtime.run_blocking(keep_outcome(asked.apply({{no_mx}, {{no_mx, mx}}}, net::after(10s)), result));
    return result;
  }
  // Answers questions with `answers` and updates with `rcode`.
  void answers(std::vector<dns::Record> records, Rcode rcode = Rcode::noerror) {
    peer.answer = [this, records, rcode](const Unsigned& request) {
      std::string plain = request.is_update() ? update_answer(request, rcode) : query_answer(request, records);
      return with_signature(std::move(plain), request.mac, peer.now);
    };
  }

  net::Runtime runtime{1};
  dns::FakeResolver resolver;
  ManualClock clock;
  SecureRandom random;
  Peer peer;
  std::unique_ptr<net::Listener> listener;
};

const dns::Record mx_record{mx.name, RecordType::mx, 60, dns::Mx{5, "mx.example.com"}};
const std::vector<SetKey> three = {mx_key, {mx.name, RecordType::txt}, {mx.name, RecordType::ns}};

TEST_F(Rfc2136Exchange, TheQuestionsOfOneOperationShareAConnection) {
  answers({});
  const auto sets = read(three);
  ASSERT_TRUE(sets.has_value()) << sets.error().text;
  EXPECT_TRUE(sets->empty());
  EXPECT_EQ(peer.connections, 1);
}

TEST_F(Rfc2136Exchange, AServerThatClosesAfterEachAnswerIsAskedOnAnotherConnection) {
  answers({});
  peer.closes_after_answer = true;
  const auto sets = read(three);
  ASSERT_TRUE(sets.has_value()) << sets.error().text;
  EXPECT_EQ(peer.connections, 3);
}

TEST_F(Rfc2136Exchange, WhatStandsInTheZoneIsRead) {
  answers({mx_record});
  const auto sets = read({mx_key});
  ASSERT_TRUE(sets.has_value()) << sets.error().text;
  EXPECT_EQ(*sets, std::vector<RecordSet>{mx});
}

TEST_F(Rfc2136Exchange, WhatAWildcardMakesUpIsNotRead) {
  answers({mx_record}, Rcode::nxrrset);
  const auto sets = read({mx_key});
  ASSERT_TRUE(sets.has_value()) << sets.error().text;
  EXPECT_TRUE(sets->empty());
}

TEST_F(Rfc2136Exchange, ASignedRefusalHasChangedNothing) {
  answers({}, Rcode::nxrrset);
  const auto done = apply();
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().code, ProviderErrc::changed);
  EXPECT_FALSE(done.error().may_have_happened);
}

TEST_F(Rfc2136Exchange, ARefusalAnybodyCouldHaveSentLeavesTheUpdateOpen) {
  peer.answer = [this](const Unsigned& request) {
    return with_signature(update_answer(request, Rcode::notauth), request.mac, peer.now, badkey);
  };
  const auto done = apply();
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().code, ProviderErrc::bad_key_name);
  EXPECT_TRUE(done.error().may_have_happened);
}

TEST_F(Rfc2136Exchange, AnUpdateWhoseAnswerIsCutShortIsNotSentAgain) {
  peer.answer = [this](const Unsigned& request) {
    std::string plain = update_answer(request, Rcode::noerror);
    plain[2] = static_cast<char>(plain[2] | 2);  // TC
    return with_signature(std::move(plain), request.mac, peer.now);
  };
  auto socket = dns::DatagramSocket::bind(runtime.executor(0), listener->local());
  ASSERT_TRUE(socket.has_value());
  net::TaskGroup tasks("a name server");
  tasks.spawn(runtime.executor(0), serve_one_datagram(std::make_shared<dns::DatagramSocket>(std::move(*socket)), peer));
  EXPECT_TRUE(apply(true).has_value());
  EXPECT_EQ(peer.datagrams, 1);
  EXPECT_EQ(peer.connections, 0);
  runtime.run_blocking(tasks.stop());
}

}  // namespace
}  // namespace sesame::dns_providers
