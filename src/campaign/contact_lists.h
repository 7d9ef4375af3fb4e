// campaign/contact_lists.h: the verbs on contact lists and contacts, with the rules for them (spec 4.4).
//
// A contact that never chose has the status its list's topics have by default. Who unsubscribed from everything has
// opted out of every topic. Thread-safe; the store and the clock must outlive it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "net/task.h"
#include "store/contact_store.h"

namespace sesame::campaign {

inline constexpr std::uint64_t max_contact_lists = 1;  // per account; spec 4.4, as is the next one
inline constexpr std::size_t max_list_topics = 20;     // per list
inline constexpr std::size_t max_list_name = 64;       // of [A-Za-z0-9_-], also of a topic
inline constexpr std::size_t max_attributes_data = 1024;

enum class ContactErrc {
  list_missing,
  list_exists,
  topic_missing,
  contact_missing,
  contact_exists,
  invalid,  // a name, an address, a topic given twice; the text says which
  limit_exceeded,
  unavailable,  // the store failed; nothing was changed
};
struct ContactError {
  ContactErrc code = ContactErrc::unavailable;
  std::string text;
};
template <class T>
using ContactTask = net::Task<Result<T, ContactError>>;

// The status of each topic of the list, chosen or by default, in the order of the list.
std::vector<store::TopicPreference> effective_preferences(const store::ContactList& list,
                                                          const store::Contact& contact);

// Whether mail about the topic, or without one any mail to the list, is not wanted.
bool has_opted_out(const store::ContactList& list, const store::Contact& contact,
                   const std::optional<std::string>& topic);

class ContactLists {
 public:
  ContactLists(store::ContactStore& store, const Clock& clock) : store_(store), clock_(clock) {}

  ContactTask<void> create_list(store::ContactList made);                   // list_exists, invalid, limit_exceeded
  ContactTask<void> update_list(store::ContactList changed);                // list_missing, invalid
  ContactTask<void> remove_list(std::string account_id, std::string name);  // list_missing
  ContactTask<store::ContactList> find_list(std::string account_id, std::string name);
  ContactTask<store::ContactListPage> lists(std::string account_id, std::string after, std::size_t limit);

  // Addresses are taken as anybody writes them. Errors: list_missing, topic_missing, invalid, contact_exists
  ContactTask<void> create_contact(store::Contact made);
  // Errors: list_missing, topic_missing, contact_missing, invalid
  ContactTask<void> update_contact(store::ContactChange change);
  ContactTask<void> remove_contact(std::string account_id, std::string list, std::string address);

  struct KnownContact {
    store::ContactList list;
    store::Contact contact;
  };
  ContactTask<KnownContact> find_contact(std::string account_id, std::string list, std::string address);

  struct KnownContacts {
    store::ContactList list;
    store::ContactPage page;
  };
  // Errors: list_missing, topic_missing
  ContactTask<KnownContacts> contacts(store::ContactFilter filter);

  // Of those mail is about to be sent to, who does not want it. The others become contacts if they are none.
  // Errors: list_missing, topic_missing
  ContactTask<std::vector<std::string>> enrol(std::string account_id, std::string list,
                                              std::optional<std::string> topic, std::vector<std::string> addresses);

  struct Unsubscribed {
    store::ContactList list;
    store::Contact before, after;
  };
  // Opts out of the topic, or of everything without one. Errors: list_missing, contact_missing
  ContactTask<Unsubscribed> unsubscribe(std::string account_id, std::string list, std::optional<std::string> topic,
                                        std::string address);

 private:
  store::ContactStore& store_;
  const Clock& clock_;
};

}  // namespace sesame::campaign
