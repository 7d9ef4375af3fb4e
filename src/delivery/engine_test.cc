// The engine on a real store, over real sockets, against a receiver that answers as the test wants.
#include "delivery/engine.h"

#include <gtest/gtest.h>

#include <future>
#include <mutex>

#include "delivery/destination.h"
#include "delivery/lane.h"
#include "dns/testing/fake_resolver.h"
#include "net/listener.h"
#include "smtp_session/server_session.h"
#include "store/testing/passing_queue.h"
#include "store/testing/sample_records.h"
#include "store/testing/temp_stores.h"

namespace sesame::delivery {
namespace {

using namespace std::chrono_literals;
using store::RecipientState;

// Accepts all but recipients it was given a reply for; counts connections and keeps what it got.
class Receiver final : public smtp_session::Handler {
 public:
  explicit Receiver(net::Runtime& runtime) {
    options.settings.host_name = "mx.example.net";
    options.settings.extensions.pipelining = true;
    options.settings.extensions.enhanced_status_codes = true;
    auto bound = net::Listener::bind(runtime, *net::parse_endpoint("127.0.0.1:0", 1), {});
    listener = std::move(*bound);
    listener->start([this](std::unique_ptr<net::Stream> stream) {
      return smtp_session::serve(std::move(stream), options, *this, gate);
    });
  }
  net::Task<std::optional<smtp::Reply>> connected(const smtp_session::SessionFacts&) override {
    if (++connections > 2) {
      const net::Deadline deadline = net::after(2s);
      bool moves_on = true;
      while (moves_on && refusals.generation() < refusals_before_third) {
        moves_on = co_await refusals.wait(refusals.generation(), deadline);
      }
    }
    co_return std::nullopt;
  }
  net::Task<std::optional<smtp::Reply>> rcpt(const smtp_session::SessionFacts&, const smtp::Envelope&,
                                             const smtp::Recipient& recipient) override {
    const std::lock_guard lock(mutex);
    const auto found = replies.find(smtp::format_mailbox(recipient.forward_path));
    co_return found == replies.end() ? std::nullopt : std::optional(found->second);
  }
  net::Task<std::optional<smtp::Reply>> mail(const smtp_session::SessionFacts& facts, const smtp::ReversePath&,
                                             const smtp::MailParameters&) override {
    const std::lock_guard lock(mutex);
    if (served[facts.remote] < messages_per_connection) co_return std::nullopt;
    refusals.committed();
    co_return smtp::make_reply(421, "too many messages on this connection");
  }
  net::Task<smtp::Reply> message(const smtp_session::SessionFacts& facts, smtp::Envelope envelope, std::string content,
                                 std::string) override {
    const std::lock_guard lock(mutex);
    ++served[facts.remote];
    envelopes.push_back(std::move(envelope));
    contents.push_back(std::move(content));
    co_return smtp::make_reply(250, smtp::EnhancedStatus{2, 0, 0}, "kept");
  }

  smtp_session::ServerOptions options;
  net::IdleGate gate;
  std::unique_ptr<net::Listener> listener;
  std::mutex mutex;
  std::map<std::string, smtp::Reply> replies;
  std::map<net::Endpoint, int> served;
  int messages_per_connection = 1000;
  events::Feed refusals;                    // moves on with each 421 at MAIL
  std::uint64_t refusals_before_third = 0;  // a third connection is greeted after so many
  std::vector<smtp::Envelope> envelopes;
  std::vector<std::string> contents;
  std::atomic<int> connections{0};
};

class EngineTest : public testing::Test {
 protected:
  EngineTest() : receiver(runtime) {
    for (const char* domain : {"example.net", "example.org"})
      resolver.add(domain, dns::RecordType::mx, "10 mx.example.net");
    resolver.add("mx.example.net", dns::RecordType::a, "127.0.0.1");
    hosts.allow_private = true;
    make_engine(*temp.stores.queue, 10);
    clock.set(from_unix_ms(1767225600000 + 1000));  // just after sample_message is accepted
  }
  ~EngineTest() override {
    runtime.run_blocking(engine->stop(net::after(5s)));
    receiver.gate.close();
    runtime.run_blocking(receiver.listener->stop(net::after(5s)));
    temp.close();
  }

  void make_engine(store::QueueStore& queue, std::size_t connections_per_destination) {
    make_engine(queue, connections_per_destination, resolver);
  }
  void make_engine(store::QueueStore& queue, std::size_t connections_per_destination, dns::Resolver& with) {
    EngineOptions options;
    options.helo_name = "mail.svc.example";
    options.port = receiver.listener->local().port;
    options.max_connections_per_destination = connections_per_destination;
    options.idle_connection = 100ms;
    options.hosts = hosts;
    options.source_addresses = source_addresses;
    options.loopback_only = true;
    engine = std::make_unique<Engine>(
        EngineDeps{queue, with, feed, clock, random, runtime, net::TlsContext::client_opportunistic(), takes_mail_for},
        options);
  }

  template <class T>
  T wait_for(net::Task<T> task) {
    std::optional<T> result;
    runtime.run_blocking(keep(std::move(task), result));
    return std::move(*result);
  }
  template <class T>
  static net::Task<void> keep(net::Task<T> task, std::optional<T>& result) {
    result.emplace(co_await std::move(task));
  }

  void enqueue(const std::string& id, std::vector<std::string> recipients, const std::string& content = "x\r\n",
               store::TlsPolicy tls_policy = store::TlsPolicy::optional) {
    store::NewMessage message = store::sample_message(id, std::move(recipients));
    message.content = content;
    message.needs_smtputf8 = false;
    message.tls_policy = tls_policy;
    ASSERT_TRUE(wait_for(temp.stores.queue->enqueue(std::move(message), {})));
    engine->kick();
  }

  std::vector<store::SuppressedDestination> suppressed() {
    return wait_for(temp.stores.queue->list_suppressed({.account_id = "111122223333"})).value().destinations;
  }

  // Waits (by the feed, not by time) until `id` has an attempt for every recipient.
  store::MessageRecord attempted(const std::string& id) {
    const auto deadline = net::after(20s);
    for (;;) {
      const std::uint64_t seen = feed.generation();
      auto found = wait_for(temp.stores.queue->find_message_any_account(id));
      EXPECT_TRUE(found);
      if (!found) return {};
      const bool all = std::all_of(found->recipients.begin(), found->recipients.end(),
                                   [](const store::RecipientRecord& r) { return r.attempt_count > 0; });
      if (all || std::chrono::steady_clock::now() > deadline) {
        EXPECT_TRUE(all) << id;
        return std::move(*found);
      }
      wait_for(feed.wait(seen, deadline));
    }
  }

  HostRules hosts;
  std::vector<net::IpAddress> source_addresses;
  std::function<net::Task<bool>(std::string)> takes_mail_for;
  store::TempStores temp;
  net::Runtime runtime{2};
  dns::FakeResolver resolver;
  events::Feed feed;
  ManualClock clock;
  SecureRandom random;
  Receiver receiver;
  std::unique_ptr<Engine> engine;
};

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

TEST_F(EngineTest, TheAddressAMessageLeavesFromIsToldInFrontOfIt) {
  source_addresses = {*net::parse_ip("127.0.0.9")};
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

TEST(Destination, GroupsOnlyTheRecipientsOfOneMessageUpToTheLimit) {
  Destination destination("example.net");
  for (std::size_t i = 0; i < max_recipients_per_transaction + 1; ++i) {
    store::DueRecipient recipient;
    recipient.queue_id = 1;
    destination.add(recipient);
  }
  store::DueRecipient other;
  other.queue_id = 2;
  destination.add(other);
  EXPECT_EQ(destination.batches(), 3u);
  EXPECT_EQ(destination.recipients(), max_recipients_per_transaction + 2);
  std::optional<Batch> first = destination.take();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->recipients.size(), max_recipients_per_transaction);
  destination.put_back(std::move(*first));
  EXPECT_EQ(destination.take()->recipients.size(), max_recipients_per_transaction);
  EXPECT_EQ(destination.take_all().size(), 2u);
  EXPECT_FALSE(destination.take());
  EXPECT_EQ(destination.recipients(), 0u);
  EXPECT_EQ(destination_of("\"a@b\"@Example.NET"), "example.net");
  EXPECT_EQ(destination_of("nobody"), "");
}

// Starts sessions without ending them, as silent hosts would.
std::map<std::string, std::size_t> shared_out(Lanes& lanes, std::size_t capacity, const LaneLimits& limits) {
  std::map<std::string, std::size_t> started;
  lanes.share_out(capacity, limits, [&](const std::shared_ptr<Lane>& lane) {
    ++lane->sessions;
    ++started[lane->queue.domain()];
  });
  return started;
}

TEST(Lanes, ShareConnectionsTurnByTurn) {
  Lanes lanes;
  for (const char* domain : {"a.example", "b.example", "z.example"}) {
    for (store::QueueId id = 1; id <= 12; ++id) {
      store::DueRecipient recipient;
      recipient.queue_id = id;
      lanes.of(domain).queue.add(recipient);
    }
    lanes.of(domain).reached = true;
  }
  const auto started = shared_out(lanes, 5, {10, 2});
  EXPECT_EQ(started.at("a.example"), 2u);
  EXPECT_EQ(started.at("b.example"), 2u);
  EXPECT_EQ(started.at("z.example"), 1u);
  const auto next = shared_out(lanes, 1, {10, 2});
  EXPECT_EQ(next.begin()->first, "z.example");  // after b, the one served last
}

TEST(Lanes, OneBatchWantsOneSession) {
  Lanes lanes;
  lanes.of("a.example").queue.add(store::DueRecipient{});
  lanes.share_out(100, {10, 2}, [&](const std::shared_ptr<Lane>& lane) {
    ++lane->sessions;
    ++lane->opening;
  });
  EXPECT_EQ(lanes.of("a.example").sessions, 1u);
}

TEST(Lanes, ADestinationNotYetReachedHoldsFewConnections) {
  Lanes lanes;
  for (store::QueueId id = 1; id <= 12; ++id) {
    store::DueRecipient recipient;
    recipient.queue_id = id;
    lanes.of("silent.example").queue.add(recipient);
  }
  EXPECT_EQ(shared_out(lanes, 100, {10, 2}).at("silent.example"), 2u);
  lanes.of("silent.example").reached = true;
  EXPECT_EQ(shared_out(lanes, 100, {10, 2}).at("silent.example"), 8u);
}

}  // namespace
}  // namespace sesame::delivery
