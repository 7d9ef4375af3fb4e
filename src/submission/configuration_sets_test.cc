#include "submission/configuration_sets.h"

#include <gtest/gtest.h>

#include "net/testing/run_task.h"
#include "store/testing/temp_stores.h"

namespace sesame::submission {
namespace {

using store::EventDestination;
using store::EventKind;

constexpr const char* account = "111122223333";

net::Task<TopicCheck> only_known_topics(std::string, std::string arn) {
  co_return arn == "known" ? TopicCheck::valid : TopicCheck::missing;
}

class ConfigurationSetsTest : public testing::Test {
 protected:
  ConfigurationSetsTest() { sets.set_topic_validator(only_known_topics); }

  // nullopt: it succeeded.
  template <class T>
  std::optional<ConfigurationErrc> failure(ConfigurationTask<T> task) {
    const auto result = net::run_task(std::move(task));
    if (result) return std::nullopt;
    text = result.error().text;
    return result.error().code;
  }
  std::optional<ConfigurationErrc> create(const std::string& name) {
    return failure(sets.create({.account_id = account, .name = name}));
  }
  SharedSet find(const std::string& name) {
    const auto found = net::run_task(sets.find(account, name));
    return found ? *found : nullptr;
  }
  static EventDestination destination(std::string name, std::string topic = "known") {
    return {.name = std::move(name),
            .enabled = true,
            .matching = {EventKind::bounce},
            .target = store::TopicTarget{std::move(topic)}};
  }
  std::optional<ConfigurationErrc> add(EventDestination made, const std::string& set = "set") {
    return failure(sets.add_destination(account, set, std::move(made)));
  }

  store::TempStores temp;
  ManualClock clock;
  ConfigurationSets sets{*temp.stores.control, clock};
  std::string text;  // of the last failure
};

TEST_F(ConfigurationSetsTest, NamesAreShortAndPlain) {
  EXPECT_EQ(create("Aa0_-"), std::nullopt);
  EXPECT_EQ(create(std::string(max_configuration_name, 'a')), std::nullopt);
  for (const std::string& name : {std::string(), std::string("a b"), std::string("\xc3\xa9"), std::string("a\0b", 3),
                                  std::string(max_configuration_name + 1, 'a')}) {
    EXPECT_EQ(create(name), ConfigurationErrc::invalid_name) << name;
  }
  EXPECT_EQ(create("Aa0_-"), ConfigurationErrc::set_exists);
  EXPECT_EQ(text, "Configuration set <Aa0_-> already exists.");
}

TEST_F(ConfigurationSetsTest, UnknownSetIsNamed) {
  EXPECT_EQ(failure(sets.find(account, "none")), ConfigurationErrc::set_missing);
  EXPECT_EQ(text, "Configuration set <none> does not exist.");
  EXPECT_EQ(failure(sets.remove(account, "none")), ConfigurationErrc::set_missing);
  EXPECT_EQ(failure(sets.change(account, "none", {})), ConfigurationErrc::set_missing);
  EXPECT_EQ(add(destination("d"), "none"), ConfigurationErrc::set_missing);
}

TEST_F(ConfigurationSetsTest, WhatIsInMemoryFollowsEachChange) {
  create("set");
  ASSERT_TRUE(find("set"));
  EXPECT_EQ(failure(sets.change(account, "set", {.tls_policy = store::TlsPolicy::required})), std::nullopt);
  EXPECT_EQ(find("set")->tls_policy, store::TlsPolicy::required);
  EXPECT_EQ(add(destination("d")), std::nullopt);
  EXPECT_EQ(find("set")->event_destinations.size(), 1u);
  EXPECT_EQ(failure(sets.remove(account, "set")), std::nullopt);
  EXPECT_FALSE(find("set"));
  EXPECT_EQ(failure(sets.set_account_sending(account, false)), std::nullopt);
  EXPECT_FALSE(net::run_task(sets.account(account)).value().sending_enabled);
  EXPECT_EQ(failure(sets.set_account_suppression(account, {.bounce = false, .complaint = true})), std::nullopt);
  EXPECT_FALSE(net::run_task(sets.account(account)).value().suppression.bounce);
}

TEST_F(ConfigurationSetsTest, OnlyWhatIsGivenChanges) {
  create("set");
  ConfigurationSets::Changes changes;
  changes.max_delivery = std::chrono::seconds(600);
  changes.suppression = store::SuppressionReasons{.bounce = false, .complaint = false};
  EXPECT_EQ(failure(sets.change(account, "set", changes)), std::nullopt);
  EXPECT_EQ(failure(sets.change(account, "set", {.reputation_metrics_enabled = true})), std::nullopt);
  const auto set = find("set");
  EXPECT_EQ(set->max_delivery, std::chrono::seconds(600));
  EXPECT_TRUE(set->reputation_metrics_enabled);
  EXPECT_TRUE(set->suppression.has_value());
  ConfigurationSets::Changes cleared;
  cleared.max_delivery = std::optional<std::chrono::seconds>();
  cleared.suppression = std::optional<store::SuppressionReasons>();
  EXPECT_EQ(failure(sets.change(account, "set", cleared)), std::nullopt);
  EXPECT_EQ(find("set")->max_delivery, std::nullopt);
  EXPECT_EQ(find("set")->suppression, std::nullopt);
}

class ConfigurationSetsWithPools : public ConfigurationSetsTest {
 protected:
  ConfigurationSetsWithPools() {
    sets.set_pools(*temp.stores.pools, [this] {
      if (when_told) std::exchange(when_told, {})();
    });
    EXPECT_TRUE(net::run_task(temp.stores.pools->create_pool({account, "news", clock.now(), {}})));
  }
  std::optional<ConfigurationErrc> create_with(const std::string& name, const std::string& pool) {
    return failure(sets.create({.account_id = account, .name = name}, pool));
  }
  std::optional<std::string> pool_of(const std::string& name) {
    return net::run_task(sets.sending_pool(account, name)).value();
  }

  std::function<void()> when_told;
};

TEST_F(ConfigurationSetsWithPools, ASetIsMadeWithItsPoolOrNotAtAll) {
  EXPECT_EQ(create_with("set", "none"), ConfigurationErrc::pool_missing);
  EXPECT_FALSE(find("set"));
  EXPECT_EQ(create_with("set", "news"), std::nullopt);
  EXPECT_EQ(pool_of("set"), "news");
  EXPECT_EQ(create_with("set", std::string(store::shared_pool)), ConfigurationErrc::set_exists);
  EXPECT_EQ(pool_of("set"), "news");
}

TEST_F(ConfigurationSetsWithPools, AnotherSetOfTheSameNameDoesNotInheritThePool) {
  create_with("set", "news");
  EXPECT_EQ(failure(sets.remove(account, "set")), std::nullopt);
  EXPECT_EQ(create("set"), std::nullopt);
  EXPECT_EQ(pool_of("set"), std::nullopt);
}

TEST_F(ConfigurationSetsWithPools, NorWhatACrashLeftBehind) {
  ASSERT_TRUE(net::run_task(temp.stores.pools->choose_pool(account, "set", "news")));
  EXPECT_EQ(create("set"), std::nullopt);
  EXPECT_EQ(pool_of("set"), std::nullopt);
}

TEST_F(ConfigurationSetsWithPools, NorThePoolOfTheSameNameTheMailOfTheOneBefore) {
  create_with("set", "news");
  ASSERT_TRUE(net::run_task(temp.stores.pools->delete_pool(account, "news")));
  ASSERT_TRUE(net::run_task(temp.stores.pools->create_pool({account, "news", clock.now(), {}})));
  EXPECT_EQ(pool_of("set"), std::nullopt);
}

// The pool is chosen, the set not yet made.
TEST_F(ConfigurationSetsWithPools, WhoComesSecondTriesAgain) {
  std::optional<ConfigurationErrc> second, removal, move;
  const auto beside = [](ConfigurationTask<void> task) {
    const auto done = net::TestLoop().run(std::move(task));
    return done ? std::nullopt : std::optional(done.error().code);
  };
  when_told = [&] {
    second = beside(sets.create({.account_id = account, .name = "set"}, std::string(store::shared_pool)));
    removal = beside(sets.remove(account, "set"));
    move = beside(sets.change(account, "set", {.sending_pool = std::optional<std::string>()}));
  };
  EXPECT_EQ(create_with("set", "news"), std::nullopt);
  EXPECT_EQ(second, ConfigurationErrc::concurrent_change);
  EXPECT_EQ(removal, ConfigurationErrc::concurrent_change);
  EXPECT_EQ(move, ConfigurationErrc::concurrent_change);
  EXPECT_EQ(pool_of("set"), "news");
  EXPECT_EQ(failure(sets.remove(account, "set")), std::nullopt);
}

TEST_F(ConfigurationSetsTest, DeliveryTimeIsBounded) {
  create("set");
  for (const std::int64_t seconds : {299, 50401, -1}) {
    ConfigurationSets::Changes changes;
    changes.max_delivery = std::chrono::seconds(seconds);
    EXPECT_EQ(failure(sets.change(account, "set", changes)), ConfigurationErrc::invalid_delivery) << seconds;
  }
}

TEST_F(ConfigurationSetsTest, SendingAgainIsAFreshStart) {
  create("set");
  EXPECT_EQ(failure(sets.change(account, "set", {.sending_enabled = true})), std::nullopt);
  EXPECT_EQ(find("set")->last_fresh_start, std::nullopt);
  EXPECT_EQ(failure(sets.change(account, "set", {.sending_enabled = false})), std::nullopt);
  EXPECT_EQ(failure(sets.change(account, "set", {.sending_enabled = true})), std::nullopt);
  EXPECT_EQ(find("set")->last_fresh_start, clock.now());
}

TEST_F(ConfigurationSetsTest, DestinationsAreAddedReplacedAndRemovedByName) {
  create("set");
  EXPECT_EQ(add(destination("d")), std::nullopt);
  EXPECT_EQ(add(destination("d")), ConfigurationErrc::destination_exists);
  EventDestination changed = destination("d");
  changed.enabled = false;
  EXPECT_EQ(failure(sets.replace_destination(account, "set", changed)), std::nullopt);
  EXPECT_FALSE(find("set")->event_destinations.front().enabled);
  EXPECT_EQ(failure(sets.replace_destination(account, "set", destination("e"))),
            ConfigurationErrc::destination_missing);
  EXPECT_EQ(text, "No EventDestination found for set");
  EXPECT_EQ(failure(sets.remove_destination(account, "set", "e")), ConfigurationErrc::destination_missing);
  EXPECT_EQ(failure(sets.remove_destination(account, "set", "d")), std::nullopt);
  EXPECT_TRUE(find("set")->event_destinations.empty());
}

TEST_F(ConfigurationSetsTest, DestinationsAreTenAtMost) {
  create("set");
  for (std::size_t i = 0; i < max_event_destinations; ++i) EXPECT_EQ(add(destination(std::to_string(i))), std::nullopt);
  EXPECT_EQ(add(destination("more")), ConfigurationErrc::limit_exceeded);
}

TEST_F(ConfigurationSetsTest, DestinationsLeadSomewhere) {
  create("set");
  EXPECT_EQ(add(destination("d", "unknown")), ConfigurationErrc::topic_missing);
  EXPECT_EQ(text, "SNS topic <unknown> not found.");
  EventDestination nothing = destination("d");
  nothing.matching.clear();
  EXPECT_EQ(add(nothing), ConfigurationErrc::invalid_destination);
  for (const char* url : {"", "ftp://a", "https://", "https:///x", "http://a b", "javascript:x"}) {
    EventDestination webhook = destination("d");
    webhook.target = store::WebhookTarget{url};
    EXPECT_EQ(add(webhook), ConfigurationErrc::invalid_destination) << url;
  }
  EventDestination webhook = destination("d");
  webhook.target = store::WebhookTarget{"https://hooks.example/a"};
  EXPECT_EQ(add(webhook), std::nullopt);
}

}  // namespace
}  // namespace sesame::submission
