#include "identity/watcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "identity/testing/house.h"

namespace sesame::identity {
namespace {

using namespace std::chrono_literals;
using dns::RecordType;
using store::BehaviorOnMxFailure;
using store::MailFromStatus;
using store::VerificationStatus;

struct WatcherTest : testing::Test {
  WatcherTest() {
    house.service.set_waker([this] { watcher.wake(); });
  }
  ~WatcherTest() override { house.runtime.run_blocking(watcher.stop()); }

  std::size_t run_due() { return house.run(watcher.run_due()); }
  void set_mail_from() {
    house.must(house.service.set_mail_from(House::account, "example.com", "bounce.example.com",
                                           BehaviorOnMxFailure::use_default));
  }
  MailFromStatus mail_from_status() { return house.read().mail_from->status; }
  void pass(std::chrono::milliseconds time) {
    house.clock.advance(time);
    run_due();
  }
  // In real time, for a watcher that was started.
  template <class Condition>
  bool comes_true(Condition condition) {
    const auto deadline = std::chrono::steady_clock::now() + 10s;
    while (std::chrono::steady_clock::now() < deadline) {
      if (condition()) return true;
      house.run(net::sleep_until(net::after(5ms)));
    }
    return false;
  }

  House house;
  Watcher watcher{house.service, *house.temp.stores.control, house.clock, WatcherOptions{}};
};

TEST_F(WatcherTest, LooksAtWhatIsDueAndAtNothingElse) {
  EXPECT_EQ(run_due(), 0u);
  house.domain();
  EXPECT_EQ(run_due(), 1u);
  EXPECT_EQ(run_due(), 0u) << "the next look is in 15 s";
  house.clock.advance(15s);
  EXPECT_EQ(run_due(), 1u);
}

TEST_F(WatcherTest, AWholeLifeOfAMailFromDomainInNoTime) {
  const store::IdentityRecord created = house.domain();
  house.publish_dkim(created);
  set_mail_from();
  run_due();
  pass(71h);
  EXPECT_EQ(mail_from_status(), MailFromStatus::pending);
  house.publish_mail_from("bounce.example.com");
  pass(15min);
  EXPECT_EQ(mail_from_status(), MailFromStatus::success);

  house.servers.withdraw("bounce.example.com", RecordType::mx);
  pass(33min);
  EXPECT_EQ(mail_from_status(), MailFromStatus::success) << "one bad look";
  pass(1min);
  EXPECT_EQ(mail_from_status(), MailFromStatus::temporary_failure);
  pass(72h);
  EXPECT_EQ(mail_from_status(), MailFromStatus::failed);
  EXPECT_EQ(house.read().verification, VerificationStatus::success);
  pass(24h * 30);
  EXPECT_EQ(mail_from_status(), MailFromStatus::failed);
}

TEST_F(WatcherTest, TimersSurviveARestart) {
  house.domain();
  set_mail_from();
  run_due();
  const auto before = house.read().next_look;
  // A second watcher knows nothing but what is in the store.
  Watcher other(house.service, *house.temp.stores.control, house.clock, WatcherOptions{});
  house.clock.advance(14s);
  EXPECT_EQ(house.run(other.run_due()), 0u);
  house.clock.advance(1s);
  EXPECT_EQ(house.read().next_look, before);
  EXPECT_EQ(house.run(other.run_due()), 1u);
}

TEST_F(WatcherTest, AnExpiredLinkIsNoticed) {
  house.must(house.service.verify_address(House::account, "jane@example.com"));
  house.clock.advance(24h);
  EXPECT_EQ(run_due(), 1u);
  EXPECT_EQ(house.read("jane@example.com").verification, VerificationStatus::failed);
  EXPECT_EQ(run_due(), 0u);
}

TEST_F(WatcherTest, OnceStartedASetIsLookedAtAtOnce) {
  const store::IdentityRecord created = house.domain();
  house.publish_dkim(created);
  house.publish_mail_from("bounce.example.com");
  watcher.start(house.runtime.executor(0));
  EXPECT_TRUE(comes_true([&] { return house.read().verification == VerificationStatus::success; }));
  set_mail_from();
  EXPECT_TRUE(comes_true([&] { return mail_from_status() == MailFromStatus::success; }));
}

TEST_F(WatcherTest, ASilentNameServerOfOneDomainHoldsUpNoOther) {
  house.servers.server(0).misbehave(Misbehaviour::silent);
  house.servers.server(1).misbehave(Misbehaviour::silent);
  for (int i = 0; i < 3; ++i) house.domain(fmt::format("d{}.example.com", i));
  house.must(house.service.verify_domain_by_txt(House::account, "nowhere.test"));
  watcher.start(house.runtime.executor(0));
  const auto start = std::chrono::steady_clock::now();
  EXPECT_TRUE(comes_true([&] { return house.read("nowhere.test").txt_timer.last_checked.has_value(); }));
  EXPECT_LT(std::chrono::steady_clock::now() - start, 1s);
}

TEST_F(WatcherTest, SixtyFourDeadDomainsDelayAHealthyOneByNoCycle) {
  house.servers.server(0).misbehave(Misbehaviour::silent);
  house.servers.server(1).misbehave(Misbehaviour::silent);
  for (int i = 0; i < 64; ++i) house.domain(fmt::format("d{}.example.com", i));
  watcher.start(house.runtime.executor(0));
  const auto looked_at = [&](int i) { return house.read(fmt::format("d{}.example.com", i)).next_look; };
  const auto due_at_first = house.clock.now();
  EXPECT_TRUE(comes_true([&] {
    for (int i = 0; i < 64; ++i) {
      if (looked_at(i) <= due_at_first) return false;
    }
    return true;
  }));
  house.clock.advance(1h);
  house.must(house.service.verify_domain_by_txt(House::account, "nowhere.test"));
  const auto start = std::chrono::steady_clock::now();
  EXPECT_TRUE(comes_true([&] { return house.read("nowhere.test").txt_timer.last_checked.has_value(); }));
  EXPECT_LT(std::chrono::steady_clock::now() - start, 2s);
}

TEST_F(WatcherTest, SlowIdentitiesLeavePlacesToTheOthersHoweverManyAreDue) {
  house.servers.server(0).misbehave(Misbehaviour::silent);
  house.servers.server(1).misbehave(Misbehaviour::silent);
  // Every identity is slow after its first look, and the slow ones get no place at all.
  Watcher strict(house.service, *house.temp.stores.control, house.clock,
                 {.max_looks = 2, .max_slow_looks = 0, .slow_after = -1ms});
  std::vector<std::string> dead;
  for (int i = 0; i < 5; ++i) dead.push_back(house.domain(fmt::format("d{}.example.com", i)).name);
  house.run(strict.run_due());
  house.clock.advance(1h);
  strict.start(house.runtime.executor(0));
  house.must(house.service.verify_domain_by_txt(House::account, "nowhere.test"));
  strict.wake();
  EXPECT_TRUE(comes_true([&] { return house.read("nowhere.test").txt_timer.last_checked.has_value(); }));
  for (const std::string& name : dead) EXPECT_LT(house.read(name).next_look, house.clock.now()) << "passed by";
  house.runtime.run_blocking(strict.stop());
}

TEST_F(WatcherTest, MoreSlowOnesThanOneRoundReadsHideNobody) {
  house.servers.server(0).misbehave(Misbehaviour::silent);
  house.servers.server(1).misbehave(Misbehaviour::silent);
  Watcher strict(house.service, *house.temp.stores.control, house.clock,
                 {.max_looks = 2, .max_slow_looks = 0, .max_due_read = 2, .slow_after = -1ms});
  for (int i = 0; i < 9; ++i) house.domain(fmt::format("d{}.example.com", i));
  house.run(strict.run_due());
  house.clock.advance(1h);
  house.must(house.service.verify_domain_by_txt(House::account, "nowhere.test"));
  strict.start(house.runtime.executor(0));
  EXPECT_TRUE(comes_true([&] { return house.read("nowhere.test").txt_timer.last_checked.has_value(); }));
  house.runtime.run_blocking(strict.stop());
}

TEST_F(WatcherTest, WhatACrashLeftUnsentIsSentAtTheStart) {
  house.notices.refuse(true);
  house.must(house.service.create(House::account, "jane@example.com", {}));
  house.notices.refuse(false);
  watcher.start(house.runtime.executor(0));
  EXPECT_TRUE(comes_true([&] { return !house.notices.take().empty(); }));
}

TEST_F(WatcherTest, StoppingDropsTheLooksUnderWay) {
  house.servers.server(0).misbehave(Misbehaviour::silent);
  house.servers.server(1).misbehave(Misbehaviour::silent);
  house.domain();
  watcher.start(house.runtime.executor(0));
  EXPECT_TRUE(comes_true([&] { return house.servers.server(0).questions() > 0; }));
  const auto start = std::chrono::steady_clock::now();
  house.runtime.run_blocking(watcher.stop());
  EXPECT_LT(std::chrono::steady_clock::now() - start, 5s);
  EXPECT_EQ(house.read().dkim->timer.last_checked, std::nullopt) << "not applied";
}

}  // namespace
}  // namespace sesame::identity
