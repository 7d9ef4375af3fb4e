// delivery/testing/engine_house.h: an engine on a real store, over real sockets, with a receiver that answers as the
// test wants. For tests.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <mutex>

#include "delivery/engine.h"
#include "dns/testing/fake_resolver.h"
#include "net/listener.h"
#include "smtp_session/server_session.h"
#include "store/testing/passing_queue.h"
#include "store/testing/sample_records.h"
#include "store/testing/temp_stores.h"

namespace sesame::delivery {

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
    ++waiting;
    const net::Deadline deadline = net::after(20s);
    while (!open && std::chrono::steady_clock::now() < deadline)
      co_await opened.wait(opened.generation(), net::after(50ms));
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
  std::atomic<bool> open{true};  // false: the final dot is not answered until it is
  events::Feed opened;
  std::atomic<int> waiting{0};  // messages whose final dot has come
  std::map<net::Endpoint, int> served;
  int messages_per_connection = 1000;
  events::Feed refusals;                    // moves on with each 421 at MAIL
  std::uint64_t refusals_before_third = 0;  // a third connection is greeted after so many
  std::vector<smtp::Envelope> envelopes;
  std::vector<std::string> contents;
  std::atomic<int> connections{0};
};

class EngineHouse : public testing::Test {
 protected:
  EngineHouse() : receiver(runtime) {
    for (const char* domain : {"example.net", "example.org"})
      resolver.add(domain, dns::RecordType::mx, "10 mx.example.net");
    resolver.add("mx.example.net", dns::RecordType::a, "127.0.0.1");
    hosts.allow_private = true;
    make_engine(*temp.stores.queue, 10);
    clock.set(from_unix_ms(1767225600000 + 1000));  // just after sample_message is accepted
  }
  ~EngineHouse() override {
    runtime.run_blocking(engine->stop(net::after(5s)));
    receiver.gate.close();
    runtime.run_blocking(receiver.listener->stop(net::after(5s)));
    temp.close();
  }

  void make_engine(store::QueueStore& queue, std::size_t connections_per_destination) {
    make_engine(queue, connections_per_destination, resolver);
  }
  void make_engine(store::QueueStore& queue, std::size_t connections_per_destination, dns::Resolver& with) {
    options.helo_name = "mail.svc.example";
    options.port = receiver.listener->local().port;
    options.limits.max_connections = connections_per_destination;
    options.idle_connection = 100ms;
    options.hosts = hosts;
    options.addresses = addresses;
    options.loopback_only = true;
    engine = std::make_unique<Engine>(
        EngineDeps{queue, with, feed, clock, random, runtime, net::TlsContext::client_opportunistic(), takes_mail_for,
                   temp.stores.pauses.get(), temp.stores.pools.get()},
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

  static store::NewMessage message(const std::string& id, std::vector<std::string> recipients) {
    store::NewMessage made = store::sample_message(id, std::move(recipients));
    made.content = "x\r\n";
    made.needs_smtputf8 = made.needs_eightbitmime = false;
    made.tls_policy = store::TlsPolicy::optional;
    return made;
  }
  void enqueue(store::NewMessage made) {
    ASSERT_TRUE(wait_for(temp.stores.queue->enqueue(std::move(made), {})));
    engine->kick();
  }
  void enqueue(const std::string& id, std::vector<std::string> recipients, const std::string& content = "x\r\n",
               store::TlsPolicy tls_policy = store::TlsPolicy::optional) {
    store::NewMessage made = message(id, std::move(recipients));
    made.content = content;
    made.tls_policy = tls_policy;
    enqueue(std::move(made));
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

  EngineOptions options;
  HostRules hosts;
  std::vector<OwnAddress> addresses;
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

}  // namespace sesame::delivery
