// Contact lists and their topics. Contacts: contact_rows.cc.
#include <fmt/format.h>

#include "store/sqlite/codes.h"
#include "store/sqlite/contact_list_rows.h"
#include "store/sqlite/contact_store.h"
#include "store/sqlite/control_store.h"
#include "store/sqlite/row_errors.h"
#include "store/sqlite/tags_json.h"

namespace sesame::store::sqlite {
namespace {

std::string describe(std::string_view account_id, std::string_view name) {
  return fmt::format("contact list {}/{}", account_id, name);
}

void put_topics(Database& db, std::int64_t list_id, const std::vector<ListTopic>& topics) {
  std::int64_t position = 0;
  for (const ListTopic& topic : topics) {
    Query(db,
          "insert into list_topics (list_id, position, name, display_name, description, default_status) "
          "values (?1, ?2, ?3, ?4, ?5, ?6)",
          list_id, position++, topic.name, topic.display_name, topic.description, code_of(topic.default_status))
        .run();
  }
}

std::vector<ListTopic> read_topics(Database& db, std::int64_t list_id) {
  Query query(db,
              "select name, display_name, description, default_status from list_topics where list_id = ?1 "
              "order by position",
              list_id);
  std::vector<ListTopic> topics;
  while (query.step()) {
    topics.push_back({.name = query.text(0),
                      .display_name = query.text(1),
                      .description = query.text(2),
                      .default_status = subscription_status(query, 3)});
  }
  return topics;
}

std::uint64_t count_lists(Database& db, const std::string& account_id) {
  Query query(db, "select count(*) from contact_lists where account_id = ?1", account_id);
  query.step();
  return static_cast<std::uint64_t>(query.integer(0));
}

}  // namespace

std::optional<std::int64_t> find_list_id(Database& db, const std::string& account_id, const std::string& name) {
  Query query(db, "select list_id from contact_lists where account_id = ?1 and name = ?2", account_id, name);
  if (!query.step()) return std::nullopt;
  return query.integer(0);
}

std::unexpected<StoreError> no_such_list(const std::string& account_id, const std::string& name) {
  return not_found(describe(account_id, name));
}

StoreTask<void> SqliteContactStore::create_contact_list(ContactList made, std::uint64_t most) {
  auto operation = [made = std::move(made), most](Database& db) -> StoreResult<void> {
    if (find_list_id(db, made.account_id, made.name)) return already_exists(describe(made.account_id, made.name));
    if (count_lists(db, made.account_id) >= most) {
      return std::unexpected(StoreError{StoreErrc::conflict, "contact lists of " + made.account_id});
    }
    Query(db,
          "insert into contact_lists (account_id, name, description, tags, created, updated) "
          "values (?1, ?2, ?3, ?4, ?5, ?5)",
          made.account_id, made.name, made.description, tags_to_json(made.tags), made.created)
        .run();
    put_topics(db, db.last_insert_id(), made.topics);
    return {};
  };
  return engine_.writer.write(std::move(operation));
}

StoreTask<void> SqliteContactStore::update_contact_list(ContactList changed) {
  auto operation = [changed = std::move(changed)](Database& db) -> StoreResult<void> {
    const auto list_id = find_list_id(db, changed.account_id, changed.name);
    if (!list_id) return no_such_list(changed.account_id, changed.name);
    Query(db, "update contact_lists set description = ?2, updated = ?3 where list_id = ?1", *list_id,
          changed.description, changed.updated)
        .run();
    Query(db, "delete from list_topics where list_id = ?1", *list_id).run();
    put_topics(db, *list_id, changed.topics);
    // What was chosen of topics that are gone means nothing to one that comes back under the name.
    Query(db,
          "delete from topic_preferences where contact_id in (select contact_id from contacts where list_id = ?1) "
          "and topic not in (select name from list_topics where list_id = ?1)",
          *list_id)
        .run();
    return {};
  };
  return engine_.writer.write(std::move(operation));
}

StoreTask<ContactList> SqliteContactStore::find_contact_list(std::string account_id, std::string name) {
  auto operation = [account_id = std::move(account_id),
                    name = std::move(name)](Database& db) -> StoreResult<ContactList> {
    Query query(db,
                "select list_id, description, tags, created, updated from contact_lists "
                "where account_id = ?1 and name = ?2",
                account_id, name);
    if (!query.step()) return no_such_list(account_id, name);
    return ContactList{.account_id = account_id,
                       .name = name,
                       .description = query.text(1),
                       .topics = read_topics(db, query.integer(0)),
                       .tags = read_tags(describe(account_id, name), query.text(2)),
                       .created = query.time(3),
                       .updated = query.time(4)};
  };
  return engine_.readers.read(std::move(operation));
}

StoreTask<void> SqliteContactStore::delete_contact_list(std::string account_id, std::string name) {
  auto operation = [account_id = std::move(account_id), name = std::move(name)](Database& db) -> StoreResult<void> {
    Query(db, "delete from contact_lists where account_id = ?1 and name = ?2", account_id, name).run();
    if (db.changes() == 0) return no_such_list(account_id, name);
    return {};
  };
  return engine_.writer.write(std::move(operation));
}

StoreTask<ContactListPage> SqliteContactStore::list_contact_lists(std::string account_id, std::string after,
                                                                  std::size_t limit) {
  auto operation = [account_id = std::move(account_id), after = std::move(after),
                    limit](Database& db) -> StoreResult<ContactListPage> {
    Query query(db,
                "select name, description, created, updated from contact_lists where account_id = ?1 and name > ?2 "
                "order by name limit ?3",
                account_id, after, limit + 1);
    ContactListPage page;
    while (query.step()) {
      if (page.lists.size() == limit) {
        page.next_after = page.lists.empty() ? after : page.lists.back().name;
        break;
      }
      ContactList list;
      list.account_id = account_id;
      list.name = query.text(0);
      list.description = query.text(1);
      list.created = query.time(2);
      list.updated = query.time(3);
      page.lists.push_back(std::move(list));
    }
    return page;
  };
  return engine_.readers.read(std::move(operation));
}

}  // namespace sesame::store::sqlite
