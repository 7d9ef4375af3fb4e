#include "sandbox/world.h"

#include <gtest/gtest.h>

#include "net/testing/run_task.h"
#include "store/testing/sample_records.h"
#include "store/testing/temp_stores.h"

namespace sesame::sandbox {
namespace {

using dns::Rcode;
using dns::RecordType;

constexpr const char* account = "111122223333";

// Knows one delegated label.
class Delegated final : public zone::ZoneSource {
 public:
  net::Task<zone::ZoneAnswer> answer(std::string name, RecordType type) override {
    if (name != "bounce.shop.example") co_return zone::refused();
    zone::ZoneAnswer answer;
    answer.answers = {{name, type, 60, dns::Mx{10, "feedback.svc.example"}}};
    co_return answer;
  }
};

class WorldTest : public testing::Test {
 protected:
  WorldTest() {
    auto opened = Provider::open({authority, clock}, hosts, temp.directory() / "zones.json");
    provider = std::move(*opened);
    world = std::make_shared<World>(hosts, account, *temp.stores.control, *provider, std::make_shared<Delegated>());
    authority.set_fallback(world);
  }

  void create_identity(store::IdentityRecord identity) {
    ASSERT_TRUE(net::run_task(temp.stores.control->create_identity(std::move(identity), {})));
  }
  zone::ZoneAnswer ask(std::string name, RecordType type) { return net::run_task(authority.answer(name, type)); }
  // The first answer's data, or what there is instead.
  std::string first(std::string name, RecordType type) {
    const auto answer = ask(std::move(name), type);
    if (answer.rcode != Rcode::noerror) return dns::name(answer.rcode);
    return answer.answers.empty() ? "no data" : dns::presentation(answer.answers.front().data);
  }
  void delegate(std::string_view host) {
    const auto data = std::get<dns::RecordData>(dns::parse_record_data(RecordType::ns, host));
    ASSERT_TRUE(provider->put("shop.example", {{"bounce.shop.example", RecordType::ns, 60, data}}));
  }

  const Hosts hosts{"svc.example", *net::parse_ip("127.0.0.2"), {*net::parse_ip("127.0.0.1"), *net::parse_ip("::1")}};
  store::TempStores temp;
  ManualClock clock;
  zone::Authority authority;
  std::unique_ptr<Provider> provider;
  std::shared_ptr<World> world;
};

TEST_F(WorldTest, StrangersHaveAnMxThatLeadsToTheReceiver) {
  const auto answer = ask("inbox.example", RecordType::mx);
  ASSERT_EQ(answer.answers.size(), 1u);
  EXPECT_EQ(dns::presentation(answer.answers[0]), "inbox.example. 60 IN MX 10 mx.receiver.example.");
  ASSERT_EQ(answer.additional.size(), 1u);
  EXPECT_EQ(first("mx.receiver.example", RecordType::a), "127.0.0.2");
  EXPECT_EQ(first("a.b.c.stranger.test", RecordType::mx), "10 mx.receiver.example.");
}

TEST_F(WorldTest, StrangersPublishNothingElse) {
  EXPECT_EQ(first("inbox.example", RecordType::txt), "no data");
  EXPECT_EQ(first("inbox.example", RecordType::a), "no data");
  EXPECT_EQ(first("_dmarc.inbox.example", RecordType::txt), "NXDOMAIN");
  EXPECT_EQ(first("s._domainkey.inbox.example", RecordType::txt), "NXDOMAIN");
  EXPECT_EQ(first("1.0.0.127.in-addr.arpa", RecordType::ptr), "NXDOMAIN");
  EXPECT_EQ(first("nobody.invalid", RecordType::mx), "NXDOMAIN");
}

TEST_F(WorldTest, TheRootHoldsTheWorldTogether) {
  EXPECT_EQ(first("", RecordType::ns), "ns1.dns-provider.example.");
  EXPECT_EQ(first("ns1.dns-provider.example", RecordType::a), "127.0.0.1");
  EXPECT_EQ(first("ns2.dns-provider.example", RecordType::aaaa), "::1");
  EXPECT_EQ(first("example", RecordType::soa), "no data");
  for (const char* name : {"inbox.example", "_dmarc.inbox.example", "example"}) {
    const auto answer = ask(name, RecordType::soa);
    ASSERT_EQ(answer.authority.size(), 1u) << name;
    EXPECT_EQ(answer.authority[0].name, "") << name;
    EXPECT_EQ(answer.authority[0].type, RecordType::soa) << name;
  }
}

TEST_F(WorldTest, ADomainIdentityWithoutAZoneDoesNotExist) {
  create_identity(store::plain_identity("shop.example", account));
  EXPECT_EQ(first("shop.example", RecordType::mx), "NXDOMAIN");
  EXPECT_EQ(first("a.b.shop.example", RecordType::mx), "NXDOMAIN");
  EXPECT_EQ(first("myshop.example", RecordType::mx), "10 mx.receiver.example.");
  ASSERT_TRUE(provider->put("shop.example", {}));
  EXPECT_EQ(first("shop.example", RecordType::mx), "10 mx.receiver.example.");
}

TEST_F(WorldTest, TheDomainOfAnAddressIdentityIsSomebodyElses) {
  auto identity = store::plain_identity("user@inbox.example", account);
  identity.kind = store::IdentityKind::email_address;
  create_identity(std::move(identity));
  EXPECT_EQ(first("inbox.example", RecordType::mx), "10 mx.receiver.example.");
}

TEST_F(WorldTest, ALabelDelegatedToTheServiceIsAnswered) {
  delegate("ns1.svc.example");
  EXPECT_EQ(first("bounce.shop.example", RecordType::mx), "10 feedback.svc.example.");
}

TEST_F(WorldTest, ALabelNobodyDelegatedIsNotAnsweredByTheService) {
  create_identity(store::plain_identity("shop.example", account));
  EXPECT_EQ(first("bounce.shop.example", RecordType::mx), "NXDOMAIN");
  ASSERT_TRUE(provider->put("shop.example", {}));
  EXPECT_EQ(first("bounce.shop.example", RecordType::mx), "NXDOMAIN");
}

TEST_F(WorldTest, ALabelDelegatedElsewhereIsAReferral) {
  delegate("ns.elsewhere.example");
  const auto answer = ask("bounce.shop.example", RecordType::mx);
  EXPECT_FALSE(answer.authoritative);
  EXPECT_TRUE(answer.answers.empty());
  ASSERT_EQ(answer.authority.size(), 1u);
  EXPECT_EQ(dns::presentation(answer.authority[0].data), "ns.elsewhere.example.");
}

}  // namespace
}  // namespace sesame::sandbox
