// Maintenance over months, on real stores.
#include "app/maintenance.h"

#include <gtest/gtest.h>

#include "net/runtime.h"
#include "net/testing/run_task.h"
#include "store/testing/sample_records.h"
#include "store/testing/temp_stores.h"

namespace sesame::app {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;

constexpr const char* account = "111122223333";

class MaintenanceTest : public testing::Test {
 protected:
  MaintenanceTest() {
    auto loaded = net::run_task(submission::MessageIds::load(*temp.stores.control, clock, random, "us-east-1"));
    ids = std::move(*loaded);
  }

  void enqueue(const std::string& id) {
    const Time now = clock.now();
    store::NewMessage message = store::sample_message(id, {"bob@example.net"}, to_unix_ms(now));
    std::vector<store::Event> events{store::sample_event(id, store::EventKind::send)};
    ASSERT_TRUE(net::run_task(temp.stores.queue->enqueue(std::move(message), std::move(events))));
  }
  void finish_all() {
    const auto due = net::run_task(temp.stores.queue->lease_due(clock.now(), 10'000));
    ASSERT_TRUE(due);
    std::vector<store::RecipientOutcome> outcomes;
    for (const store::DueRecipient& recipient : *due) {
      store::RecipientOutcome outcome;
      outcome.recipient_id = recipient.recipient_id;
      outcome.state = store::RecipientState::delivered;
      outcome.attempt.at = clock.now();
      outcomes.push_back(std::move(outcome));
    }
    ASSERT_TRUE(net::run_task(temp.stores.queue->record_outcomes(std::move(outcomes), {})));
  }
  MaintenanceDeps deps() { return {*temp.stores.control, *temp.stores.queue, *ids, kept, clock, pool.executor()}; }
  bool is_known(const std::string& id) {
    return net::run_task(temp.stores.queue->find_message(account, id)).has_value();
  }

  store::TempStores temp;
  ManualClock clock;
  SecureRandom random;
  net::WorkerPool pool{1};
  feedback::KeptMail kept{temp.directory() / "unread", {.age = days(60)}, clock, random};
  std::unique_ptr<submission::MessageIds> ids;
};

TEST_F(MaintenanceTest, FinishedMessagesAreForgottenAfterTheRetentionTime) {
  Maintenance maintenance(deps(), {.retention = days(60)});
  enqueue("finished");
  finish_all();
  enqueue("queued");
  clock.advance(days(60));
  enqueue("young");
  net::run_task(maintenance.run_once());
  EXPECT_TRUE(is_known("finished")) << "60 days are not over";
  clock.advance(1ms);
  net::run_task(maintenance.run_once());
  EXPECT_FALSE(is_known("finished"));
  EXPECT_TRUE(is_known("queued"));
  EXPECT_TRUE(is_known("young"));
  EXPECT_EQ(net::run_task(temp.stores.queue->events_of("finished"))->size(), 0U);
}

TEST_F(MaintenanceTest, MailThatWasKeptIsForgottenWhenItIsOld) {
  Maintenance maintenance(deps(), {});
  ASSERT_TRUE(kept.put({}, "What is this?"));
  clock.advance(days(60));
  net::run_task(maintenance.run_once());
  EXPECT_EQ(feedback::list_kept_mail(temp.directory() / "unread")->size(), 1U) << "60 days are not over";
  clock.advance(1s);
  net::run_task(maintenance.run_once());
  EXPECT_TRUE(feedback::list_kept_mail(temp.directory() / "unread")->empty());
}

TEST_F(MaintenanceTest, OneRoundForgetsMoreThanOneCommitTakes) {
  Maintenance maintenance(deps(), {});
  for (int i = 0; i < 1001; ++i) enqueue("m" + std::to_string(i));
  finish_all();
  clock.advance(days(61));
  net::run_task(maintenance.run_once());
  EXPECT_EQ(net::run_task(temp.stores.queue->list_messages({.account_id = account}))->size(), 0U);
}

TEST_F(MaintenanceTest, KeysRotateAndEveryReturnPathLivesItsWholeTime) {
  Maintenance maintenance(deps(), {});
  std::vector<std::pair<Time, std::string>> minted;
  std::set<char> key_numbers;
  for (int hours = 0; hours < 100 * 24; hours += 7) {
    minted.emplace_back(clock.now(), ids->mint());
    key_numbers.insert(minted.back().second[17]);
    net::run_task(maintenance.run_once());
    for (const auto& [when, id] : minted) {
      const bool is_old = clock.now() - when > days(45);
      EXPECT_EQ(ids->check(id) == submission::IdCheck::genuine, !is_old) << hours << " " << id;
    }
    EXPECT_LE(clock.now() - ids->newest_key_made(), days(3));
    clock.advance(7h);
  }
  EXPECT_EQ(key_numbers.size(), 16U);
}

net::Task<void> until(const submission::MessageIds& ids, Time made) {
  const net::Deadline patience = net::after(20s);
  while (ids.newest_key_made() != made && std::chrono::steady_clock::now() < patience) {
    co_await net::sleep_until(net::after(1ms));
  }
}

TEST_F(MaintenanceTest, StartedItRunsRoundAfterRoundUntilStopped) {
  net::Runtime runtime(1);
  Maintenance maintenance(deps(), {.first_round = 1ms, .between_rounds = 1ms});
  maintenance.start(runtime.executor(0));
  for (int round = 0; round < 2; ++round) {
    clock.advance(days(4));
    runtime.run_blocking(until(*ids, clock.now()));
    EXPECT_EQ(ids->newest_key_made(), clock.now());
  }
  runtime.run_blocking(maintenance.stop());
}

TEST_F(MaintenanceTest, DkimKeysReplacedLongAgoAreForgotten) {
  Maintenance maintenance(deps(), {.replaced_dkim_keys = days(14)});
  const store::IdentityRecord identity = store::plain_identity("example.com");
  store::IdentityCommit beside;
  for (const char* selector : {"old", "new"}) {
    beside.keys.push_back(store::sample_key(identity, selector));
    beside.keys.back().created = clock.now();
    clock.advance(days(1));
  }
  ASSERT_TRUE(net::run_task(temp.stores.control->create_identity(identity, std::move(beside))));
  const auto is_published = [&](const char* selector) {
    return net::run_task(temp.stores.control->find_published_key(selector)).has_value();
  };
  clock.advance(days(13));
  net::run_task(maintenance.run_once());
  EXPECT_TRUE(is_published("old"));
  clock.advance(std::chrono::milliseconds(1));
  net::run_task(maintenance.run_once());
  EXPECT_FALSE(is_published("old"));
  EXPECT_TRUE(is_published("new"));
}

}  // namespace
}  // namespace sesame::app
