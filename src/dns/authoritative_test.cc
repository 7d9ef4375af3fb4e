// Direct questions against a scripted name server on loopback.
#include "dns/authoritative.h"

#include <gtest/gtest.h>

#include <atomic>

#include "dns/datagram.h"
#include "dns/name.h"
#include "dns/testing/fake_resolver.h"
#include "dns/wire.h"
#include "net/runtime.h"
#include "net/task_group.h"

namespace sesame::dns {
namespace {

constexpr auto patience = std::chrono::seconds(10);

// What the server sends for the n-th query (from 0): any number of datagrams.
using Script = std::function<std::vector<std::string>(const Message& query, int n)>;

Message response_to(const Message& query, bool authoritative = true, Rcode rcode = Rcode::noerror) {
  Message response;
  response.header = {.id = query.header.id, .qr = true, .aa = authoritative};
  response.rcode = rcode;
  response.questions = query.questions;
  if (query.edns) response.edns.emplace();
  return response;
}

Message with_txt(Message response, std::string text) {
  response.answers = {{canonical(response.questions.at(0).name), RecordType::txt, 60, Txt{{std::move(text)}}}};
  return response;
}

net::Task<void> serve(DatagramSocket socket, Script script) {
  std::array<char, 4096> buffer;
  for (int n = 0;; ++n) {
    const auto datagram = co_await socket.receive(buffer, net::Deadline::max());
    if (!datagram) co_return;
    const auto query = parse_message(std::string_view(buffer.data(), datagram->octets));
    for (const std::string& octets : script(*query, n)) {
      if (!socket.send(octets, datagram->from)) co_return;
    }
  }
}

net::Task<void> ask_silent(AuthoritativeClient& client, std::uint16_t port, net::Deadline deadline) {
  const net::Endpoint silent{*net::parse_ip("127.0.0.1"), port};
  co_await client.ask(silent, "a.test", RecordType::txt, deadline);
}

struct AuthoritativeTest : testing::Test {
  ~AuthoritativeTest() override {
    if (client) runtime.run_blocking(client->stop());
    runtime.run_blocking(servers.stop());
  }

  net::Endpoint start(Script script, std::string address = "127.0.0.1", std::uint16_t port = 0) {
    auto socket = DatagramSocket::bind(runtime.executor(0), {*net::parse_ip(address), port});
    if (!socket) throw std::runtime_error(socket.error().detail);
    const net::Endpoint at = socket->local();
    servers.spawn(runtime.executor(0), serve(std::move(*socket), std::move(script)));
    return at;
  }
  template <class T>
  T run(net::Task<T> task) {
    std::optional<T> result;
    runtime.run_blocking(net::detail::keep_result(std::move(task), result));
    return std::move(*result);
  }
  AuthoritativeClient& at_port(std::uint16_t port) {
    AuthoritativeOptions options;
    options.port = port;
    options.allow_private_servers = allow_private;
    options.first_try = std::chrono::milliseconds(100);
    client = std::make_unique<AuthoritativeClient>(runtime.executor(0), dns, random, options);
    return *client;
  }
  ServerAnswer ask(net::Endpoint server, std::chrono::milliseconds limit = patience) {
    return run(at_port(53).ask(server, "a.Example.", RecordType::txt, net::after(limit)));
  }

  bool allow_private = true;
  net::Runtime runtime{1};
  net::TaskGroup servers{"test.name_servers"};
  FakeResolver dns;
  SecureRandom random;
  std::unique_ptr<AuthoritativeClient> client;
};

TEST_F(AuthoritativeTest, DatagramsThatDoNotAnswerTheQueryArePassedOver) {
  const auto server = start([](const Message& query, int) {
    Message other_id = with_txt(response_to(query), "forged");
    other_id.header.id ^= 1;
    Message other_name = with_txt(response_to(query), "forged");
    other_name.questions[0].name = "b.example";
    const Message not_a_response = query;
    return std::vector<std::string>{"scrap", serialise(other_id), serialise(other_name), serialise(not_a_response),
                                    serialise(with_txt(response_to(query), "genuine"))};
  });
  const ServerAnswer answer = ask(server);
  ASSERT_EQ(answer.status, ServerStatus::found) << answer.detail;
  EXPECT_EQ(presentation(answer.records.at(0).data), "\"genuine\"");
}

TEST_F(AuthoritativeTest, ALostQuestionIsAskedOnceMoreWithAnotherId) {
  auto ids = std::make_shared<std::vector<std::uint16_t>>();
  const auto server = start([ids](const Message& query, int n) {
    ids->push_back(query.header.id);
    EXPECT_FALSE(query.header.rd);
    EXPECT_EQ(query.edns->udp_size, 1232);
    if (n == 0) return std::vector<std::string>{};
    return std::vector<std::string>{serialise(with_txt(response_to(query), "x"))};
  });
  EXPECT_EQ(ask(server).status, ServerStatus::found);
  EXPECT_EQ(ids->size(), 2U);
}

TEST_F(AuthoritativeTest, ServersOlderThanEdnsAreAskedWithoutIt) {
  const auto server = start([](const Message& query, int) {
    Message formerr = response_to(query, false, Rcode::formerr);
    formerr.questions.clear();
    formerr.edns.reset();
    if (query.edns) return std::vector<std::string>{serialise(formerr)};
    return std::vector<std::string>{serialise(with_txt(response_to(query), "x"))};
  });
  EXPECT_EQ(ask(server).status, ServerStatus::found);
}

TEST_F(AuthoritativeTest, SilenceAndAClosedPortAreTimeouts) {
  const auto silent = start([](const Message&, int) { return std::vector<std::string>{}; });
  EXPECT_EQ(ask(silent, std::chrono::milliseconds(200)).status, ServerStatus::timeout);
  std::optional<net::Endpoint> closed;
  {
    const auto socket = DatagramSocket::bind(runtime.executor(0), {*net::parse_ip("127.0.0.1"), 0});
    closed = socket->local();
  }
  EXPECT_EQ(ask(*closed).status, ServerStatus::timeout);
  EXPECT_EQ(ask(silent, std::chrono::milliseconds(-1)).status, ServerStatus::timeout);
}

// example.test on 127.0.0.1 and 127.0.0.2, which delegates bounce.example.test to 127.0.0.3.
struct DelegationTest : AuthoritativeTest {
  DelegationTest() {
    dns.add("example.test", RecordType::soa, "ns1.example.test h.example.test 1 1 1 1 1");
    dns.add("example.test", RecordType::ns, "ns1.example.test");
    dns.add("example.test", RecordType::ns, "ns2.example.test");
    dns.add("ns1.example.test", RecordType::a, "127.0.0.1");
    dns.add("ns2.example.test", RecordType::a, "127.0.0.2");
    dns.add("ns.svc.test", RecordType::a, "127.0.0.3");
  }
  static std::vector<std::string> refer(const Message& query) {
    Message referral = response_to(query, false);
    referral.authority = {{"bounce.example.test", RecordType::ns, 60, Ns{"ns.svc.test"}}};
    referral.additional = {{"ns.svc.test", RecordType::a, 60, A{"127.0.0.66"}}};  // hearsay, must not be believed
    return {serialise(referral)};
  }
  static std::vector<std::string> know(const Message& query) {
    return {serialise(with_txt(response_to(query), "from below"))};
  }
  static std::vector<std::string> deny(const Message& query) {
    return {serialise(response_to(query, true, Rcode::nxdomain))};
  }
};

TEST_F(DelegationTest, ADelegatedLabelIsLookedUpAtItsOwnServers) {
  const auto port = start([](const Message& query, int) { return refer(query); }).port;
  start([](const Message& query, int) { return refer(query); }, "127.0.0.2", port);
  start([](const Message& query, int) { return know(query); }, "127.0.0.3", port);
  const auto looks = run(at_port(port).look("bounce.example.test", RecordType::txt, net::after(patience)));
  ASSERT_TRUE(looks.has_value()) << looks.error().detail;
  ASSERT_EQ(looks->size(), 1U);
  EXPECT_EQ(looks->at(0).server, "ns.svc.test");
  EXPECT_EQ(to_string(looks->at(0).address), fmt::format("127.0.0.3:{}", port));
  EXPECT_EQ(looks->at(0).answer.status, ServerStatus::found);
}

TEST_F(DelegationTest, ServersThatDisagreeAreAllReported) {
  const auto port = start([](const Message& query, int) { return refer(query); }).port;
  start([](const Message& query, int) { return deny(query); }, "127.0.0.2", port);
  start([](const Message& query, int) { return know(query); }, "127.0.0.3", port);
  const auto looks = run(at_port(port).look("bounce.example.test", RecordType::txt, net::after(patience)));
  ASSERT_EQ(looks->size(), 2U);
  EXPECT_EQ(looks->at(0).server, "ns2.example.test");
  EXPECT_EQ(looks->at(0).answer.status, ServerStatus::nxdomain);
  EXPECT_EQ(looks->at(1).answer.status, ServerStatus::found);
}

TEST_F(DelegationTest, ReferralsThatDoNotLeadDownAreLame) {
  const auto port = start([](const Message& query, int) { return refer(query); }).port;
  start([](const Message& query, int) { return deny(query); }, "127.0.0.2", port);
  start([](const Message& query, int) { return refer(query); }, "127.0.0.3", port);
  const auto looks = run(at_port(port).look("bounce.example.test", RecordType::txt, net::after(patience)));
  ASSERT_EQ(looks->size(), 2U);
  EXPECT_EQ(looks->at(1).answer.status, ServerStatus::lame);
}

TEST_F(DelegationTest, AServerWithoutAnAddressIsReportedNotAsked) {
  dns.remove("ns2.example.test", RecordType::a);
  const auto port = start([](const Message& query, int) { return know(query); }).port;
  const auto looks = run(at_port(port).look("bounce.example.test", RecordType::txt, net::after(patience)));
  ASSERT_EQ(looks->size(), 2U);
  EXPECT_EQ(looks->at(1).answer.status, ServerStatus::timeout);
  EXPECT_EQ(looks->at(1).answer.detail, "the name server has no address");
}

TEST_F(DelegationTest, ServersInsideOurOwnNetworkAreReportedNotAsked) {
  allow_private = false;
  auto asked = std::make_shared<std::atomic<int>>(0);
  const auto port = start([asked](const Message& query, int) {
                      ++*asked;
                      return know(query);
                    }).port;
  const auto looks = run(at_port(port).look("bounce.example.test", RecordType::txt, net::after(patience)));
  ASSERT_EQ(looks->size(), 2U);
  for (const ServerLook& look : *looks) {
    EXPECT_EQ(look.answer.status, ServerStatus::timeout);
    EXPECT_EQ(look.answer.detail, "not asked: the name server's address is not one of the Internet");
  }
  EXPECT_EQ(to_string(looks->at(0).address), fmt::format("127.0.0.1:{}", port));
  EXPECT_EQ(*asked, 0);
}

TEST_F(DelegationTest, AServerThatCannotBeReachedAtOneAddressIsAskedAtTheNext) {
  dns.remove("ns2.example.test", RecordType::a);
  dns.add("ns2.example.test", RecordType::a, "127.0.0.4");  // nobody listens
  dns.add("ns2.example.test", RecordType::a, "127.0.0.5");  // keeps silent
  dns.add("ns2.example.test", RecordType::a, "127.0.0.6");
  const auto port = start([](const Message& query, int) { return know(query); }).port;
  start([](const Message&, int) { return std::vector<std::string>{}; }, "127.0.0.5", port);
  start([](const Message& query, int) { return deny(query); }, "127.0.0.6", port);
  const auto looks = run(at_port(port).look("bounce.example.test", RecordType::txt, net::after(patience)));
  ASSERT_EQ(looks->size(), 2U);
  EXPECT_EQ(looks->at(0).answer.status, ServerStatus::found);
  EXPECT_EQ(looks->at(1).answer.status, ServerStatus::nxdomain);
  EXPECT_EQ(to_string(looks->at(1).address), fmt::format("127.0.0.6:{}", port));
}

TEST_F(DelegationTest, TheSecondLookAtSilentServersReturnsAtOnce) {
  auto asked = std::make_shared<std::atomic<int>>(0);
  const auto silent = [asked](const Message&, int) {
    ++*asked;
    return std::vector<std::string>{};
  };
  const auto port = start(silent).port;
  start(silent, "127.0.0.2", port);
  at_port(port);
  const auto look = [&] {
    return run(client->look("bounce.example.test", RecordType::txt, net::after(std::chrono::milliseconds(300))));
  };
  look();
  look();
  const int before = *asked;
  const auto looks = run(client->look("bounce.example.test", RecordType::mx, net::after(patience)));
  ASSERT_EQ(looks->size(), 2U);
  EXPECT_EQ(looks->at(0).answer.status, ServerStatus::timeout);
  EXPECT_EQ(looks->at(0).answer.detail, explain(GateRefusal::silent));
  EXPECT_EQ(*asked, before);
}

TEST_F(DelegationTest, ASilentServerDelaysNoQuestionToAnother) {
  const auto port = start([](const Message&, int) { return std::vector<std::string>{}; }).port;
  start([](const Message& query, int) { return know(query); }, "127.0.0.2", port);
  at_port(port);
  const net::Deadline deadline = net::after(std::chrono::milliseconds(1'500));
  net::TaskGroup others("test.questions");
  for (int i = 0; i < 600; ++i) others.spawn(runtime.executor(0), ask_silent(*client, port, deadline));
  const auto begin = std::chrono::steady_clock::now();
  const net::Endpoint answering{*net::parse_ip("127.0.0.2"), port};
  EXPECT_EQ(run(client->ask(answering, "a.test", RecordType::txt, net::after(patience))).status, ServerStatus::found);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(1));
  runtime.run_blocking(others.stop());
}

TEST_F(DelegationTest, WhenTheZoneCannotBeFoundItIsSaidWhy) {
  dns.fail("example.test", AnswerStatus::servfail);
  const auto looks = run(at_port(53).look("bounce.example.test", RecordType::txt, net::after(patience)));
  ASSERT_FALSE(looks.has_value());
  EXPECT_EQ(looks.error().status, AnswerStatus::servfail);
  const auto nowhere = run(client->servers_for("other.example", net::after(patience)));
  ASSERT_FALSE(nowhere.has_value());
  EXPECT_EQ(nowhere.error().status, AnswerStatus::nxdomain);
}

TEST_F(DelegationTest, AnAliasIsNoZoneOfItsOwn) {
  dns.add("www.example.test", RecordType::cname, "example.test");
  const auto zone = run(at_port(53).servers_for("www.example.test", net::after(patience)));
  ASSERT_TRUE(zone.has_value());
  EXPECT_EQ(zone->apex, "example.test");
  EXPECT_EQ(zone->servers.size(), 2U);
}

TEST_F(DelegationTest, AfterStopNothingIsAsked) {
  const auto port = start([](const Message& query, int) { return know(query); }).port;
  runtime.run_blocking(at_port(port).stop());
  const auto looks = run(client->look("bounce.example.test", RecordType::txt, net::after(patience)));
  EXPECT_TRUE(!looks || looks->at(0).answer.status == ServerStatus::timeout);
}

}  // namespace
}  // namespace sesame::dns
