// Which of our addresses mail leaves from: pools, warm-up, addresses that are not there.
#include <gmock/gmock.h>

#include <future>

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

// Gives contents out only once it may.
class HesitantQueue final : public store::PassingQueue {
 public:
  using PassingQueue::PassingQueue;
  std::promise<void> asked;
  std::atomic<bool> hesitates{true};
  events::Feed told;

  store::StoreTask<store::Contents> content(store::QueueId queue_id) override {
    if (hesitates.exchange(false)) {
      asked.set_value();
      co_await told.wait(0, net::after(20s));
    }
    auto content = co_await PassingQueue::content(queue_id);
    co_return content;
  }
};

// What a session has taken and not yet tried counts, too: 45 of one message, then 10 of another.
TEST_F(EngineSourcesTest, AWarmUpsShareIsNotExceededBySeveralRecipientsAtATime) {
  own("127.0.0.8");
  own("127.0.0.9", "news");
  set_with_pool("letters", "news");
  warm_up("127.0.0.9", clock.now());
  HesitantQueue hesitant(*temp.stores.queue);
  make_engine(hesitant, 10);
  engine->start();
  const auto send_to = [&](const std::string& id, int count) {
    std::vector<std::string> recipients;
    for (int i = 0; i < count; ++i) recipients.push_back(id + "-" + std::to_string(i) + "@example.net");
    store::NewMessage made = message(id, std::move(recipients));
    made.configuration_set = "letters";
    enqueue(std::move(made));
  };
  send_to("first", 45);
  ASSERT_EQ(hesitant.asked.get_future().wait_for(20s), std::future_status::ready);
  send_to("second", 10);
  std::map<std::string, int> from;
  const auto count = [&](const std::string& id) {
    for (const store::RecipientRecord& recipient : attempted(id).recipients) {
      EXPECT_EQ(recipient.state, RecipientState::delivered);
      ++from[recipient.attempts.at(0).source_ip];
    }
  };
  count("second");
  hesitant.told.committed();
  count("first");
  EXPECT_EQ(from, (std::map<std::string, int>{{"127.0.0.8", 5}, {"127.0.0.9", 50}}));
  runtime.run_blocking(engine->stop(net::after(5s)));
}

// A percentage that is set moves the share of the day; what was tried before counts.
// The pool's IPv6 address reaches nobody; who was to leave from it leaves from the other one, which is warmed up. All
// is there before the first connection, so each site has its choice of the two.
TEST_F(EngineSourcesTest, TheShareOfAnAddressHoldsForMailThatWasToLeaveFromAnother) {
  own("127.0.0.8");
  own("127.0.0.9", "news");
  own("::1", "news");
  set_with_pool("letters", "news");
  warm_up("127.0.0.9", clock.now());
  constexpr int sites = 6;
  for (int site = 0; site < sites; ++site) {
    const std::string name = "s" + std::to_string(site) + ".example";
    resolver.add(name, dns::RecordType::mx, "10 mx." + name);
    resolver.add("mx." + name, dns::RecordType::a, "127.0.0.1");
    resolver.add("mx." + name, dns::RecordType::aaaa, "::1");
    std::vector<std::string> recipients;
    for (int i = 0; i < 60; ++i) recipients.push_back("user" + std::to_string(i) + "@" + name);
    store::NewMessage made = message(name, std::move(recipients));
    made.configuration_set = "letters";
    enqueue(std::move(made));
  }
  start();
  for (int site = 0; site < sites; ++site) {
    std::map<std::string, int> from;
    for (const store::RecipientRecord& recipient : attempted("s" + std::to_string(site) + ".example").recipients) {
      if (recipient.state == RecipientState::delivered) ++from[recipient.attempts.at(0).source_ip];
    }
    EXPECT_EQ(from, (std::map<std::string, int>{{"127.0.0.9", 50}}))
        << site;  // the others' turn at ::1 comes to nothing
  }
}

TEST_F(EngineSourcesTest, APercentageSetDuringTheDayChangesTheShareOfThatDay) {
  own("127.0.0.8");
  own("127.0.0.9", "news");
  set_with_pool("letters", "news");
  warm_up("127.0.0.9", clock.now());
  start();
  int sent = 0;
  const auto from_pool = [&](int count) {
    const int begin = sent;
    for (; sent < begin + count; ++sent) {
      store::NewMessage made = message("id-" + std::to_string(sent), {"bob@example.net"});
      made.configuration_set = "letters";
      enqueue(std::move(made));
    }
    int left = 0;
    for (int i = begin; i < sent; ++i) {
      attempted("id-" + std::to_string(i));
      left += source_of("id-" + std::to_string(i)) == "127.0.0.9" ? 1 : 0;
    }
    return left;
  };
  EXPECT_EQ(from_pool(55), 50);
  warm_up("127.0.0.9", clock.now() - 24h);  // as if it had begun yesterday: 75
  engine->pools_changed();
  EXPECT_EQ(from_pool(30), 25);
  warm_up("127.0.0.9", clock.now());  // from the beginning: more than that was tried
  engine->pools_changed();
  EXPECT_EQ(from_pool(5), 0);
  warm_up("127.0.0.9", std::nullopt);
  engine->pools_changed();
  EXPECT_EQ(from_pool(5), 5);
}

}  // namespace
}  // namespace sesame::delivery
