// store/testing/pool_conformance.h: pools, their addresses and what was sent from them, as every engine must keep them.
#pragma once

#include <gmock/gmock.h>

#include "store/testing/conformance.h"

namespace sesame::store {

template <class Harness>
class PoolConformance : public Conformance<Harness> {
 protected:
  static constexpr const char* account = "111122223333";
  static constexpr std::chrono::sys_days today{std::chrono::days(20'000)};

  static SendingPool pool(std::string name) {
    return {account, std::move(name), from_unix_ms(1767225600000), {{"team", awkward_text()}}};
  }
  static DedicatedAddress address(std::string text, std::string in = std::string(default_pool),
                                  std::optional<Time> began = std::nullopt) {
    return {std::move(text), account, std::move(in), began};
  }
};

TYPED_TEST_SUITE_P(PoolConformance);

TYPED_TEST_P(PoolConformance, PoolsOutliveTheProcessInTheirOrder) {
  this->get(this->pools().create_pool(this->pool("b")));
  this->get(this->pools().create_pool(this->pool("a")));
  EXPECT_EQ(this->failure(this->pools().create_pool(this->pool("a"))), StoreErrc::already_exists);
  this->reopen();
  EXPECT_THAT(this->get(this->pools().list_pools()), testing::ElementsAre(this->pool("a"), this->pool("b")));
}

TYPED_TEST_P(PoolConformance, AnAddressThatIsKnownStaysAsItIs) {
  const Time began = from_unix_ms(1767225600000);
  this->get(this->pools().add_addresses({this->address("192.0.2.2"), this->address("192.0.2.1", "x", began)}));
  this->get(this->pools().add_addresses({this->address("192.0.2.1")}));
  this->reopen();
  EXPECT_THAT(this->get(this->pools().list_addresses()),
              testing::ElementsAre(this->address("192.0.2.1", "x", began), this->address("192.0.2.2")));
}

TYPED_TEST_P(PoolConformance, AnAddressIsMovedToPoolsThatExist) {
  this->get(this->pools().add_addresses({this->address("192.0.2.1")}));
  this->get(this->pools().create_pool(this->pool("a")));
  this->get(this->pools().move_address(this->account, "192.0.2.1", "a"));
  EXPECT_THAT(this->get(this->pools().list_addresses()), testing::ElementsAre(this->address("192.0.2.1", "a")));
  EXPECT_EQ(this->failure(this->pools().move_address(this->account, "192.0.2.1", "b")), StoreErrc::not_found);
  EXPECT_EQ(this->failure(this->pools().move_address(this->account, "192.0.2.9", "a")), StoreErrc::not_found);
  EXPECT_EQ(this->failure(this->pools().move_address("444455556666", "192.0.2.1", "a")), StoreErrc::not_found);
  this->get(this->pools().move_address(this->account, "192.0.2.1", std::string(default_pool)));
  EXPECT_THAT(this->get(this->pools().list_addresses()), testing::ElementsAre(this->address("192.0.2.1")));
}

TYPED_TEST_P(PoolConformance, ADeletedPoolLeavesItsAddressesToTheDefaultOne) {
  this->get(this->pools().create_pool(this->pool("a")));
  this->get(this->pools().add_addresses({this->address("192.0.2.1", "a")}));
  this->get(this->pools().choose_pool(this->account, "one", "a"));
  this->get(this->pools().choose_pool(this->account, "two", std::string(shared_pool)));
  this->get(this->pools().delete_pool(this->account, "a"));
  EXPECT_THAT(this->get(this->pools().list_addresses()), testing::ElementsAre(this->address("192.0.2.1")));
  EXPECT_THAT(this->get(this->pools().list_pools()), testing::IsEmpty());
  EXPECT_EQ(this->failure(this->pools().delete_pool(this->account, "a")), StoreErrc::not_found);
  // Sets that named it do not name another one of the name.
  this->get(this->pools().create_pool(this->pool("a")));
  EXPECT_THAT(this->get(this->pools().list_choices()),
              testing::ElementsAre(PoolChoice{this->account, "two", std::string(shared_pool)}));
}

TYPED_TEST_P(PoolConformance, AWarmUpBeginsAndEnds) {
  const Time began = from_unix_ms(1767225600000);
  this->get(this->pools().add_addresses({this->address("192.0.2.1")}));
  this->get(this->pools().set_warmup(this->account, "192.0.2.1", began));
  EXPECT_THAT(this->get(this->pools().list_addresses()),
              testing::ElementsAre(this->address("192.0.2.1", std::string(default_pool), began)));
  this->get(this->pools().set_warmup(this->account, "192.0.2.1", std::nullopt));
  EXPECT_THAT(this->get(this->pools().list_addresses()), testing::ElementsAre(this->address("192.0.2.1")));
  EXPECT_EQ(this->failure(this->pools().set_warmup(this->account, "192.0.2.2", began)), StoreErrc::not_found);
}

TYPED_TEST_P(PoolConformance, ASetNamesOnePoolOrNone) {
  this->get(this->pools().create_pool(this->pool("a")));
  this->get(this->pools().create_pool(this->pool("b")));
  EXPECT_EQ(this->get(this->pools().chosen_pool(this->account, "one")), std::nullopt);
  this->get(this->pools().choose_pool(this->account, "one", "a"));
  this->get(this->pools().choose_pool(this->account, "two", "a"));
  this->get(this->pools().choose_pool(this->account, "one", "b"));
  EXPECT_EQ(this->failure(this->pools().choose_pool(this->account, "one", "none")), StoreErrc::not_found);
  this->reopen();
  EXPECT_EQ(this->get(this->pools().chosen_pool(this->account, "one")), "b");
  EXPECT_EQ(this->get(this->pools().chosen_pool("444455556666", "one")), std::nullopt);
  EXPECT_THAT(this->get(this->pools().list_choices()),
              testing::ElementsAre(PoolChoice{this->account, "one", "b"}, PoolChoice{this->account, "two", "a"}));
  this->get(this->pools().choose_pool(this->account, "one", std::nullopt));
  EXPECT_THAT(this->get(this->pools().list_choices()), testing::ElementsAre(PoolChoice{this->account, "two", "a"}));
}

TYPED_TEST_P(PoolConformance, NewAddressesAreWarmedUpUntilThatIsSwitchedOff) {
  EXPECT_TRUE(this->get(this->pools().auto_warmup(this->account)));
  this->get(this->pools().set_auto_warmup(this->account, false));
  this->get(this->pools().set_auto_warmup(this->account, false));
  EXPECT_FALSE(this->get(this->pools().auto_warmup(this->account)));
  EXPECT_TRUE(this->get(this->pools().auto_warmup("444455556666")));
  this->get(this->pools().set_auto_warmup(this->account, true));
  EXPECT_TRUE(this->get(this->pools().auto_warmup(this->account)));
}

TYPED_TEST_P(PoolConformance, CountsOfTheDayAddUpAndYesterdaysGo) {
  const std::chrono::sys_days today = this->today, tomorrow = today + std::chrono::days(1);
  this->get(this->pools().add_warmup_counts(today, {{"192.0.2.1", "mx.example", 3}, {"192.0.2.1", "", 1}}));
  this->get(this->pools().add_warmup_counts(today, {{"192.0.2.1", "mx.example", 4}}));
  this->reopen();
  EXPECT_THAT(this->get(this->pools().warmup_counts(today)),
              testing::ElementsAre(WarmupCount{"192.0.2.1", "", 1}, WarmupCount{"192.0.2.1", "mx.example", 7}));
  this->get(this->pools().add_warmup_counts(tomorrow, {{"192.0.2.1", "mx.example", 2}}));
  EXPECT_THAT(this->get(this->pools().warmup_counts(today)), testing::IsEmpty());
  EXPECT_THAT(this->get(this->pools().warmup_counts(tomorrow)),
              testing::ElementsAre(WarmupCount{"192.0.2.1", "mx.example", 2}));
}

REGISTER_TYPED_TEST_SUITE_P(PoolConformance, PoolsOutliveTheProcessInTheirOrder, AnAddressThatIsKnownStaysAsItIs,
                            AnAddressIsMovedToPoolsThatExist, ADeletedPoolLeavesItsAddressesToTheDefaultOne,
                            AWarmUpBeginsAndEnds, ASetNamesOnePoolOrNone, NewAddressesAreWarmedUpUntilThatIsSwitchedOff,
                            CountsOfTheDayAddUpAndYesterdaysGo);

}  // namespace sesame::store
