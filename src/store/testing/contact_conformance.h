// store/testing/contact_conformance.h: contact lists and contacts, as every engine must keep them.
#pragma once

#include "store/testing/conformance.h"

namespace sesame::store {

template <class Harness>
class ContactConformance : public Conformance<Harness> {
 protected:
  static constexpr const char* account = "111122223333";

  static ContactList list(const std::string& name) {
    ContactList made;
    made.account_id = account;
    made.name = name;
    made.description = awkward_text();
    made.topics = {{"weekly", "Weekly", "every week", SubscriptionStatus::opt_in},
                   {"daily", "Daily", "", SubscriptionStatus::opt_out}};
    made.tags = {{"team", "mail"}};
    made.created = made.updated = from_unix_ms(5);
    return made;
  }
  static Contact contact(const std::string& address) {
    Contact made;
    made.account_id = account;
    made.list = "news";
    made.address = address;
    made.attributes_data = "{}";
    made.created = made.updated = from_unix_ms(7);
    return made;
  }
  void have_list(const std::string& name) { this->get(this->contacts().create_contact_list(list(name), 10)); }
  void have_contact(const std::string& address, std::vector<TopicPreference> preferences = {}, bool out = false) {
    Contact made = contact(address);
    made.preferences = std::move(preferences);
    made.unsubscribe_all = out;
    this->get(this->contacts().create_contact(made));
  }
  std::vector<std::string> listed(ContactFilter filter) {
    filter.account_id = account;
    filter.list = "news";
    std::vector<std::string> addresses;
    for (const Contact& one : this->get(this->contacts().list_contacts(filter)).contacts) {
      addresses.push_back(one.address);
    }
    return addresses;
  }
};

TYPED_TEST_SUITE_P(ContactConformance);

using Addresses = std::vector<std::string>;

TYPED_TEST_P(ContactConformance, ListComesBackChangesAndGoes) {
  this->have_list("news");
  EXPECT_EQ(this->failure(this->contacts().create_contact_list(this->list("news"), 10)), StoreErrc::already_exists);
  EXPECT_EQ(this->failure(this->contacts().create_contact_list(this->list("more"), 1)), StoreErrc::conflict);
  this->reopen();
  EXPECT_EQ(this->get(this->contacts().find_contact_list(this->account, "news")), this->list("news"));
  ContactList changed = this->list("news");
  changed.description = "new";
  changed.topics = {{"daily", "Daily", "", SubscriptionStatus::opt_in}};
  changed.updated = from_unix_ms(9);
  this->get(this->contacts().update_contact_list(changed));
  EXPECT_EQ(this->get(this->contacts().find_contact_list(this->account, "news")), changed);
  EXPECT_EQ(this->get(this->contacts().list_contact_lists(this->account, "", 10)).lists.size(), 1u);
  EXPECT_TRUE(this->get(this->contacts().list_contact_lists("999999999999", "", 10)).lists.empty());
  this->get(this->contacts().delete_contact_list(this->account, "news"));
  EXPECT_EQ(this->failure(this->contacts().delete_contact_list(this->account, "news")), StoreErrc::not_found);
  EXPECT_EQ(this->failure(this->contacts().find_contact_list(this->account, "news")), StoreErrc::not_found);
  EXPECT_EQ(this->failure(this->contacts().update_contact_list(changed)), StoreErrc::not_found);
}

TYPED_TEST_P(ContactConformance, ListsAreListedByNameInPages) {
  for (const char* name : {"b", "a", "c"}) this->have_list(name);
  const auto first = this->get(this->contacts().list_contact_lists(this->account, "", 2));
  ASSERT_EQ(first.lists.size(), 2u);
  EXPECT_EQ(first.lists[1].name, "b");
  EXPECT_EQ(first.next_after, "b");
  const auto second = this->get(this->contacts().list_contact_lists(this->account, "b", 2));
  EXPECT_EQ(second.lists.size(), 1u);
  EXPECT_EQ(second.next_after, std::nullopt);
}

TYPED_TEST_P(ContactConformance, ContactBelongsToItsList) {
  EXPECT_EQ(this->failure(this->contacts().create_contact(this->contact("a@x.example"))), StoreErrc::not_found);
  this->have_list("news");
  this->have_contact("a@x.example", {{"daily", SubscriptionStatus::opt_in}});
  EXPECT_EQ(this->failure(this->contacts().create_contact(this->contact("a@x.example"))), StoreErrc::already_exists);
  Contact expected = this->contact("a@x.example");
  expected.preferences = {{"daily", SubscriptionStatus::opt_in}};
  this->reopen();
  EXPECT_EQ(this->get(this->contacts().find_contact(this->account, "news", "a@x.example")), expected);
  EXPECT_EQ(this->failure(this->contacts().find_contact(this->account, "news", "b@x.example")), StoreErrc::not_found);
  this->get(this->contacts().delete_contact(this->account, "news", "a@x.example"));
  EXPECT_EQ(this->failure(this->contacts().delete_contact(this->account, "news", "a@x.example")), StoreErrc::not_found);
  this->have_contact("a@x.example");
  this->get(this->contacts().delete_contact_list(this->account, "news"));
  this->have_list("news");
  EXPECT_EQ(this->failure(this->contacts().find_contact(this->account, "news", "a@x.example")), StoreErrc::not_found);
}

TYPED_TEST_P(ContactConformance, ChangeReplacesWhatItNames) {
  this->have_list("news");
  this->have_contact("a@x.example", {{"daily", SubscriptionStatus::opt_in}, {"weekly", SubscriptionStatus::opt_in}});
  ContactChange change;
  change.account_id = this->account;
  change.list = "news";
  change.address = "a@x.example";
  change.preferences = {{"weekly", SubscriptionStatus::opt_out}};
  change.at = from_unix_ms(11);
  const ChangedContact changed = this->get(this->contacts().change_contact(change));
  EXPECT_EQ(changed.before.preferences[1].status, SubscriptionStatus::opt_in);
  EXPECT_EQ(changed.after.preferences, (std::vector<TopicPreference>{{"daily", SubscriptionStatus::opt_in},
                                                                     {"weekly", SubscriptionStatus::opt_out}}));
  EXPECT_EQ(changed.after.attributes_data, "{}");
  EXPECT_EQ(changed.after.updated, from_unix_ms(11));
  EXPECT_EQ(this->get(this->contacts().find_contact(this->account, "news", "a@x.example")), changed.after);
  change.preferences = {};
  change.unsubscribe_all = true;
  change.attributes_data = "";
  EXPECT_TRUE(this->get(this->contacts().change_contact(change)).after.unsubscribe_all);
  change.address = "b@x.example";
  EXPECT_EQ(this->failure(this->contacts().change_contact(change)), StoreErrc::not_found);
  change.list = "none";
  EXPECT_EQ(this->failure(this->contacts().change_contact(change)), StoreErrc::not_found);
}

TYPED_TEST_P(ContactConformance, ChoicesOfATopicGoWithIt) {
  this->have_list("news");
  this->have_contact("a@x.example", {{"daily", SubscriptionStatus::opt_in}, {"weekly", SubscriptionStatus::opt_out}});
  ContactList changed = this->list("news");
  changed.topics.pop_back();
  this->get(this->contacts().update_contact_list(changed));
  EXPECT_EQ(this->get(this->contacts().find_contact(this->account, "news", "a@x.example")).preferences,
            (std::vector<TopicPreference>{{"weekly", SubscriptionStatus::opt_out}}));
}

TYPED_TEST_P(ContactConformance, ContactsAreFilteredByStatus) {
  this->have_list("news");
  this->have_contact("a@x.example");
  this->have_contact("b@x.example", {{"weekly", SubscriptionStatus::opt_out}});
  this->have_contact("c@x.example", {{"daily", SubscriptionStatus::opt_in}});
  this->have_contact("d@x.example", {{"weekly", SubscriptionStatus::opt_in}}, true);
  const auto in = SubscriptionStatus::opt_in, out = SubscriptionStatus::opt_out;
  EXPECT_EQ(this->listed({}).size(), 4u);
  EXPECT_EQ(this->listed({.status = in}), (Addresses{"a@x.example", "b@x.example", "c@x.example"}));
  EXPECT_EQ(this->listed({.status = out}), (Addresses{"d@x.example"}));
  EXPECT_EQ(this->listed({.status = out, .topic = "weekly"}), (Addresses{"b@x.example", "d@x.example"}));
  EXPECT_EQ(this->listed({.status = in, .topic = "weekly"}), Addresses{});
  EXPECT_EQ(this->listed({.status = in, .topic = "weekly", .use_default = true}),
            (Addresses{"a@x.example", "c@x.example"}));
  EXPECT_EQ(this->listed({.status = out, .topic = "daily", .use_default = true}),
            (Addresses{"a@x.example", "b@x.example", "d@x.example"}));
  EXPECT_EQ(this->listed({.after = "b@x.example", .limit = 1}), (Addresses{"c@x.example"}));
  EXPECT_EQ(this->failure(this->contacts().list_contacts({.account_id = this->account, .list = "none"})),
            StoreErrc::not_found);
}

REGISTER_TYPED_TEST_SUITE_P(ContactConformance, ListComesBackChangesAndGoes, ListsAreListedByNameInPages,
                            ContactBelongsToItsList, ChangeReplacesWhatItNames, ChoicesOfATopicGoWithIt,
                            ContactsAreFilteredByStatus);

}  // namespace sesame::store
