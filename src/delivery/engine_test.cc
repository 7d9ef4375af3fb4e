// The engine on a real store, over real sockets, against a receiver that answers as the test wants.
#include "delivery/engine.h"

#include <gtest/gtest.h>

#include <mutex>

#include "delivery/destination.h"
#include "dns/testing/fake_resolver.h"
#include "net/listener.h"
#include "smtp_session/server_session.h"
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
    ++connections;
    co_return std::nullopt;
  }
  net::Task<std::optional<smtp::Reply>> rcpt(const smtp_session::SessionFacts&, const smtp::Envelope&,
                                             const smtp::Recipient& recipient) override {
    const std::lock_guard lock(mutex);
    const auto found = replies.find(smtp::format_mailbox(recipient.forward_path));
    co_return found == replies.end() ? std::nullopt : std::optional(found->second);
  }
  net::Task<smtp::Reply> message(const smtp_session::SessionFacts&, smtp::Envelope envelope, std::string content,
                                 std::string) override {
    const std::lock_guard lock(mutex);
    envelopes.push_back(std::move(envelope));
    contents.push_back(std::move(content));
    co_return smtp::make_reply(250, smtp::EnhancedStatus{2, 0, 0}, "kept");
  }

  smtp_session::ServerOptions options;
  net::IdleGate gate;
  std::unique_ptr<net::Listener> listener;
  std::mutex mutex;
  std::map<std::string, smtp::Reply> replies;
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
    EngineOptions options;
    options.helo_name = "mail.svc.example";
    options.port = receiver.listener->local().port;
    options.idle_connection = 100ms;
    options.loopback_only = true;
    engine = std::make_unique<Engine>(
        EngineDeps{*temp.stores.queue, resolver, feed, clock, random, runtime, net::TlsContext::client_opportunistic()},
        options);
    clock.set(from_unix_ms(1767225600000 + 1000));  // just after sample_message is accepted
  }
  ~EngineTest() override {
    runtime.run_blocking(engine->stop(net::after(5s)));
    receiver.gate.close();
    runtime.run_blocking(receiver.listener->stop(net::after(5s)));
    temp.close();
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

  void enqueue(const std::string& id, std::vector<std::string> recipients, const std::string& content = "x\r\n") {
    store::NewMessage message = store::sample_message(id, std::move(recipients));
    message.content = content;
    message.needs_smtputf8 = false;
    ASSERT_TRUE(wait_for(temp.stores.queue->enqueue(std::move(message), {})));
    engine->kick();
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

TEST(Destination, GroupsOnlyTheRecipientsOfOneMessageUpToTheLimit) {
  Destination destination{"example.net", {}};
  for (std::size_t i = 0; i < max_recipients_per_transaction + 1; ++i) {
    store::DueRecipient recipient;
    recipient.queue_id = 1;
    destination.add(recipient);
  }
  store::DueRecipient other;
  other.queue_id = 2;
  destination.add(other);
  EXPECT_EQ(destination.waiting.size(), 3u);
  EXPECT_EQ(destination.take().size(), max_recipients_per_transaction);
  EXPECT_EQ(destination.take_all().size(), 2u);
  EXPECT_TRUE(destination.take().empty());
  EXPECT_EQ(destination_of("\"a@b\"@Example.NET"), "example.net");
  EXPECT_EQ(destination_of("nobody"), "");
}

}  // namespace
}  // namespace sesame::delivery
