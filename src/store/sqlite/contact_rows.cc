// Contacts. Lists and topics: contact_list_rows.cc.
#include <fmt/format.h>

#include "store/sqlite/codes.h"
#include "store/sqlite/contact_list_rows.h"
#include "store/sqlite/contact_store.h"
#include "store/sqlite/control_store.h"
#include "store/sqlite/row_errors.h"

namespace sesame::store::sqlite {
namespace {

struct Row {
  std::int64_t contact_id = 0;
  Contact contact;
};

std::unexpected<StoreError> no_such_contact(const std::string& list, const std::string& address) {
  return not_found(fmt::format("contact {} of {}", address, list));
}

std::vector<TopicPreference> read_preferences(Database& db, std::int64_t contact_id) {
  Query query(db, "select topic, status from topic_preferences where contact_id = ?1 order by topic", contact_id);
  std::vector<TopicPreference> preferences;
  while (query.step()) preferences.push_back({query.text(0), subscription_status(query, 1)});
  return preferences;
}

void put_preferences(Database& db, std::int64_t contact_id, const std::vector<TopicPreference>& preferences) {
  for (const TopicPreference& preference : preferences) {
    Query(db, "insert or replace into topic_preferences (contact_id, topic, status) values (?1, ?2, ?3)", contact_id,
          preference.topic, code_of(preference.status))
        .run();
  }
}

std::optional<Row> find_row(Database& db, std::int64_t list_id, const std::string& address) {
  Query query(db,
              "select contact_id, unsubscribe_all, attributes_data, created, updated from contacts "
              "where list_id = ?1 and address = ?2",
              list_id, address);
  if (!query.step()) return std::nullopt;
  Row row{query.integer(0), {}};
  row.contact.address = address;
  row.contact.unsubscribe_all = query.boolean(1);
  row.contact.attributes_data = query.text(2);
  row.contact.created = query.time(3);
  row.contact.updated = query.time(4);
  row.contact.preferences = read_preferences(db, row.contact_id);
  return row;
}

// The addresses of the page, one more than fits if there is a next one.
std::vector<std::string> addresses_of(Database& db, std::int64_t list_id, const ContactFilter& filter) {
  // 1: opted out, 0: opted in, null: neither, of the topic or, without one, of the list.
  Query query(db,
              "select address from contacts where list_id = ?1 and address > ?2 and (?3 is null or ?3 = case "
              "when unsubscribe_all then 1 when ?4 is null then 0 else coalesce("
              "(select status from topic_preferences p where p.contact_id = contacts.contact_id and topic = ?4), "
              "case when ?5 then (select default_status from list_topics where list_id = ?1 and name = ?4) end) end) "
              "order by address limit ?6",
              list_id, filter.after, filter.status ? std::optional(code_of(*filter.status)) : std::nullopt,
              filter.topic, filter.use_default, filter.limit + 1);
  std::vector<std::string> addresses;
  while (query.step()) addresses.push_back(query.text(0));
  return addresses;
}

}  // namespace

StoreTask<void> SqliteContactStore::create_contact(Contact made) {
  auto operation = [made = std::move(made)](Database& db) -> StoreResult<void> {
    const auto list_id = find_list_id(db, made.account_id, made.list);
    if (!list_id) return no_such_list(made.account_id, made.list);
    Query(db,
          "insert into contacts (list_id, address, unsubscribe_all, attributes_data, created, updated) "
          "values (?1, ?2, ?3, ?4, ?5, ?5) on conflict do nothing",
          *list_id, made.address, made.unsubscribe_all, made.attributes_data, made.created)
        .run();
    if (db.changes() == 0) return already_exists(fmt::format("contact {} of {}", made.address, made.list));
    put_preferences(db, db.last_insert_id(), made.preferences);
    return {};
  };
  return engine_.writer.write(std::move(operation));
}

StoreTask<ChangedContact> SqliteContactStore::change_contact(ContactChange change) {
  auto operation = [change = std::move(change)](Database& db) -> StoreResult<ChangedContact> {
    const auto list_id = find_list_id(db, change.account_id, change.list);
    if (!list_id) return no_such_list(change.account_id, change.list);
    auto row = find_row(db, *list_id, change.address);
    if (!row) return no_such_contact(change.list, change.address);
    row->contact.account_id = change.account_id;
    row->contact.list = change.list;
    ChangedContact changed{row->contact, row->contact};
    Contact& after = changed.after;
    after.unsubscribe_all = change.unsubscribe_all.value_or(after.unsubscribe_all);
    after.attributes_data = change.attributes_data.value_or(after.attributes_data);
    after.updated = change.at;
    Query(db, "update contacts set unsubscribe_all = ?2, attributes_data = ?3, updated = ?4 where contact_id = ?1",
          row->contact_id, after.unsubscribe_all, after.attributes_data, after.updated)
        .run();
    put_preferences(db, row->contact_id, change.preferences);
    after.preferences = read_preferences(db, row->contact_id);
    return changed;
  };
  return engine_.writer.write(std::move(operation));
}

StoreTask<Contact> SqliteContactStore::find_contact(std::string account_id, std::string list, std::string address) {
  auto operation = [account_id = std::move(account_id), list = std::move(list),
                    address = std::move(address)](Database& db) -> StoreResult<Contact> {
    const auto list_id = find_list_id(db, account_id, list);
    if (!list_id) return no_such_list(account_id, list);
    auto row = find_row(db, *list_id, address);
    if (!row) return no_such_contact(list, address);
    row->contact.account_id = account_id;
    row->contact.list = list;
    return std::move(row->contact);
  };
  return engine_.readers.read(std::move(operation));
}

StoreTask<void> SqliteContactStore::delete_contact(std::string account_id, std::string list, std::string address) {
  auto operation = [account_id = std::move(account_id), list = std::move(list),
                    address = std::move(address)](Database& db) -> StoreResult<void> {
    const auto list_id = find_list_id(db, account_id, list);
    if (!list_id) return no_such_list(account_id, list);
    Query(db, "delete from contacts where list_id = ?1 and address = ?2", *list_id, address).run();
    if (db.changes() == 0) return no_such_contact(list, address);
    return {};
  };
  return engine_.writer.write(std::move(operation));
}

StoreTask<ContactPage> SqliteContactStore::list_contacts(ContactFilter filter) {
  auto operation = [filter = std::move(filter)](Database& db) -> StoreResult<ContactPage> {
    const auto list_id = find_list_id(db, filter.account_id, filter.list);
    if (!list_id) return no_such_list(filter.account_id, filter.list);
    ContactPage page;
    for (const std::string& address : addresses_of(db, *list_id, filter)) {
      if (page.contacts.size() == filter.limit) {
        page.next_after = page.contacts.empty() ? filter.after : page.contacts.back().address;
        break;
      }
      auto row = find_row(db, *list_id, address);
      if (!row) continue;
      row->contact.account_id = filter.account_id;
      row->contact.list = filter.list;
      page.contacts.push_back(std::move(row->contact));
    }
    return page;
  };
  return engine_.readers.read(std::move(operation));
}

}  // namespace sesame::store::sqlite
