// Which of our addresses mail leaves from: pools, warm-up, addresses that are not there.
#include <gmock/gmock.h>

#include "delivery/testing/engine_house.h"

namespace sesame::delivery {
namespace {

constexpr const char* account = "111122223333";

class EngineSourcesTest : public EngineHouse {
 protected:
  void own(const std::string& address, const std::string& pool = "") {
    addresses.push_back(
        {.address = *net::parse_ip(address), .helo_name = pool.empty() ? "" : pool + ".helo.example", .pool = pool});
    if (pool.empty()) return;
    // It may be there already.
    (void)wait_for(temp.stores.pools->create_pool({account, pool, clock.now(), {}}));
    ASSERT_TRUE(wait_for(temp.stores.pools->add_addresses({{address, account, pool, std::nullopt}})));
  }
  void set_with_pool(const std::string& name, const std::string& pool) {
    ASSERT_TRUE(wait_for(temp.stores.pools->choose_pool(account, name, pool)));
  }
  void start() {
    make_engine(*temp.stores.queue, 10);
    engine->start();
  }
  void send(const std::string& id, const std::string& set, const std::string& to = "bob@example.net") {
    store::NewMessage made = message(id, {to});
    made.account_id = account;
    if (!set.empty()) made.configuration_set = set;
    enqueue(std::move(made));
    EXPECT_EQ(attempted(id).recipients.at(0).state, RecipientState::delivered) << id;
  }
  std::string source_of(const std::string& id) {
    return wait_for(temp.stores.queue->find_message_any_account(id)).value().recipients.at(0).attempts.at(0).source_ip;
  }
  void warm_up(const std::string& address, std::optional<Time> began) {
    ASSERT_TRUE(wait_for(temp.stores.pools->set_warmup(account, address, began)));
  }
};

TEST_F(EngineSourcesTest, MailLeavesFromThePoolItsConfigurationSetNames) {
  own("127.0.0.8");
  own("127.0.0.9", "news");
  set_with_pool("letters", "news");
  start();
  send("id-1", "letters");
  send("id-2", "");
  EXPECT_EQ(source_of("id-1"), "127.0.0.9");
  EXPECT_EQ(source_of("id-2"), "127.0.0.8");
  EXPECT_EQ(receiver.connections.load(), 2);  // the first one's was not reused for mail of another pool
  EXPECT_THAT(receiver.contents.at(0), testing::HasSubstr("-127.0.0.9\r\n"));
}

TEST_F(EngineSourcesTest, AMoveToAnotherPoolIsFollowedAtOnce) {
  own("127.0.0.8");
  own("127.0.0.9", "news");
  set_with_pool("letters", "news");
  start();
  send("id-1", "letters");
  ASSERT_TRUE(wait_for(temp.stores.pools->move_address(account, "127.0.0.9", std::string(store::default_pool))));
  engine->pools_changed();
  send("id-2", "letters");
  send("id-3", "");
  EXPECT_EQ(source_of("id-2"), "127.0.0.8");
  EXPECT_EQ(source_of("id-3"), "127.0.0.9");
}

TEST_F(EngineSourcesTest, AnAddressThatIsNotOursIsPutAsideAndTheOthersOfItsPoolGoOn) {
  own("192.0.2.1", "news");
  own("127.0.0.9", "news");
  set_with_pool("letters", "news");
  start();
  // Each to a site of its own, so that each is a choice of its own.
  for (int i = 0; i < 30; ++i) {
    const std::string domain = "d" + std::to_string(i) + ".example";
    resolver.add(domain, dns::RecordType::a, "127.0.0.1");
    send("id-" + std::to_string(i), "letters", "bob@" + domain);
    EXPECT_EQ(source_of("id-" + std::to_string(i)), "127.0.0.9");
  }
  const EngineView view = wait_for(engine->view());
  ASSERT_EQ(view.sources.size(), 2u);
  EXPECT_EQ(view.sources[0].address, "192.0.2.1");
  EXPECT_TRUE(view.sources[0].is_aside);
  EXPECT_FALSE(view.sources[1].is_aside);
}

TEST_F(EngineSourcesTest, WhenNoAddressOfThePoolCanBeUsedTheSharedOnesCarryItsMail) {
  own("127.0.0.8");
  own("192.0.2.1", "news");
  set_with_pool("letters", "news");
  start();
  send("id-1", "letters");
  EXPECT_EQ(source_of("id-1"), "127.0.0.8");
}

TEST_F(EngineSourcesTest, WhenNoneCanBeUsedMailIsDeferred) {
  own("192.0.2.1");
  make_engine(*temp.stores.queue, 10);
  engine->start();
  enqueue("id-1", {"bob@example.net"});
  const store::RecipientRecord bob = attempted("id-1").recipients.at(0);
  EXPECT_EQ(bob.state, RecipientState::queued);
  EXPECT_THAT(bob.attempts.at(0).text, testing::HasSubstr("bind 192.0.2.1"));
}

TEST_F(EngineSourcesTest, LimitsAreKeptForEachAddress) {
  own("127.0.0.8");
  own("127.0.0.9", "news");
  set_with_pool("letters", "news");
  receiver.replies["first@example.net"] =
      smtp::make_reply(421, smtp::EnhancedStatus{4, 7, 0}, "too much mail from you");
  start();
  store::NewMessage first = message("id-1", {"first@example.net"});
  first.configuration_set = "letters";
  enqueue(std::move(first));
  EXPECT_EQ(attempted("id-1").recipients.at(0).state, RecipientState::queued);
  const auto refused = std::chrono::steady_clock::now();
  send("id-2", "");  // the other address is not in a pause
  EXPECT_LT(std::chrono::steady_clock::now() - refused, 800ms);
}

TEST_F(EngineSourcesTest, AnAddressInWarmUpSendsItsShareAndTheSharedOnesTheRest) {
  own("127.0.0.8");
  own("127.0.0.9", "news");
  set_with_pool("letters", "news");
  warm_up("127.0.0.9", clock.now());
  start();
  for (int i = 0; i < 60; ++i) {
    store::NewMessage made = message("id-" + std::to_string(i), {"bob@example.net"});
    made.configuration_set = "letters";
    enqueue(std::move(made));
  }
  std::map<std::string, int> from;
  for (int i = 0; i < 60; ++i) {
    attempted("id-" + std::to_string(i));
    ++from[source_of("id-" + std::to_string(i))];
  }
  EXPECT_EQ(from, (std::map<std::string, int>{{"127.0.0.8", 10}, {"127.0.0.9", 50}}));

  runtime.run_blocking(engine->stop(net::after(5s)));  // what was sent is known to the next process
  start();
  send("after", "letters");
  EXPECT_EQ(source_of("after"), "127.0.0.8");
  send("elsewhere", "letters", "bob@[127.0.0.1]");  // each receiver gets to know it by itself
  EXPECT_EQ(source_of("elsewhere"), "127.0.0.9");

  clock.advance(24h);
  send("next day", "letters");
  EXPECT_EQ(source_of("next day"), "127.0.0.9");
}

}  // namespace
}  // namespace sesame::delivery
