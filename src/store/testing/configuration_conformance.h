// store/testing/configuration_conformance.h: account attributes and configuration sets, as every engine must keep them.
#pragma once

#include "store/testing/conformance.h"
#include "store/testing/sample_records.h"

namespace sesame::store {

template <class Harness>
class ConfigurationConformance : public Conformance<Harness> {
 protected:
  static constexpr const char* account = "111122223333";

  ConfigurationSet find(const std::string& name) {
    return this->get(this->control().find_configuration_set(account, name));
  }
};

TYPED_TEST_SUITE_P(ConfigurationConformance);

TYPED_TEST_P(ConfigurationConformance, AccountWithoutAttributesHasTheDefaults) {
  EXPECT_EQ(this->get(this->control().find_account_attributes(this->account)), AccountAttributes());
}

TYPED_TEST_P(ConfigurationConformance, AccountAttributesAreSetOneByOne) {
  this->get(this->control().set_account_sending(this->account, false));
  this->get(this->control().set_account_suppression(this->account, {.bounce = false, .complaint = true}));
  const AccountAttributes expected{.sending_enabled = false, .suppression = {.bounce = false, .complaint = true}};
  EXPECT_EQ(this->get(this->control().find_account_attributes(this->account)), expected);
  this->get(this->control().set_account_sending(this->account, true));
  this->get(this->control().set_account_suppression(this->account, {.bounce = false, .complaint = false}));
  this->reopen();
  const AccountAttributes changed{.sending_enabled = true, .suppression = {.bounce = false, .complaint = false}};
  EXPECT_EQ(this->get(this->control().find_account_attributes(this->account)), changed);
  EXPECT_EQ(this->get(this->control().find_account_attributes("444455556666")), AccountAttributes());
}

TYPED_TEST_P(ConfigurationConformance, SetComesBackWithEveryField) {
  ConfigurationSet full = sample_configuration_set("full");
  const ConfigurationSet bare{.account_id = this->account, .name = "bare", .created = from_unix_ms(3)};
  this->get(this->control().create_configuration_set(full));
  this->get(this->control().create_configuration_set(bare));
  this->reopen();
  full.version = 1;
  EXPECT_EQ(this->find("full"), full);
  const ConfigurationSet found = this->find("bare");
  EXPECT_EQ(found.tls_policy, TlsPolicy::optional);
  EXPECT_EQ(found.max_delivery, std::nullopt);
  EXPECT_TRUE(found.sending_enabled);
  EXPECT_EQ(found.suppression, std::nullopt);
  EXPECT_TRUE(found.event_destinations.empty());
}

TYPED_TEST_P(ConfigurationConformance, TakenNameIsRefusedAndNothingChanges) {
  this->get(this->control().create_configuration_set(sample_configuration_set("one")));
  ConfigurationSet second = sample_configuration_set("one");
  second.event_destinations.clear();
  EXPECT_EQ(this->failure(this->control().create_configuration_set(second)), StoreErrc::already_exists);
  EXPECT_EQ(this->find("one").event_destinations.size(), 2u);
  second.account_id = "444455556666";
  this->get(this->control().create_configuration_set(second));
  second.name = "One";  // names differ by case
  this->get(this->control().create_configuration_set(second));
}

TYPED_TEST_P(ConfigurationConformance, SetIsUpdatedFromTheVersionRead) {
  this->get(this->control().create_configuration_set(sample_configuration_set("one")));
  ConfigurationSet set = this->find("one");
  set.event_destinations.erase(set.event_destinations.begin());
  set.suppression = SuppressionReasons{.bounce = false, .complaint = false};
  set.sending_enabled = true;
  set.created = from_unix_ms(99);
  EXPECT_EQ(this->get(this->control().update_configuration_set(set)), 2u);
  const ConfigurationSet changed = this->find("one");
  EXPECT_EQ(changed.event_destinations, set.event_destinations);
  EXPECT_EQ(changed.suppression, set.suppression);
  EXPECT_TRUE(changed.sending_enabled);
  EXPECT_EQ(changed.created, sample_configuration_set("one").created);
  set.event_destinations.clear();
  EXPECT_EQ(this->failure(this->control().update_configuration_set(set)), StoreErrc::conflict);
  EXPECT_EQ(this->find("one").event_destinations.size(), 1u);
  set.name = "two";
  EXPECT_EQ(this->failure(this->control().update_configuration_set(set)), StoreErrc::not_found);
}

TYPED_TEST_P(ConfigurationConformance, DeletedSetLeavesNothingBehind) {
  this->get(this->control().create_configuration_set(sample_configuration_set("one")));
  EXPECT_EQ(this->failure(this->control().delete_configuration_set("444455556666", "one")), StoreErrc::not_found);
  this->get(this->control().delete_configuration_set(this->account, "one"));
  EXPECT_EQ(this->failure(this->control().find_configuration_set(this->account, "one")), StoreErrc::not_found);
  EXPECT_EQ(this->failure(this->control().delete_configuration_set(this->account, "one")), StoreErrc::not_found);
  const ConfigurationSet bare{.account_id = this->account, .name = "one", .created = from_unix_ms(3)};
  this->get(this->control().create_configuration_set(bare));
  EXPECT_TRUE(this->find("one").event_destinations.empty());
  EXPECT_EQ(this->find("one").version, 1u);
}

TYPED_TEST_P(ConfigurationConformance, SetsAreListedByNameInPages) {
  for (const char* name : {"c", "a", "b"}) {
    this->get(this->control().create_configuration_set(sample_configuration_set(name)));
  }
  ConfigurationSet theirs = sample_configuration_set("d");
  theirs.account_id = "444455556666";
  this->get(this->control().create_configuration_set(theirs));
  const ConfigurationSetPage first = this->get(this->control().list_configuration_sets(this->account, "", 2));
  EXPECT_EQ(first.names, (std::vector<std::string>{"a", "b"}));
  ASSERT_TRUE(first.next_after);
  const ConfigurationSetPage last =
      this->get(this->control().list_configuration_sets(this->account, first.next_after.value(), 2));
  EXPECT_EQ(last.names, (std::vector<std::string>{"c"}));
  EXPECT_FALSE(last.next_after);
  EXPECT_EQ(this->get(this->control().count_configuration_sets(this->account)), 3u);
  EXPECT_EQ(this->get(this->control().count_configuration_sets("999999999999")), 0u);
}

REGISTER_TYPED_TEST_SUITE_P(ConfigurationConformance, AccountWithoutAttributesHasTheDefaults,
                            AccountAttributesAreSetOneByOne, SetComesBackWithEveryField,
                            TakenNameIsRefusedAndNothingChanges, SetIsUpdatedFromTheVersionRead,
                            DeletedSetLeavesNothingBehind, SetsAreListedByNameInPages);

}  // namespace sesame::store
