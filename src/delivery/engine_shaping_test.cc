// How the engine shares itself among destinations, accounts and identities, and how hard it pushes.
#include <gtest/gtest.h>

#include "delivery/testing/engine_house.h"

namespace sesame::delivery {
namespace {

class EngineShapingTest : public EngineHouse {
 protected:
  void close_receiver() { receiver.open = false; }
  void open_receiver() {
    receiver.open = true;
    receiver.opened.committed();
  }
  // Until the receiver holds back the answer to so many messages.
  void wait_for_final_dots(int count) {
    const auto deadline = net::after(20s);
    while (receiver.waiting < count && std::chrono::steady_clock::now() < deadline) {
      wait_for(receiver.opened.wait(receiver.opened.generation(), net::after(10ms)));
    }
    ASSERT_GE(receiver.waiting.load(), count);
  }
  // 2000 transactions of one identity, to 50 domains of one site.
  void enqueue_much() {
    std::vector<std::string> recipients;
    for (int domain = 0; domain < 50; ++domain) {
      const std::string name = "d" + std::to_string(domain) + ".example";
      resolver.add(name, dns::RecordType::mx, "10 mx.example.net");
      recipients.push_back("bulk@" + name);
    }
    for (int i = 0; i < 40; ++i) enqueue(message("bulk-" + std::to_string(i), recipients));
  }
  store::NewMessage reset(store::Priority priority) {
    store::NewMessage made = message("reset", {"someone@example.org"});
    made.identity = priority == store::Priority::transactional ? "example.com" : "other.example";
    made.priority = priority;
    return made;
  }
  // How many transactions the receiver had before the one with `recipient`.
  std::size_t place_of(const std::string& recipient) {
    const std::lock_guard lock(receiver.mutex);
    for (std::size_t i = 0; i < receiver.envelopes.size(); ++i) {
      if (smtp::format_mailbox(receiver.envelopes[i].recipients.at(0).forward_path) == recipient) return i;
    }
    return receiver.envelopes.size();
  }
  void pause(store::PauseScope scope, std::string value) {
    store::Pause made{.account_id = "111122223333", .scope = scope, .value = std::move(value), .since = {}, .note = ""};
    ASSERT_TRUE(wait_for(temp.stores.pauses->put_pause(std::move(made))));
    engine->pauses_changed();
  }
  void resume(store::PauseScope scope, std::string value) {
    ASSERT_TRUE(wait_for(temp.stores.pauses->delete_pause("111122223333", scope, std::move(value))));
    engine->pauses_changed();
  }
  bool is_attempted(const std::string& id) {
    return wait_for(temp.stores.queue->find_message_any_account(id)).value().recipients.at(0).attempt_count > 0;
  }
};

TEST_F(EngineShapingTest, AConnectionServesAllDomainsWithTheSameHosts) {
  make_engine(*temp.stores.queue, 1);
  engine->start();
  enqueue("id-1", {"bob@example.net"});
  attempted("id-1");
  enqueue("id-2", {"bob@example.org"});
  EXPECT_EQ(attempted("id-2").recipients.at(0).state, RecipientState::delivered);
  EXPECT_EQ(receiver.connections.load(), 1);
}

TEST_F(EngineShapingTest, MailOfAnotherIdentityDoesNotWaitForAQueueThatIsFull) {
  make_engine(*temp.stores.queue, 1);
  close_receiver();
  engine->start();
  enqueue_much();
  wait_for_final_dots(1);
  enqueue(reset(store::Priority::ordinary));
  open_receiver();
  attempted("reset");
  EXPECT_LE(place_of("someone@example.org"), 200u);
}

TEST_F(EngineShapingTest, TransactionalMailOvertakesTheSameIdentitysOtherMail) {
  make_engine(*temp.stores.queue, 1);
  close_receiver();
  engine->start();
  enqueue_much();
  wait_for_final_dots(1);
  enqueue(reset(store::Priority::transactional));
  open_receiver();
  attempted("reset");
  EXPECT_LE(place_of("someone@example.org"), 200u);
}

// Twenty sites of one group with more to do than a connection may carry, and mail of another identity for one more.
TEST_F(EngineShapingTest, MailForAnotherSiteOfTheGroupDoesNotWaitForAConnectionToBeUsedUp) {
  make_engine(*temp.stores.queue, 2);
  close_receiver();
  for (int site = 0; site <= 20; ++site) {
    const std::string name = "s" + std::to_string(site);
    resolver.add(name + ".example", dns::RecordType::mx, "10 " + name + ".mx.microsoft");
    resolver.add(name + ".mx.microsoft", dns::RecordType::a, "127.0.0.1");
  }
  engine->start();
  for (int i = 0; i < 30; ++i) {
    std::vector<std::string> recipients;
    for (int site = 0; site < 20; ++site) recipients.push_back("bulk@s" + std::to_string(site) + ".example");
    enqueue(message("bulk-" + std::to_string(i), recipients));
  }
  wait_for_final_dots(2);
  ASSERT_EQ(wait_for(engine->view()).groups.size(), 1u);
  store::NewMessage made = message("reset", {"someone@s20.example"});
  made.identity = "other.example";
  enqueue(std::move(made));
  open_receiver();
  attempted("reset");
  EXPECT_LE(place_of("someone@s20.example"), 24u);  // a turn of each connection
}

TEST_F(EngineShapingTest, WhatIsOnlyNumberedIsDeliveredToo) {
  engine->start();
  enqueue_much();
  for (int i = 0; i < 40; ++i) EXPECT_TRUE(attempted("bulk-" + std::to_string(i)).finished);
  const std::lock_guard lock(receiver.mutex);
  EXPECT_EQ(receiver.envelopes.size(), 2000u);
}

TEST_F(EngineShapingTest, StopReturnsWhatIsOnlyNumbered) {
  make_engine(*temp.stores.queue, 1);
  close_receiver();
  engine->start();
  enqueue_much();
  wait_for_final_dots(1);
  runtime.run_blocking(engine->stop(net::after(100ms)));
  const auto due = wait_for(temp.stores.queue->lease_due(clock.now(), 5000));
  ASSERT_TRUE(due);
  EXPECT_EQ(due->size(), 2000u);
  open_receiver();
}

// A store that cannot read what was leased before.
class ForgetfulQueue final : public store::PassingQueue {
 public:
  using PassingQueue::PassingQueue;
  std::atomic<bool> forgets{true};
  events::Feed asked;

  store::StoreTask<std::vector<store::DueRecipient>> read_leased(std::vector<store::RecipientId> numbers) override {
    asked.committed();
    if (forgets) co_return std::unexpected(store::StoreError{store::StoreErrc::unavailable, "not now"});
    auto read = co_await PassingQueue::read_leased(std::move(numbers));
    co_return read;
  }
};

// What a pause held is neither in a lane nor held by a pause once it has ended: it waits to be read.
TEST_F(EngineShapingTest, WhatWaitsToBeReadAgainCountsAgainstTheNumbersThatMayBeKept) {
  ForgetfulQueue forgetful(*temp.stores.queue);
  options.bounds.numbered = 3;
  make_engine(forgetful, 1);
  pause(store::PauseScope::domain, "example.net");
  engine->start();
  enqueue("held", {"a@example.net", "b@example.net", "c@example.net"});
  const auto deadline = net::after(20s);
  std::size_t numbered = 0;
  while ((numbered = wait_for(engine->view()).used.numbered) < 3 && std::chrono::steady_clock::now() < deadline) {
    wait_for(forgetful.asked.wait(forgetful.asked.generation(), net::after(5ms)));
  }
  ASSERT_EQ(numbered, 3u);
  const auto wait_for_rounds = [&](std::uint64_t count) {
    const std::uint64_t wanted = forgetful.asked.generation() + count;
    while (forgetful.asked.generation() < wanted && std::chrono::steady_clock::now() < deadline) {
      wait_for(forgetful.asked.wait(forgetful.asked.generation(), deadline));
    }
    ASSERT_GE(forgetful.asked.generation(), wanted);
  };
  resume(store::PauseScope::domain, "example.net");
  wait_for_rounds(2);  // each reads first, then looks whether there is room
  enqueue("later", {"bob@example.org"});
  wait_for_rounds(2);
  EXPECT_FALSE(is_attempted("later"));
  EXPECT_EQ(wait_for(engine->view()).used.numbered, 3u);
  forgetful.forgets = false;
  EXPECT_EQ(attempted("later").recipients.at(0).state, RecipientState::delivered);
  EXPECT_EQ(attempted("held").recipients.at(0).state, RecipientState::delivered);
  runtime.run_blocking(engine->stop(net::after(5s)));  // before the store goes
}

TEST_F(EngineShapingTest, AReceiverThatWantsLessIsLeftAloneForAWhile) {
  receiver.replies["first@example.net"] =
      smtp::make_reply(421, smtp::EnhancedStatus{4, 7, 0}, "too much mail from you");
  engine->start();
  enqueue("id-1", {"first@example.net"});
  EXPECT_EQ(attempted("id-1").recipients.at(0).state, RecipientState::queued);
  const auto refused = std::chrono::steady_clock::now();
  enqueue("id-2", {"second@example.net"});
  EXPECT_EQ(attempted("id-2").recipients.at(0).state, RecipientState::delivered);
  EXPECT_GE(std::chrono::steady_clock::now() - refused, 800ms);  // the pause began before the outcome was stored
  EXPECT_EQ(wait_for(engine->view()).backoffs, 1u);
}

TEST_F(EngineShapingTest, TellsWhatWaitsForWhomAndHowLongThePartsTook) {
  make_engine(*temp.stores.queue, 1);
  close_receiver();
  engine->start();
  enqueue_much();
  wait_for_final_dots(1);
  enqueue("id-1", {"bob@example.net"});
  EngineView view = wait_for(engine->view());
  ASSERT_EQ(view.groups.size(), 1u);
  EXPECT_EQ(view.groups[0].name, "mx.example.net");
  EXPECT_EQ(view.groups[0].sessions, 1u);
  EXPECT_EQ(view.groups[0].session_limit, 1u);
  EXPECT_GE(view.groups[0].waiting, 400u);
  EXPECT_EQ(view.groups[0].oldest_accepted, from_unix_ms(1767225600000));
  EXPECT_GT(view.used.numbered, 0u);
  EXPECT_EQ(view.sessions, 1u);
  open_receiver();
  attempted("id-1");
  view = wait_for(engine->view());
  EXPECT_GE(view.groups.at(0).delivered, 1u);
  EXPECT_GE(view.groups.at(0).connections, 1u);
  for (std::size_t i = 0; i < all_phases.size(); ++i) {
    if (all_phases[i] == Phase::tls) continue;  // the receiver offers none
    EXPECT_GE(view.phases[i].all, 1u) << name(all_phases[i]);
  }
}

TEST_F(EngineShapingTest, ARateOfTheOperatorHolds) {
  options.group_rules = {{.domain = "example.net", .max_rate = 4.0}};
  make_engine(*temp.stores.queue, 10);
  engine->start();
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 6; ++i) enqueue("id-" + std::to_string(i), {"bob@example.net"});
  for (int i = 0; i < 6; ++i) attempted("id-" + std::to_string(i));
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 450ms);  // four at once, and two more at four a second
}

// Lets nobody in.
class ClosingHost {
 public:
  ClosingHost(net::Runtime& runtime, const net::Endpoint& at) : runtime_(runtime) {
    auto bound = net::Listener::bind(runtime, at, {});
    if (!bound) throw std::runtime_error("cannot listen");
    listener_ = std::move(*bound);
    listener_->start([this](std::unique_ptr<net::Stream> stream) { return close(std::move(stream)); });
  }
  ~ClosingHost() { runtime_.run_blocking(listener_->stop(net::after(5s))); }
  std::atomic<int> connections{0};

 private:
  net::Task<void> close(std::unique_ptr<net::Stream> stream) {
    ++connections;
    co_await stream->shutdown();
  }
  net::Runtime& runtime_;
  std::unique_ptr<net::Listener> listener_;
};

TEST_F(EngineShapingTest, AHostThatLetsNobodyInIsPutAsideAndTheOthersAreTried) {
  ClosingHost bad(runtime, {*net::parse_ip("127.0.0.2"), receiver.listener->local().port});
  resolver.add("two.example", dns::RecordType::mx, "5 bad.two.example");
  resolver.add("two.example", dns::RecordType::mx, "10 mx.example.net");
  resolver.add("bad.two.example", dns::RecordType::a, "127.0.0.2");
  options.limits.max_messages_per_connection = 1;
  make_engine(*temp.stores.queue, 1);
  engine->start();
  for (int i = 0; i < 3; ++i) {
    enqueue("id-" + std::to_string(i), {"bob@two.example"});
    const store::MessageRecord record = attempted("id-" + std::to_string(i));
    EXPECT_EQ(record.recipients.at(0).state, RecipientState::delivered);
    EXPECT_EQ(record.recipients.at(0).attempt_count, 1u);
  }
  EXPECT_EQ(bad.connections.load(), 1);
  EXPECT_EQ(receiver.connections.load(), 3);
}

TEST_F(EngineShapingTest, PausedMailWaitsAndOtherMailDoesNot) {
  const std::pair<store::PauseScope, std::string> pauses[] = {{store::PauseScope::domain, "example.net"},
                                                              {store::PauseScope::identity, "paused.example"},
                                                              {store::PauseScope::configuration_set, "paused"},
                                                              {store::PauseScope::mx, "*.paused.example"}};
  resolver.add("far.example", dns::RecordType::mx, "10 mx.paused.example");
  resolver.add("mx.paused.example", dns::RecordType::a, "127.0.0.1");
  engine->start();
  for (const auto& [scope, value] : pauses) pause(scope, value);
  std::vector<store::NewMessage> held;
  held.push_back(message("id-0", {"bob@example.net"}));
  held.push_back(message("id-1", {"bob@example.org"}));
  held.back().identity = "paused.example";
  held.push_back(message("id-2", {"bob@example.org"}));
  held.back().configuration_set = "paused";
  held.push_back(message("id-3", {"bob@far.example"}));
  for (store::NewMessage& one : held) enqueue(std::move(one));
  enqueue("free", {"bob@example.org"});
  attempted("free");
  for (int i = 0; i < 4; ++i) {
    EXPECT_FALSE(is_attempted("id-" + std::to_string(i)));
    resume(pauses[i].first, pauses[i].second);
    EXPECT_EQ(attempted("id-" + std::to_string(i)).recipients.at(0).state, RecipientState::delivered);
    if (i < 3) {
      EXPECT_FALSE(is_attempted("id-" + std::to_string(i + 1)));
    }
  }
}

TEST_F(EngineShapingTest, APauseHoldsWhatWaitsAlreadyAndStaysOverARestart) {
  make_engine(*temp.stores.queue, 1);
  close_receiver();
  engine->start();
  enqueue("id-1", {"bob@example.net"});
  wait_for_final_dots(1);
  enqueue("id-2", {"bob@example.net"});
  pause(store::PauseScope::account, "");
  enqueue("id-3", {"bob@example.org"});
  open_receiver();
  attempted("id-1");
  runtime.run_blocking(engine->stop(net::after(5s)));
  EXPECT_FALSE(is_attempted("id-2"));
  make_engine(*temp.stores.queue, 1);
  engine->start();
  enqueue("id-4", {"bob@example.org"});
  resume(store::PauseScope::account, "");
  for (const char* id : {"id-2", "id-3", "id-4"}) {
    EXPECT_EQ(attempted(id).recipients.at(0).state, RecipientState::delivered);
  }
}

}  // namespace
}  // namespace sesame::delivery
