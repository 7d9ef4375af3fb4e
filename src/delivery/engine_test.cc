// The engine delivers, records and stops. How it shares and how hard it pushes: engine_shaping_test.cc.
#include "delivery/engine.h"

#include <gtest/gtest.h>

#include <future>

#include "delivery/testing/engine_house.h"

namespace sesame::delivery {
namespace {

class EngineTest : public EngineHouse {};

TEST_F(EngineTest, DeliversByteForByteAndRecordsWhereAndWhat) {
  engine->start();
  enqueue("id-1", {"bob@example.net"}, "Subject: x\r\n\r\n.dot\r\n..two\r\n");
  const store::MessageRecord record = attempted("id-1");
  EXPECT_TRUE(record.finished);
  const store::RecipientRecord& bob = record.recipients.at(0);
  EXPECT_EQ(bob.state, RecipientState::delivered);
  EXPECT_EQ(bob.attempts.at(0).remote_host, "mx.example.net");
  EXPECT_EQ(bob.attempts.at(0).text, "250 2.0.0 kept");
  EXPECT_EQ(receiver.contents.at(0), "Subject: x\r\n\r\n.dot\r\n..two\r\n");
  const auto events = wait_for(temp.stores.queue->events_of("id-1"));
  ASSERT_TRUE(events && events->size() == 1);
  EXPECT_EQ(events->front().kind, store::EventKind::delivery);
}

// Nobody listens at ::1.
TEST_F(EngineTest, AHostThatDoesNotAnswerOverIPv6GetsTheMessageOverIPv4AtTheSameAttempt) {
  resolver.add("mx.example.net", dns::RecordType::aaaa, "::1");
  engine->start();
  enqueue("id-1", {"bob@example.net"});
  const store::RecipientRecord bob = attempted("id-1").recipients.at(0);
  EXPECT_EQ(bob.state, RecipientState::delivered);
  EXPECT_EQ(bob.attempt_count, 1u);
  EXPECT_EQ(bob.attempts.at(0).remote_ip, "127.0.0.1");
  EXPECT_EQ(wait_for(engine->view()).hosts_aside, 1u);
}

TEST_F(EngineTest, TheAddressAMessageLeavesFromIsToldInFrontOfIt) {
  addresses = {{.address = *net::parse_ip("127.0.0.9"), .helo_name = ""}};
  make_engine(*temp.stores.queue, 10);
  engine->start();
  enqueue("id-1", {"bob@example.net"}, "Subject: x\r\n\r\n.dot\r\n");
  EXPECT_EQ(attempted("id-1").recipients.at(0).state, RecipientState::delivered);
  EXPECT_EQ(receiver.contents.at(0), "X-SES-Outgoing: 2026.01.01-127.0.0.9\r\nSubject: x\r\n\r\n.dot\r\n");
}

TEST_F(EngineTest, RecipientsOfOneDestinationShareATransaction) {
  enqueue("id-1", {"a@example.net", "b@example.net", "c@example.org"});
  engine->start();
  attempted("id-1");
  const std::lock_guard lock(receiver.mutex);
  ASSERT_EQ(receiver.envelopes.size(), 2u);
  std::size_t recipients = 0;
  for (const auto& envelope : receiver.envelopes) recipients += envelope.recipients.size();
  EXPECT_EQ(recipients, 3u);
}

TEST_F(EngineTest, OneConnectionServesSeveralMessages) {
  make_engine(*temp.stores.queue, 1);
  engine->start();
  for (int i = 0; i < 5; ++i) {
    enqueue("id-" + std::to_string(i), {"bob@example.net"});
    attempted("id-" + std::to_string(i));
  }
  EXPECT_EQ(receiver.connections.load(), 1);
}

TEST_F(EngineTest, RecipientsOfOneMessageEndDifferently) {
  receiver.replies["no@example.net"] = smtp::make_reply(550, smtp::EnhancedStatus{5, 1, 1}, "no such user");
  receiver.replies["later@example.net"] = smtp::make_reply(451, smtp::EnhancedStatus{4, 2, 1}, "come back");
  engine->start();
  enqueue("id-1", {"yes@example.net", "no@example.net", "later@example.net"});
  store::MessageRecord record = attempted("id-1");
  EXPECT_EQ(record.recipients.at(0).state, RecipientState::delivered);
  EXPECT_EQ(record.recipients.at(1).state, RecipientState::bounced);
  EXPECT_EQ(record.recipients.at(1).attempts.at(0).enhanced_status, "5.1.1");
  EXPECT_EQ(record.recipients.at(2).state, RecipientState::queued);
  EXPECT_GE(record.recipients.at(2).next_attempt, clock.now() + 1min);
  EXPECT_FALSE(record.finished);

  // The clock moves; what was deferred is tried again and ends.
  {
    const std::lock_guard lock(receiver.mutex);
    receiver.replies.clear();
  }
  clock.advance(2min);
  engine->kick();
  const auto deadline = net::after(20s);
  while (!record.finished && std::chrono::steady_clock::now() < deadline) {
    const std::uint64_t seen = feed.generation();
    record = *wait_for(temp.stores.queue->find_message_any_account("id-1"));
    if (!record.finished) wait_for(feed.wait(seen, net::after(1s)));
  }
  EXPECT_EQ(record.recipients.at(2).state, RecipientState::delivered);
}

TEST_F(EngineTest, UnreachableDomainsBounceOrWait) {
  resolver.add("null.example", dns::RecordType::mx, "0 .");
  resolver.fail("broken.example", dns::AnswerStatus::servfail);
  engine->start();
  enqueue("id-1", {"a@null.example", "b@gone.example", "c@broken.example"});
  const store::MessageRecord record = attempted("id-1");
  EXPECT_EQ(record.recipients.at(0).state, RecipientState::bounced);
  EXPECT_EQ(record.recipients.at(0).attempts.at(0).enhanced_status, "5.1.10");
  EXPECT_EQ(record.recipients.at(1).state, RecipientState::bounced);
  EXPECT_EQ(record.recipients.at(2).state, RecipientState::queued);
}

TEST_F(EngineTest, AMailHostInsideOurOwnNetworkIsNotConnectedTo) {
  hosts.allow_private = false;
  make_engine(*temp.stores.queue, 10);
  engine->start();
  enqueue("id-1", {"bob@example.net"});
  const store::MessageRecord record = attempted("id-1");
  EXPECT_EQ(record.recipients.at(0).state, RecipientState::bounced);
  EXPECT_EQ(record.recipients.at(0).attempts.at(0).enhanced_status, "5.4.4");
  EXPECT_EQ(record.recipients.at(0).attempts.at(0).text,
            "mail for example.net is not taken to mx.example.net [127.0.0.1]: that is no address of the Internet");
  EXPECT_EQ(receiver.connections.load(), 0);
}

net::Task<bool> is_example_org(std::string domain) { co_return domain == "example.org"; }

TEST_F(EngineTest, OnlyMailThatOurOwnDoorTakesIsDeliveredToOurselves) {
  hosts.own_addresses = {*net::parse_ip("127.0.0.1")};
  takes_mail_for = is_example_org;
  make_engine(*temp.stores.queue, 10);
  engine->start();
  enqueue("id-1", {"bob@example.net", "bob@example.org"});
  const store::MessageRecord record = attempted("id-1");
  EXPECT_EQ(record.recipients.at(0).state, RecipientState::bounced);
  EXPECT_EQ(record.recipients.at(0).attempts.at(0).enhanced_status, "5.4.6");
  EXPECT_EQ(record.recipients.at(1).state, RecipientState::delivered);
}

TEST_F(EngineTest, GivesUpWhenTheMessagesTimeIsOver) {
  receiver.replies["bob@example.net"] = smtp::make_reply(451, "later");
  clock.advance(std::chrono::hours(25));
  engine->start();
  enqueue("id-1", {"bob@example.net"});
  const store::MessageRecord record = attempted("id-1");
  EXPECT_EQ(record.recipients.at(0).state, RecipientState::expired);
  EXPECT_TRUE(record.recipients.at(0).attempts.at(0).text.starts_with("554 4.4.7 Message expired"));
}

TEST_F(EngineTest, StopReturnsWhatItHolds) {
  resolver.add("far.example", dns::RecordType::mx, "10 far.example");
  resolver.add("far.example", dns::RecordType::a, "192.0.2.1");  // loopback_only keeps us from leaving
  engine->start();
  enqueue("id-1", {"bob@far.example"});
  attempted("id-1");
  runtime.run_blocking(engine->stop(net::after(5s)));
  EXPECT_EQ(engine->counters().in_flight, 0u);
  clock.advance(2min);
  const auto due = wait_for(temp.stores.queue->lease_due(clock.now(), 10));
  ASSERT_TRUE(due);
  EXPECT_EQ(due->size(), 1u);
}

// Answers nothing until a question's time is over, or it is cancelled.
class SilentResolver final : public dns::Resolver {
 public:
  std::promise<void> asked;

  net::Task<dns::Answer> resolve(std::string, dns::RecordType, net::Deadline deadline) override {
    asked.set_value();
    co_await net::sleep_until(deadline);
    dns::Answer answer;
    answer.status = dns::AnswerStatus::timeout;
    co_return answer;
  }
};

TEST_F(EngineTest, StopDoesNotWaitForASilentResolver) {
  SilentResolver silent;
  make_engine(*temp.stores.queue, 10, silent);
  engine->start();
  enqueue("id-1", {"bob@example.net"});
  ASSERT_EQ(silent.asked.get_future().wait_for(20s), std::future_status::ready);
  const auto begin = std::chrono::steady_clock::now();
  runtime.run_blocking(engine->stop(net::after(10s)));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s);
  const auto due = wait_for(temp.stores.queue->lease_due(clock.now(), 10));
  ASSERT_TRUE(due);
  ASSERT_EQ(due->size(), 1u);
  EXPECT_EQ(due->front().attempts, 0u);
}

// Counts the questions that are under way, and answers none.
class CrowdedResolver final : public dns::Resolver {
 public:
  std::atomic<std::size_t> asking{0};
  events::Feed asked;

  net::Task<dns::Answer> resolve(std::string, dns::RecordType, net::Deadline deadline) override {
    ++asking;
    asked.committed();
    co_await net::sleep_until(deadline);
    co_return dns::Answer();
  }
};

TEST_F(EngineTest, NoMoreThanFiveHundredDomainsAreLookedUpAtATime) {
  CrowdedResolver crowded;
  make_engine(*temp.stores.queue, 10, crowded);
  std::vector<std::string> recipients;
  for (int i = 0; i < 600; ++i) recipients.push_back("bob@d" + std::to_string(i) + ".example");
  engine->start();
  enqueue("id-1", recipients);
  const net::Deadline deadline = net::after(20s);
  while (crowded.asking < 500 && std::chrono::steady_clock::now() < deadline) {
    wait_for(crowded.asked.wait(crowded.asked.generation(), net::after(50ms)));
  }
  runtime.run_blocking(engine->stop(net::after(5s)));
  EXPECT_EQ(crowded.asking.load(), 500u);
  const auto due = wait_for(temp.stores.queue->lease_due(clock.now(), 1000));
  ASSERT_TRUE(due);
  EXPECT_EQ(due->size(), 600u);
}

// Answers MAIL with 421 once a connection has served a message.
TEST_F(EngineTest, AConnectionThatHasHadEnoughCostsTheNextMessageNothing) {
  receiver.messages_per_connection = 1;
  engine->start();
  for (int i = 0; i < 3; ++i) enqueue("id-" + std::to_string(i), {"bob@example.net"});
  for (int i = 0; i < 3; ++i) {
    const store::MessageRecord record = attempted("id-" + std::to_string(i));
    EXPECT_EQ(record.recipients.at(0).state, RecipientState::delivered);
    EXPECT_EQ(record.recipients.at(0).attempt_count, 1u);
  }
}

TEST_F(EngineTest, SoDoSeveralConnectionsThatHaveHadEnough) {
  receiver.messages_per_connection = 1;
  receiver.refusals_before_third = 2;
  for (const char* id : {"id-0", "id-1"}) enqueue(id, {"bob@example.net"});
  engine->start();
  for (const char* id : {"id-0", "id-1"}) attempted(id);
  enqueue("id-2", {"bob@example.net"});  // while both connections wait for more
  EXPECT_EQ(attempted("id-2").recipients.at(0).state, RecipientState::delivered);
}

TEST_F(EngineTest, WithoutTlsAMessageThatNeedsItIsNotSent) {
  enqueue("id-1", {"bob@example.net"}, "secret\r\n", store::TlsPolicy::required);
  enqueue("id-2", {"bob@example.net"}, "open\r\n");
  engine->start();
  const store::MessageRecord refused = attempted("id-1");
  EXPECT_EQ(refused.recipients.at(0).state, RecipientState::bounced);
  EXPECT_EQ(refused.recipients.at(0).attempts.at(0).enhanced_status, "5.7.10");
  EXPECT_EQ(attempted("id-2").recipients.at(0).state, RecipientState::delivered);
  const std::lock_guard lock(receiver.mutex);
  EXPECT_EQ(receiver.contents, (std::vector<std::string>{"open\r\n"}));
  EXPECT_TRUE(suppressed().empty());
}

TEST_F(EngineTest, AnAddressThatIsNotThereIsListedAndARefusedMessageListsNobody) {
  receiver.replies.emplace("nobody@example.net", smtp::make_reply(550, smtp::EnhancedStatus{5, 1, 1}, "user unknown"));
  receiver.replies.emplace("bob@example.net", smtp::make_reply(550, smtp::EnhancedStatus{5, 7, 1}, "not from you"));
  engine->start();
  enqueue("id-1", {"nobody@example.net", "bob@example.net"});
  attempted("id-1");
  const auto listed = suppressed();
  ASSERT_EQ(listed.size(), 1u);
  EXPECT_EQ(listed.front().address, "nobody@example.net");
  EXPECT_EQ(listed.front().api_message_id, "id-1");
}

// A store whose commits of outcomes fail for a while.
class TroubledQueue final : public store::PassingQueue {
 public:
  using PassingQueue::PassingQueue;
  std::atomic<int> failures{0};

  store::StoreTask<void> record_outcomes(std::vector<store::RecipientOutcome> outcomes,
                                         std::vector<store::Event> events) override {
    if (failures-- > 0) co_return std::unexpected(store::StoreError{store::StoreErrc::full, "disk full"});
    auto recorded = co_await PassingQueue::record_outcomes(std::move(outcomes), std::move(events));
    co_return recorded;
  }
};

// One recipient is refused, for the other the final dot is not answered when the stop cuts the session short; the first
// one's outcome cannot be stored.
TEST_F(EngineTest, AStopDoesNotWaitForAStoreInTrouble) {
  receiver.replies.emplace("nobody@example.net", smtp::make_reply(550, smtp::EnhancedStatus{5, 1, 1}, "user unknown"));
  receiver.open = false;
  TroubledQueue troubled(*temp.stores.queue);
  troubled.failures = 1'000'000;
  make_engine(troubled, 10);
  engine->start();
  enqueue("id-1", {"nobody@example.net", "bob@example.net"});
  const net::Deadline deadline = net::after(20s);
  while (receiver.waiting == 0 && std::chrono::steady_clock::now() < deadline) {
    wait_for(receiver.opened.wait(receiver.opened.generation(), net::after(50ms)));
  }
  const auto begin = std::chrono::steady_clock::now();
  runtime.run_blocking(engine->stop(net::after(100ms)));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s);
  EXPECT_LT(troubled.failures.load(), 1'000'000);  // it was tried
  receiver.open = true;
  receiver.opened.committed();
}

TEST_F(EngineTest, AStoreInTroubleNeverDeliversTwice) {
  TroubledQueue troubled(*temp.stores.queue);
  troubled.failures = 3;
  make_engine(troubled, 10);
  engine->start();
  enqueue("id-1", {"bob@example.net"});
  EXPECT_EQ(attempted("id-1").recipients.at(0).state, RecipientState::delivered);
  EXPECT_LE(troubled.failures.load(), 0);
  EXPECT_EQ(engine->counters().delivered, 1u);
  const std::lock_guard lock(receiver.mutex);
  EXPECT_EQ(receiver.envelopes.size(), 1u);
  runtime.run_blocking(engine->stop(net::after(5s)));
}

}  // namespace
}  // namespace sesame::delivery
