#include "campaign/contact_lists.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/log.h"
#include "base/text.h"
#include "message/address_list.h"
#include "store/configuration_record.h"

namespace sesame::campaign {
namespace {

using store::StoreErrc;
using store::SubscriptionStatus;

constexpr std::size_t max_shown_octets = 320;
constexpr std::size_t max_description = 500;

std::unexpected<ContactError> refuse(ContactErrc code, std::string text) {
  return std::unexpected(ContactError{code, std::move(text)});
}

std::string shown(std::string_view text) { return printable_utf8(text, max_shown_octets); }

ContactError unavailable(const store::StoreError& error) {
  log::error("campaign", "contacts cannot be read or changed", {{"detail", error.detail}});
  return {ContactErrc::unavailable, "Temporary service failure"};
}

ContactError no_such_list(std::string_view name) {
  return {ContactErrc::list_missing, fmt::format("List with name: {} doesn't exist.", shown(name))};
}

ContactError no_such_topic(std::string_view list, std::string_view topic) {
  return {ContactErrc::topic_missing, fmt::format("Topic {} doesn't exist in list: {}.", shown(topic), shown(list))};
}

ContactError no_such_contact(std::string_view list, std::string_view address) {
  return {ContactErrc::contact_missing,
          fmt::format("Contact with email address: {} doesn't exist in list: {}.", shown(address), shown(list))};
}

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= max_list_name && std::ranges::all_of(name, [](char c) {
    const char l = ascii_lower(c);
    return (l >= 'a' && l <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

const store::ListTopic* find_topic(const store::ContactList& list, std::string_view name) {
  const auto found = std::ranges::find(list.topics, name, &store::ListTopic::name);
  return found == list.topics.end() ? nullptr : &*found;
}

std::optional<ContactError> check_list(const store::ContactList& list) {
  const auto invalid = [](std::string text) { return ContactError{ContactErrc::invalid, std::move(text)}; };
  if (!is_name(list.name)) {
    return invalid(fmt::format("Contact list names are 1 to {} letters, digits, '_' and '-'.", max_list_name));
  }
  if (list.description.size() > max_description) return invalid("The description is too long.");
  if (list.topics.size() > max_list_topics) {
    return ContactError{ContactErrc::limit_exceeded,
                        fmt::format("A maximum of {} topics is allowed per list.", max_list_topics)};
  }
  for (const store::ListTopic& topic : list.topics) {
    if (!is_name(topic.name)) {
      return invalid(fmt::format("Topic names are 1 to {} letters, digits, '_' and '-'.", max_list_name));
    }
    if (topic.display_name.empty() || topic.display_name.size() > max_description ||
        topic.description.size() > max_description) {
      return invalid(fmt::format("Topic {} needs a display name; it and the description are at most {} octets.",
                                 topic.name, max_description));
    }
    if (std::ranges::count(list.topics, topic.name, &store::ListTopic::name) > 1) {
      return invalid(fmt::format("Topic {} is given twice.", topic.name));
    }
  }
  return std::nullopt;
}

// In the form of the list; an address that is none is refused.
Result<std::string, ContactError> listed_form(const std::string& text) {
  const auto mailbox = message::parse_mailbox(text);
  if (!mailbox || !mailbox->display_name.empty()) {
    return refuse(ContactErrc::invalid, fmt::format("Email address <{}> is not valid.", shown(text)));
  }
  return store::suppression_key(message::to_wire(mailbox->address));
}

std::optional<ContactError> check_choices(const store::ContactList& list,
                                          const std::vector<store::TopicPreference>& preferences,
                                          std::string_view attributes_data) {
  for (const store::TopicPreference& preference : preferences) {
    if (find_topic(list, preference.topic) == nullptr) return no_such_topic(list.name, preference.topic);
  }
  if (attributes_data.size() <= max_attributes_data) return std::nullopt;
  return ContactError{ContactErrc::invalid, fmt::format("AttributesData is at most {} octets.", max_attributes_data)};
}

}  // namespace

std::vector<store::TopicPreference> effective_preferences(const store::ContactList& list,
                                                          const store::Contact& contact) {
  std::vector<store::TopicPreference> effective;
  for (const store::ListTopic& topic : list.topics) {
    const auto chosen = std::ranges::find(contact.preferences, topic.name, &store::TopicPreference::topic);
    SubscriptionStatus status = chosen == contact.preferences.end() ? topic.default_status : chosen->status;
    if (contact.unsubscribe_all) status = SubscriptionStatus::opt_out;
    effective.push_back({topic.name, status});
  }
  return effective;
}

bool has_opted_out(const store::ContactList& list, const store::Contact& contact,
                   const std::optional<std::string>& topic) {
  if (contact.unsubscribe_all || !topic) return contact.unsubscribe_all;
  const auto effective = effective_preferences(list, contact);
  const auto found = std::ranges::find(effective, *topic, &store::TopicPreference::topic);
  return found != effective.end() && found->status == SubscriptionStatus::opt_out;
}

ContactTask<void> ContactLists::create_list(store::ContactList made) {
  if (auto wrong = check_list(made)) co_return std::unexpected(std::move(*wrong));
  const std::string name = made.name;
  made.created = made.updated = clock_.now();
  const auto created = co_await store_.create_contact_list(std::move(made), max_contact_lists);
  if (created) co_return Result<void, ContactError>();
  const StoreErrc why = created.error().code;
  if (why == StoreErrc::already_exists) {
    co_return refuse(ContactErrc::list_exists, fmt::format("List with name: {} already exists.", name));
  }
  if (why != StoreErrc::conflict) co_return std::unexpected(unavailable(created.error()));
  co_return refuse(ContactErrc::limit_exceeded,
                   fmt::format("A maximum of {} Lists allowed per account.", max_contact_lists));
}

ContactTask<void> ContactLists::update_list(store::ContactList changed) {
  if (auto wrong = check_list(changed)) co_return std::unexpected(std::move(*wrong));
  const std::string name = changed.name;
  changed.updated = clock_.now();
  const auto updated = co_await store_.update_contact_list(std::move(changed));
  if (updated) co_return Result<void, ContactError>();
  if (updated.error().code == StoreErrc::not_found) co_return std::unexpected(no_such_list(name));
  co_return std::unexpected(unavailable(updated.error()));
}

ContactTask<void> ContactLists::remove_list(std::string account_id, std::string name) {
  const auto removed = co_await store_.delete_contact_list(std::move(account_id), name);
  if (removed) co_return Result<void, ContactError>();
  if (removed.error().code == StoreErrc::not_found) co_return std::unexpected(no_such_list(name));
  co_return std::unexpected(unavailable(removed.error()));
}

ContactTask<store::ContactList> ContactLists::find_list(std::string account_id, std::string name) {
  auto found = co_await store_.find_contact_list(std::move(account_id), name);
  if (found) co_return std::move(*found);
  if (found.error().code == StoreErrc::not_found) co_return std::unexpected(no_such_list(name));
  co_return std::unexpected(unavailable(found.error()));
}

ContactTask<store::ContactListPage> ContactLists::lists(std::string account_id, std::string after, std::size_t limit) {
  auto page = co_await store_.list_contact_lists(std::move(account_id), std::move(after), limit);
  if (!page) co_return std::unexpected(unavailable(page.error()));
  co_return std::move(*page);
}

ContactTask<void> ContactLists::create_contact(store::Contact made) {
  auto address = listed_form(made.address);
  if (!address) co_return std::unexpected(address.error());
  const auto list = co_await find_list(made.account_id, made.list);
  if (!list) co_return std::unexpected(list.error());
  if (auto wrong = check_choices(*list, made.preferences, made.attributes_data)) {
    co_return std::unexpected(std::move(*wrong));
  }
  made.address = std::move(*address);
  made.created = made.updated = clock_.now();
  const std::string text =
      fmt::format("Contact with email address: {} already exists in list: {}.", shown(made.address), made.list);
  const auto created = co_await store_.create_contact(std::move(made));
  if (created) co_return Result<void, ContactError>();
  if (created.error().code == StoreErrc::already_exists) co_return refuse(ContactErrc::contact_exists, text);
  if (created.error().code == StoreErrc::not_found) co_return std::unexpected(no_such_list(list->name));
  co_return std::unexpected(unavailable(created.error()));
}

ContactTask<void> ContactLists::update_contact(store::ContactChange change) {
  auto address = listed_form(change.address);
  if (!address) co_return std::unexpected(address.error());
  const auto list = co_await find_list(change.account_id, change.list);
  if (!list) co_return std::unexpected(list.error());
  if (auto wrong = check_choices(*list, change.preferences, change.attributes_data.value_or(""))) {
    co_return std::unexpected(std::move(*wrong));
  }
  change.address = *address;
  change.at = clock_.now();
  const auto changed = co_await store_.change_contact(std::move(change));
  if (changed) co_return Result<void, ContactError>();
  if (changed.error().code == StoreErrc::not_found) co_return std::unexpected(no_such_contact(list->name, *address));
  co_return std::unexpected(unavailable(changed.error()));
}

ContactTask<void> ContactLists::remove_contact(std::string account_id, std::string list, std::string address) {
  const auto known = co_await find_list(account_id, list);
  if (!known) co_return std::unexpected(known.error());
  const std::string key = store::suppression_key(address);
  const auto removed = co_await store_.delete_contact(std::move(account_id), list, key);
  if (removed) co_return Result<void, ContactError>();
  if (removed.error().code == StoreErrc::not_found) co_return std::unexpected(no_such_contact(list, address));
  co_return std::unexpected(unavailable(removed.error()));
}

ContactTask<ContactLists::KnownContact> ContactLists::find_contact(std::string account_id, std::string list,
                                                                   std::string address) {
  auto known = co_await find_list(account_id, list);
  if (!known) co_return std::unexpected(known.error());
  const std::string key = store::suppression_key(address);
  auto found = co_await store_.find_contact(std::move(account_id), list, key);
  if (found) co_return KnownContact{std::move(*known), std::move(*found)};
  if (found.error().code == StoreErrc::not_found) co_return std::unexpected(no_such_contact(list, address));
  co_return std::unexpected(unavailable(found.error()));
}

ContactTask<ContactLists::KnownContacts> ContactLists::contacts(store::ContactFilter filter) {
  auto list = co_await find_list(filter.account_id, filter.list);
  if (!list) co_return std::unexpected(list.error());
  if (filter.topic && find_topic(*list, *filter.topic) == nullptr) {
    co_return std::unexpected(no_such_topic(list->name, *filter.topic));
  }
  auto page = co_await store_.list_contacts(std::move(filter));
  if (!page && page.error().code == StoreErrc::not_found) co_return std::unexpected(no_such_list(list->name));
  if (!page) co_return std::unexpected(unavailable(page.error()));
  co_return KnownContacts{std::move(*list), std::move(*page)};
}

ContactTask<std::vector<std::string>> ContactLists::enrol(std::string account_id, std::string list,
                                                          std::optional<std::string> topic,
                                                          std::vector<std::string> addresses) {
  const auto known = co_await find_list(account_id, list);
  if (!known) co_return std::unexpected(known.error());
  if (topic && find_topic(*known, *topic) == nullptr) co_return std::unexpected(no_such_topic(list, *topic));
  std::vector<std::string> opted_out;
  for (const std::string& address : addresses) {
    store::Contact contact;
    contact.account_id = account_id;
    contact.list = list;
    contact.address = store::suppression_key(address);
    contact.created = contact.updated = clock_.now();
    auto found = co_await store_.find_contact(account_id, list, contact.address);
    if (!found && found.error().code == StoreErrc::not_found) {
      const auto created = co_await store_.create_contact(contact);
      const bool was_faster = !created && created.error().code == StoreErrc::already_exists;
      if (!created && !was_faster) co_return std::unexpected(unavailable(created.error()));
    } else if (!found) {
      co_return std::unexpected(unavailable(found.error()));
    } else {
      contact = std::move(*found);
    }
    if (has_opted_out(*known, contact, topic)) opted_out.push_back(address);
  }
  co_return opted_out;
}

ContactTask<ContactLists::Unsubscribed> ContactLists::unsubscribe(std::string account_id, std::string list,
                                                                  std::optional<std::string> topic,
                                                                  std::string address) {
  auto known = co_await find_list(account_id, list);
  if (!known) co_return std::unexpected(known.error());
  store::ContactChange change;
  change.account_id = std::move(account_id);
  change.list = list;
  change.address = store::suppression_key(address);
  change.at = clock_.now();
  // A topic that has gone from the list since: nothing less than all of it will do.
  if (topic && find_topic(*known, *topic) != nullptr) {
    change.preferences = {{*topic, SubscriptionStatus::opt_out}};
  } else {
    change.unsubscribe_all = true;
  }
  auto changed = co_await store_.change_contact(std::move(change));
  if (changed) co_return Unsubscribed{std::move(*known), std::move(changed->before), std::move(changed->after)};
  if (changed.error().code == StoreErrc::not_found) co_return std::unexpected(no_such_contact(list, address));
  co_return std::unexpected(unavailable(changed.error()));
}

}  // namespace sesame::campaign
