// The server over real sockets, asked by the project's own resolver and its direct questions: what the sandbox does.
#include "zone/server.h"

#include <gtest/gtest.h>

#include <atomic>

#include "base/random.h"
#include "dns/authoritative.h"
#include "dns/datagram.h"
#include "dns/exchange.h"
#include "dns/tcp_frame.h"
#include "dns/unbound_resolver.h"
#include "net/stream.h"
#include "zone/zone_file.h"

namespace sesame::zone {
namespace {

using dns::AnswerStatus;
using dns::RecordType;
using dns::ServerStatus;

constexpr auto patience = std::chrono::seconds(10);

ZoneData parsed(std::string_view text) {
  auto zone = parse_zone(text);
  if (!zone) throw std::runtime_error(zone.error().text);
  return std::move(*zone);
}

struct ServerTest : testing::Test {
  ServerTest() {
    authority.put("", std::make_shared<Zone>(parsed(". 60 IN SOA ns.sandbox.test. h.sandbox.test. 1 1 1 1 60\n"
                                                    ". 60 IN NS ns.sandbox.test.\n"
                                                    "ns.sandbox.test. 60 IN A 127.0.0.1\n")));
    authority.put("example.test", example);
    authority.put("svc.test",
                  std::make_shared<Zone>(parsed("svc.test. 60 IN SOA ns.sandbox.test. h.svc.test. 1 1 1 1 60\n"
                                                "svc.test. 60 IN NS ns.sandbox.test.\n"
                                                "key.svc.test. 60 IN TXT \"v=DKIM1\"\n")));
    auto bound = Server::bind(runtime, {*net::parse_ip("127.0.0.1"), 0}, authority);
    if (!bound) throw std::runtime_error(bound.error().detail);
    server = std::move(*bound);
    server->start();
  }
  ~ServerTest() override {
    if (resolver) resolver->stop();
    if (client) run(client->stop());
    run(server->stop(net::after(patience)));
  }

  template <class T>
  T run(net::Task<T> task) {
    if constexpr (std::is_void_v<T>) {
      runtime.run_blocking(std::move(task));
    } else {
      std::optional<T> result;
      runtime.run_blocking(net::detail::keep_result(std::move(task), result));
      return std::move(*result);
    }
  }

  dns::Resolver& dns() {
    if (!resolver) {
      dns::UnboundOptions options;
      options.stub_root = server->local();
      options.cache = false;
      resolver = std::make_unique<dns::UnboundResolver>(runtime.next(), options);
    }
    return *resolver;
  }
  dns::Answer resolve(std::string name, RecordType type) {
    return run(dns().resolve(std::move(name), type, net::after(patience)));
  }
  dns::AuthoritativeClient& direct() {
    if (!client) {
      dns::AuthoritativeOptions options;
      options.allow_private_servers = true;
      options.port = server->local().port;
      client = std::make_unique<dns::AuthoritativeClient>(runtime.next(), dns(), random, options);
    }
    return *client;
  }

  void set(std::string_view name, RecordType type, std::string_view value) {
    const auto data = std::get<dns::RecordData>(dns::parse_record_data(type, value));
    ASSERT_TRUE(example->update([&](ZoneData& zone) {
      const std::vector<dns::Record> records = {{std::string(name), type, 3600, data}};
      return zone.replace(name, type, records);
    }));
  }

  net::Runtime runtime{2};
  Authority authority;
  std::shared_ptr<Zone> example =
      std::make_shared<Zone>(parsed("example.test. 3600 IN SOA ns.sandbox.test. h.example.test. 1 1 1 1 3600\n"
                                    "example.test. 3600 IN NS ns.sandbox.test.\n"
                                    "bounce.example.test. 3600 IN MX 10 feedback.svc.test.\n"
                                    "sel._domainkey.example.test. 3600 IN CNAME key.svc.test.\n"
                                    "big.example.test. 3600 IN TXT \"" +
                                    std::string(250, 'x') + "\"\n"));
  std::unique_ptr<Server> server;
  std::unique_ptr<dns::UnboundResolver> resolver;
  std::unique_ptr<dns::AuthoritativeClient> client;
  SecureRandom random;
};

TEST_F(ServerTest, AResolverWithItAsItsRootGetsEveryKindOfAnswer) {
  const auto mx = resolve("Bounce.example.test", RecordType::mx);
  ASSERT_EQ(mx.status, AnswerStatus::found) << mx.detail;
  EXPECT_EQ(dns::presentation(mx.records.at(0).data), "10 feedback.svc.test.");
  EXPECT_EQ(resolve("bounce.example.test", RecordType::txt).status, AnswerStatus::no_data);
  EXPECT_EQ(resolve("nope.example.test", RecordType::mx).status, AnswerStatus::nxdomain);
  EXPECT_EQ(resolve("no.such.tld", RecordType::mx).status, AnswerStatus::nxdomain);
  EXPECT_EQ(resolve("a..b", RecordType::mx).status, AnswerStatus::nxdomain);
  EXPECT_EQ(resolve("odd+name/%.example.test", RecordType::mx).status, AnswerStatus::nxdomain);
}

TEST_F(ServerTest, AResolverFollowsCnamesIntoOtherZones) {
  const auto key = resolve("sel._domainkey.example.test", RecordType::txt);
  ASSERT_EQ(key.status, AnswerStatus::found) << key.detail;
  EXPECT_EQ(key.cname_chain, std::vector<std::string>{"key.svc.test"});
  EXPECT_EQ(std::get<dns::Txt>(key.records.at(0).data).joined(), "v=DKIM1");
}

TEST_F(ServerTest, WithoutCacheAResolverSeesAChangeAtOnce) {
  for (int i = 0; i < 5; ++i) {
    const std::string value = fmt::format("{} mx.test.", i);
    set("bounce.example.test", RecordType::mx, value);
    const auto mx = resolve("bounce.example.test", RecordType::mx);
    ASSERT_EQ(mx.status, AnswerStatus::found) << mx.detail;
    EXPECT_EQ(dns::presentation(mx.records.at(0).data), value);
    const std::string fresh = fmt::format("fresh{}.example.test", i);
    EXPECT_EQ(resolve(fresh, RecordType::txt).status, AnswerStatus::nxdomain);
    set(fresh, RecordType::txt, "now");
    EXPECT_EQ(resolve(fresh, RecordType::txt).status, AnswerStatus::found);
  }
}

TEST_F(ServerTest, NameServersLearntFromAnswersAreNotAskedAtPort53) {
  EXPECT_EQ(resolve("example.test", RecordType::ns).status, AnswerStatus::found);
  EXPECT_EQ(resolve("ns.sandbox.test", RecordType::a).status, AnswerStatus::found);
  EXPECT_EQ(resolve("bounce.example.test", RecordType::mx).status, AnswerStatus::found);
}

TEST_F(ServerTest, TheZoneThatHoldsANameIsFound) {
  const auto zone = run(direct().servers_for("a.bounce.example.test", net::after(patience)));
  ASSERT_TRUE(zone.has_value()) << zone.error().detail;
  EXPECT_EQ(zone->apex, "example.test");
  EXPECT_EQ(zone->soa.mailbox, "h.example.test");
  ASSERT_EQ(zone->servers.size(), 1U);
  EXPECT_EQ(zone->servers[0].name, "ns.sandbox.test");
  EXPECT_EQ(zone->servers[0].addresses, std::vector<net::IpAddress>{*net::parse_ip("127.0.0.1")});
}

TEST_F(ServerTest, ALookAsksTheServersOfTheZone) {
  const auto found = run(direct().look("bounce.example.test", RecordType::mx, net::after(patience)));
  ASSERT_TRUE(found.has_value()) << found.error().detail;
  ASSERT_EQ(found->size(), 1U);
  EXPECT_EQ(found->at(0).server, "ns.sandbox.test");
  EXPECT_EQ(found->at(0).address, server->local());
  EXPECT_EQ(found->at(0).answer.status, ServerStatus::found) << found->at(0).answer.detail;
  EXPECT_EQ(found->at(0).answer.records.size(), 1U);
  const auto none = run(direct().look("bounce.example.test", RecordType::txt, net::after(patience)));
  EXPECT_EQ(none->at(0).answer.status, ServerStatus::no_data);
  const auto key = run(direct().look("sel._domainkey.example.test", RecordType::txt, net::after(patience)));
  EXPECT_EQ(key->at(0).answer.cname, "key.svc.test");
}

TEST_F(ServerTest, LargeAnswersComeOverTcp) {
  ASSERT_TRUE(example->update([](ZoneData& zone) {
    for (int i = 0; i < 20; ++i) {
      const dns::Txt txt{{std::string(200, 'x') + fmt::to_string(i)}};
      if (!zone.add({"big.example.test", RecordType::txt, 60, txt})) return false;
    }
    return true;
  }));
  const auto looks = run(direct().look("big.example.test", RecordType::txt, net::after(patience)));
  ASSERT_TRUE(looks.has_value());
  EXPECT_EQ(looks->at(0).answer.records.size(), 21U) << looks->at(0).answer.detail;
  EXPECT_EQ(resolve("big.example.test", RecordType::txt).records.size(), 21U);
}

net::Task<std::vector<dns::Message>> pipelined(net::Endpoint server, std::vector<std::string> names,
                                               RandomSource& random) {
  std::vector<dns::Message> responses;
  auto stream = co_await net::connect_tcp(server, net::after(patience));
  if (!stream) throw std::runtime_error(stream.error().detail);
  for (const std::string& name : names) {
    std::string query = dns::serialise(dns::make_query(name, RecordType::soa, random, true));
    co_await dns::write_frame(**stream, std::move(query));
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto frame = co_await dns::read_frame(**stream, dns::max_message_octets);
    if (!frame) throw std::runtime_error(frame.error().detail);
    responses.push_back(*dns::parse_message(*frame));
  }
  co_return responses;
}

TEST_F(ServerTest, QueriesOnAConnectionAreAnsweredInOrder) {
  const auto responses = run(pipelined(server->local(), {"example.test", "svc.test", "a.test"}, random));
  EXPECT_EQ(responses.at(0).answers.at(0).name, "example.test");
  EXPECT_EQ(responses.at(1).answers.at(0).name, "svc.test");
  EXPECT_EQ(responses.at(2).rcode, dns::Rcode::nxdomain);
}

net::Task<Result<std::string, net::NetError>> send_frame_and_read(net::Endpoint server, std::string octets) {
  auto stream = co_await net::connect_tcp(server, net::after(patience));
  if (!stream) co_return std::unexpected(stream.error());
  co_await (*stream)->write_all(octets);
  co_return co_await dns::read_frame(**stream, dns::max_message_octets);
}

TEST_F(ServerTest, AConnectionThatSendsNonsenseIsClosed) {
  EXPECT_FALSE(run(send_frame_and_read(server->local(), std::string("\x00\x03"
                                                                    "abc",
                                                                    5)))
                   .has_value());
  EXPECT_FALSE(run(send_frame_and_read(server->local(), std::string("\xff\xff", 2))).has_value());
}

// One connection is left open, one more of the same client is tried and a question over UDP asked meanwhile.
net::Task<bool> second_is_closed_unanswered(const Server& busy) {
  auto first = co_await net::connect_tcp(busy.local(), net::after(patience));
  if (!first) throw std::runtime_error(first.error().detail);
  while (busy.tcp_use().of_one_client < 1) co_await net::sleep_until(net::after(std::chrono::milliseconds(1)));
  const auto second = co_await send_frame_and_read(busy.local(), std::string("\0\0", 2));
  co_return !second.has_value() && busy.tcp_use().sessions == 1;
}

TEST_F(ServerTest, OneClientCannotTakeEveryConnection) {
  ServerOptions options;
  options.max_tcp_connections_per_client = 1;
  options.loopback_is_one_client = true;
  auto busy = Server::bind(runtime, {*net::parse_ip("127.0.0.1"), 0}, authority, options);
  ASSERT_TRUE(busy.has_value());
  (*busy)->start();
  EXPECT_TRUE(run(second_is_closed_unanswered(**busy)));
  EXPECT_EQ((*busy)->tcp_use().max_of_one_client, 1U);
  EXPECT_EQ((*busy)->max_udp_in_flight(), options.max_udp_in_flight);
  run((*busy)->stop(net::after(patience)));
}

TEST_F(ServerTest, AnAddressInUseIsSaid) {
  const auto again = Server::bind(runtime, server->local(), authority);
  ASSERT_FALSE(again.has_value());
  EXPECT_EQ(again.error().code, net::NetErrc::address_in_use);
}

}  // namespace
}  // namespace sesame::zone
