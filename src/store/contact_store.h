// store/contact_store.h: contact lists of accounts, their topics, and who wants to hear of what.
//
// Part of control.db; the rest is as of store/campaign_store.h. The rules live in campaign/contact_lists.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "store/error.h"

namespace sesame::store {

enum class SubscriptionStatus { opt_in, opt_out };

struct ListTopic {
  std::string name;  // unique in its list
  std::string display_name;
  std::string description;
  SubscriptionStatus default_status = SubscriptionStatus::opt_in;  // of contacts that never chose
  friend bool operator==(const ListTopic&, const ListTopic&) = default;
};

struct ContactList {
  std::string account_id;
  std::string name;  // unique in the account, case-sensitive
  std::string description;
  std::vector<ListTopic> topics;  // in the order given
  std::vector<std::pair<std::string, std::string>> tags;
  Time created{}, updated{};
  friend bool operator==(const ContactList&, const ContactList&) = default;
};

struct TopicPreference {
  std::string topic;
  SubscriptionStatus status = SubscriptionStatus::opt_in;
  friend bool operator==(const TopicPreference&, const TopicPreference&) = default;
};

struct Contact {
  std::string account_id, list;
  std::string address;                       // as suppression_key() writes it
  std::vector<TopicPreference> preferences;  // what was chosen, by name of the topic
  bool unsubscribe_all = false;
  std::string attributes_data;
  Time created{}, updated{};
  friend bool operator==(const Contact&, const Contact&) = default;
};

// What is changed of a contact; what is not given stays.
struct ContactChange {
  std::string account_id, list, address;
  std::vector<TopicPreference> preferences;  // take the places of those of the same topics
  std::optional<bool> unsubscribe_all;
  std::optional<std::string> attributes_data;
  Time at{};
};

struct ChangedContact {
  Contact before, after;
};

struct ContactListPage {
  std::vector<ContactList> lists;         // ordered by name, without their topics
  std::optional<std::string> next_after;  // pass as `after` for the next page; unset at the end
};

struct ContactFilter {
  std::string account_id, list;
  std::optional<SubscriptionStatus> status;  // who opted out of the list has opted out of every topic
  std::optional<std::string> topic;          // the status in this topic; unset: in the list
  bool use_default = false;                  // who never chose counts by the topic's default; else as neither
  std::string after;                         // the last address of the page before, "" at the start
  std::size_t limit = 100;                   // at most 1000
};
struct ContactPage {
  std::vector<Contact> contacts;  // ordered by address
  std::optional<std::string> next_after;
};

class ContactStore {
 public:
  virtual ~ContactStore() = default;

  // already_exists; conflict: the account has `most` lists already.
  virtual StoreTask<void> create_contact_list(ContactList made, std::uint64_t most) = 0;
  // Description and topics; contacts keep what they chose of topics that stay. not_found
  virtual StoreTask<void> update_contact_list(ContactList changed) = 0;
  virtual StoreTask<ContactList> find_contact_list(std::string account_id, std::string name) = 0;  // not_found
  virtual StoreTask<void> delete_contact_list(std::string account_id,
                                              std::string name) = 0;  // not_found; with contacts
  virtual StoreTask<ContactListPage> list_contact_lists(std::string account_id, std::string after,
                                                        std::size_t limit) = 0;

  // already_exists; not_found: no such list.
  virtual StoreTask<void> create_contact(Contact made) = 0;
  // The contact before and after, in one step. not_found: no such list or contact.
  virtual StoreTask<ChangedContact> change_contact(ContactChange change) = 0;
  virtual StoreTask<Contact> find_contact(std::string account_id, std::string list,
                                          std::string address) = 0;  // not_found
  virtual StoreTask<void> delete_contact(std::string account_id, std::string list,
                                         std::string address) = 0;         // not_found
  virtual StoreTask<ContactPage> list_contacts(ContactFilter filter) = 0;  // not_found: no such list
};

}  // namespace sesame::store
