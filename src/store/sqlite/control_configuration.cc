// Account attributes and configuration sets. The rest of the control store: control_store.cc, control_identities.cc.
#include <fmt/format.h>

#include "base/result.h"
#include "store/sqlite/codes.h"
#include "store/sqlite/control_store.h"
#include "store/sqlite/row_errors.h"
#include "store/sqlite/tags_json.h"

namespace sesame::store::sqlite {
namespace {

constexpr std::int64_t topic_code = 0, webhook_code = 1;

std::string describe(std::string_view account_id, std::string_view name) {
  return fmt::format("configuration set {}/{}", account_id, name);
}

std::optional<std::int64_t> max_delivery_column(const ConfigurationSet& set) {
  if (!set.max_delivery) return std::nullopt;
  return set.max_delivery->count();
}

std::optional<std::int64_t> suppression_column(const ConfigurationSet& set) {
  if (!set.suppression) return std::nullopt;
  return code_of(*set.suppression);
}

void put_destinations(Database& db, std::int64_t set_id, const std::vector<EventDestination>& destinations) {
  std::int64_t position = 0;
  for (const EventDestination& destination : destinations) {
    const auto [kind, target] =
        std::visit(overloaded{[](const TopicTarget& topic) { return std::pair(topic_code, topic.topic_arn); },
                              [](const WebhookTarget& webhook) { return std::pair(webhook_code, webhook.url); }},
                   destination.target);
    Query(db,
          "insert into event_destinations (set_id, position, name, enabled, matching, target_kind, target) "
          "values (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
          set_id, position++, destination.name, destination.enabled, code_of(destination.matching), kind, target)
        .run();
  }
}

std::vector<EventDestination> read_destinations(Database& db, std::int64_t set_id) {
  Query query(db,
              "select name, enabled, matching, target_kind, target from event_destinations where set_id = ?1 "
              "order by position",
              set_id);
  std::vector<EventDestination> destinations;
  while (query.step()) {
    EventDestination destination{.name = query.text(0),
                                 .enabled = query.boolean(1),
                                 .matching = event_kinds_of(query, 2),
                                 .target = TopicTarget{query.text(4)}};
    const std::int64_t kind = query.integer(3);
    if (kind == webhook_code) {
      destination.target = WebhookTarget{query.text(4)};
    } else if (kind != topic_code) {
      throw EngineFailure({StoreErrc::corrupt, fmt::format("event destination of unknown kind {}", kind)});
    }
    destinations.push_back(std::move(destination));
  }
  return destinations;
}

StoreResult<ConfigurationSet> read_set(Database& db, const std::string& account_id, const std::string& name) {
  Query query(db,
              "select set_id, created, version, tls_policy, max_delivery_seconds, sending_enabled, "
              "reputation_metrics_enabled, last_fresh_start, suppression, tags, redirect_domain, https_policy "
              "from configuration_sets "
              "where account_id = ?1 and name = ?2",
              account_id, name);
  if (!query.step()) return not_found(describe(account_id, name));
  ConfigurationSet set{.account_id = account_id, .name = name, .created = query.time(1)};
  set.version = static_cast<std::uint64_t>(query.integer(2));
  set.tls_policy = tls_policy(query, 3);
  if (!query.is_null(4)) set.max_delivery = std::chrono::seconds(query.integer(4));
  set.sending_enabled = query.boolean(5);
  set.reputation_metrics_enabled = query.boolean(6);
  set.last_fresh_start = query.optional_time(7);
  if (!query.is_null(8)) set.suppression = suppression_reasons(query, 8);
  set.tags = read_tags(describe(account_id, name), query.text(9));
  set.tracking = {query.optional_text(10), https_policy(query, 11)};
  set.event_destinations = read_destinations(db, query.integer(0));
  return set;
}

StoreResult<void> insert_set(Database& db, const ConfigurationSet& set) {
  Query(db,
        "insert into configuration_sets (account_id, name, created, version, tls_policy, max_delivery_seconds, "
        "sending_enabled, reputation_metrics_enabled, last_fresh_start, suppression, tags, redirect_domain, "
        "https_policy) "
        "values (?1, ?2, ?3, 1, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) on conflict (account_id, name) do nothing",
        set.account_id, set.name, set.created, code_of(set.tls_policy), max_delivery_column(set), set.sending_enabled,
        set.reputation_metrics_enabled, set.last_fresh_start, suppression_column(set), tags_to_json(set.tags),
        set.tracking.redirect_domain, code_of(set.tracking.https_policy))
      .run();
  if (db.changes() == 0) return already_exists(describe(set.account_id, set.name));
  put_destinations(db, db.last_insert_id(), set.event_destinations);
  return {};
}

std::optional<std::int64_t> find_set_id(Database& db, const ConfigurationSet& set) {
  Query query(db, "select set_id from configuration_sets where account_id = ?1 and name = ?2", set.account_id,
              set.name);
  if (!query.step()) return std::nullopt;
  return query.integer(0);
}

StoreResult<std::uint64_t> replace_set(Database& db, const ConfigurationSet& set) {
  const auto set_id = find_set_id(db, set);
  if (!set_id) return not_found(describe(set.account_id, set.name));
  Query(db,
        "update configuration_sets set version = version + 1, tls_policy = ?3, max_delivery_seconds = ?4, "
        "sending_enabled = ?5, reputation_metrics_enabled = ?6, last_fresh_start = ?7, suppression = ?8, tags = ?9, "
        "redirect_domain = ?10, https_policy = ?11 "
        "where set_id = ?1 and version = ?2",
        *set_id, set.version, code_of(set.tls_policy), max_delivery_column(set), set.sending_enabled,
        set.reputation_metrics_enabled, set.last_fresh_start, suppression_column(set), tags_to_json(set.tags),
        set.tracking.redirect_domain, code_of(set.tracking.https_policy))
      .run();
  if (db.changes() == 0) {
    return std::unexpected(
        StoreError{StoreErrc::conflict,
                   fmt::format("{} is no longer at version {}", describe(set.account_id, set.name), set.version)});
  }
  Query(db, "delete from event_destinations where set_id = ?1", *set_id).run();
  put_destinations(db, *set_id, set.event_destinations);
  return set.version + 1;
}

}  // namespace

StoreTask<AccountAttributes> SqliteControlStore::find_account_attributes(std::string account_id) {
  auto operation = [account_id](Database& db) -> StoreResult<AccountAttributes> {
    Query query(db, "select sending_enabled, suppression from account_attributes where account_id = ?1", account_id);
    if (!query.step()) return AccountAttributes();
    return AccountAttributes{.sending_enabled = query.boolean(0), .suppression = suppression_reasons(query, 1)};
  };
  return read_recent(recent_attributes_, std::move(account_id), engine_->readers.read(std::move(operation)));
}

StoreTask<void> SqliteControlStore::set_account_sending(std::string account_id, bool enabled) {
  auto operation = [account_id = std::move(account_id), enabled](Database& db) -> StoreResult<void> {
    Query(db,
          "insert into account_attributes (account_id, sending_enabled) values (?1, ?2) on conflict (account_id) "
          "do update set sending_enabled = excluded.sending_enabled",
          account_id, enabled)
        .run();
    return {};
  };
  return engine_->writer.write(std::move(operation));
}

StoreTask<void> SqliteControlStore::set_account_suppression(std::string account_id, SuppressionReasons reasons) {
  auto operation = [account_id = std::move(account_id), reasons](Database& db) -> StoreResult<void> {
    Query(db,
          "insert into account_attributes (account_id, suppression) values (?1, ?2) on conflict (account_id) "
          "do update set suppression = excluded.suppression",
          account_id, code_of(reasons))
        .run();
    return {};
  };
  return engine_->writer.write(std::move(operation));
}

StoreTask<void> SqliteControlStore::create_configuration_set(ConfigurationSet set) {
  auto operation = [set = std::move(set)](Database& db) { return insert_set(db, set); };
  return engine_->writer.write(std::move(operation));
}

StoreTask<ConfigurationSet> SqliteControlStore::find_configuration_set(std::string account_id, std::string name) {
  std::string key = account_id + "/" + name;
  auto operation = [account_id = std::move(account_id), name = std::move(name)](Database& db) {
    return read_set(db, account_id, name);
  };
  return read_recent(recent_sets_, std::move(key), engine_->readers.read(std::move(operation)));
}

StoreTask<ConfigurationSetPage> SqliteControlStore::list_configuration_sets(std::string account_id, std::string after,
                                                                            std::size_t limit) {
  auto operation = [account_id = std::move(account_id), after = std::move(after),
                    limit](Database& db) -> StoreResult<ConfigurationSetPage> {
    Query query(db, "select name from configuration_sets where account_id = ?1 and name > ?2 order by name limit ?3",
                account_id, after, limit + 1);
    ConfigurationSetPage page;
    while (query.step()) {
      if (page.names.size() == limit) {
        page.next_after = page.names.empty() ? after : page.names.back();
        break;
      }
      page.names.push_back(query.text(0));
    }
    return page;
  };
  return engine_->readers.read(std::move(operation));
}

StoreTask<std::uint64_t> SqliteControlStore::count_configuration_sets(std::string account_id) {
  auto operation = [account_id = std::move(account_id)](Database& db) -> StoreResult<std::uint64_t> {
    Query query(db, "select count(*) from configuration_sets where account_id = ?1", account_id);
    query.step();
    return static_cast<std::uint64_t>(query.integer(0));
  };
  return engine_->readers.read(std::move(operation));
}

StoreTask<std::uint64_t> SqliteControlStore::update_configuration_set(ConfigurationSet set) {
  auto operation = [set = std::move(set)](Database& db) { return replace_set(db, set); };
  return engine_->writer.write(std::move(operation));
}

StoreTask<void> SqliteControlStore::delete_configuration_set(std::string account_id, std::string name) {
  auto operation = [account_id = std::move(account_id), name = std::move(name)](Database& db) -> StoreResult<void> {
    Query(db, "delete from configuration_sets where account_id = ?1 and name = ?2", account_id, name).run();
    return expect_found(db, describe(account_id, name));
  };
  return engine_->writer.write(std::move(operation));
}

}  // namespace sesame::store::sqlite
