#include "store/sqlite/pool_store.h"

#include "store/sqlite/row_errors.h"
#include "store/sqlite/tags_json.h"

namespace sesame::store::sqlite {

StoreTask<void> SqlitePoolStore::create_pool(SendingPool pool) {
  auto operation = [pool = std::move(pool)](Database& db) -> StoreResult<void> {
    Query(db,
          "insert into sending_pools (account_id, name, created, tags) values (?1, ?2, ?3, ?4) "
          "on conflict do nothing",
          pool.account_id, pool.name, pool.created, tags_to_json(pool.tags))
        .run();
    return expect_made(db, "pool " + pool.name);
  };
  return engine_.writer.write(std::move(operation));
}

StoreTask<void> SqlitePoolStore::delete_pool(std::string account_id, std::string name) {
  auto operation = [account_id = std::move(account_id), name = std::move(name)](Database& db) -> StoreResult<void> {
    Query(db, "delete from sending_pools where account_id = ?1 and name = ?2", account_id, name).run();
    if (db.changes() == 0) return not_found("pool " + name);
    Query(db, "update dedicated_addresses set pool = ?3 where account_id = ?1 and pool = ?2", account_id, name,
          default_pool)
        .run();
    Query(db, "delete from pool_choices where account_id = ?1 and pool = ?2", account_id, name).run();
    return {};
  };
  return engine_.writer.write(std::move(operation));
}

StoreTask<std::vector<SendingPool>> SqlitePoolStore::list_pools() {
  auto operation = [](Database& db) -> StoreResult<std::vector<SendingPool>> {
    std::vector<SendingPool> pools;
    Query query(db, "select account_id, name, created, tags from sending_pools order by account_id, name");
    while (query.step()) {
      pools.push_back({query.text(0), query.text(1), query.time(2), read_tags("pool " + query.text(1), query.text(3))});
    }
    return pools;
  };
  return engine_.readers.read(std::move(operation));
}

StoreTask<void> SqlitePoolStore::add_addresses(std::vector<DedicatedAddress> addresses) {
  auto operation = [addresses = std::move(addresses)](Database& db) -> StoreResult<void> {
    for (const DedicatedAddress& one : addresses) {
      Query(db,
            "insert into dedicated_addresses (address, account_id, pool, warmup_began) values (?1, ?2, ?3, ?4) "
            "on conflict do nothing",
            one.address, one.account_id, one.pool, one.warmup_began)
          .run();
    }
    return {};
  };
  return engine_.writer.write(std::move(operation));
}

StoreTask<void> SqlitePoolStore::move_address(std::string account_id, std::string address, std::string pool) {
  auto operation = [account_id = std::move(account_id), address = std::move(address),
                    pool = std::move(pool)](Database& db) -> StoreResult<void> {
    Query(db,
          "update dedicated_addresses set pool = ?3 where account_id = ?1 and address = ?2 and (?3 = ?4 or exists "
          "(select 1 from sending_pools where account_id = ?1 and name = ?3))",
          account_id, address, pool, default_pool)
        .run();
    return expect_found(db, "address " + address + " or pool " + pool);
  };
  return engine_.writer.write(std::move(operation));
}

StoreTask<void> SqlitePoolStore::set_warmup(std::string account_id, std::string address, std::optional<Time> began) {
  auto operation = [account_id = std::move(account_id), address = std::move(address),
                    began](Database& db) -> StoreResult<void> {
    Query(db, "update dedicated_addresses set warmup_began = ?3 where account_id = ?1 and address = ?2", account_id,
          address, began)
        .run();
    return expect_found(db, "address " + address);
  };
  return engine_.writer.write(std::move(operation));
}

StoreTask<std::vector<DedicatedAddress>> SqlitePoolStore::list_addresses() {
  auto operation = [](Database& db) -> StoreResult<std::vector<DedicatedAddress>> {
    std::vector<DedicatedAddress> addresses;
    Query query(db, "select address, account_id, pool, warmup_began from dedicated_addresses order by address");
    while (query.step()) {
      addresses.push_back({query.text(0), query.text(1), query.text(2), query.optional_time(3)});
    }
    return addresses;
  };
  return engine_.readers.read(std::move(operation));
}

StoreTask<void> SqlitePoolStore::choose_pool(std::string account_id, std::string configuration_set,
                                             std::optional<std::string> pool) {
  auto operation = [account_id = std::move(account_id), configuration_set = std::move(configuration_set),
                    pool = std::move(pool)](Database& db) -> StoreResult<void> {
    if (!pool) {
      Query(db, "delete from pool_choices where account_id = ?1 and configuration_set = ?2", account_id,
            configuration_set)
          .run();
      return {};
    }
    // One that has just been deleted is not chosen: another of its name would get the mail.
    Query(db,
          "insert into pool_choices (account_id, configuration_set, pool) select ?1, ?2, ?3 where ?3 in (?4, ?5) or "
          "exists (select 1 from sending_pools where account_id = ?1 and name = ?3) "
          "on conflict do update set pool = excluded.pool",
          account_id, configuration_set, *pool, default_pool, shared_pool)
        .run();
    if (db.changes() == 0) return not_found("pool " + *pool);
    return {};
  };
  return engine_.writer.write(std::move(operation));
}

StoreTask<std::optional<std::string>> SqlitePoolStore::chosen_pool(std::string account_id,
                                                                   std::string configuration_set) {
  auto operation = [account_id = std::move(account_id), configuration_set = std::move(configuration_set)](
                       Database& db) -> StoreResult<std::optional<std::string>> {
    Query query(db, "select pool from pool_choices where account_id = ?1 and configuration_set = ?2", account_id,
                configuration_set);
    if (!query.step()) return std::optional<std::string>();
    return std::optional(query.text(0));
  };
  return engine_.readers.read(std::move(operation));
}

StoreTask<std::vector<PoolChoice>> SqlitePoolStore::list_choices() {
  auto operation = [](Database& db) -> StoreResult<std::vector<PoolChoice>> {
    std::vector<PoolChoice> choices;
    Query query(db,
                "select account_id, configuration_set, pool from pool_choices order by account_id, configuration_set");
    while (query.step()) choices.push_back({query.text(0), query.text(1), query.text(2)});
    return choices;
  };
  return engine_.readers.read(std::move(operation));
}

StoreTask<void> SqlitePoolStore::set_auto_warmup(std::string account_id, bool enabled) {
  auto operation = [account_id = std::move(account_id), enabled](Database& db) -> StoreResult<void> {
    if (enabled) {
      Query(db, "delete from accounts_without_warmup where account_id = ?1", account_id).run();
    } else {
      Query(db, "insert into accounts_without_warmup (account_id) values (?1) on conflict do nothing", account_id)
          .run();
    }
    return {};
  };
  return engine_.writer.write(std::move(operation));
}

StoreTask<bool> SqlitePoolStore::auto_warmup(std::string account_id) {
  auto operation = [account_id = std::move(account_id)](Database& db) -> StoreResult<bool> {
    Query query(db, "select 1 from accounts_without_warmup where account_id = ?1", account_id);
    return !query.step();
  };
  return engine_.readers.read(std::move(operation));
}

StoreTask<void> SqlitePoolStore::add_warmup_counts(std::chrono::sys_days day, std::vector<WarmupCount> counts) {
  auto operation = [day = day.time_since_epoch().count(),
                    counts = std::move(counts)](Database& db) -> StoreResult<void> {
    for (const WarmupCount& count : counts) {
      Query(db,
            "insert into warmup_counts (day, address, receiver_group, recipients) values (?1, ?2, ?3, ?4) "
            "on conflict do update set recipients = recipients + excluded.recipients",
            day, count.address, count.group, count.recipients)
          .run();
    }
    Query(db, "delete from warmup_counts where day < ?1", day).run();
    return {};
  };
  return engine_.writer.write(std::move(operation));
}

StoreTask<std::vector<WarmupCount>> SqlitePoolStore::warmup_counts(std::chrono::sys_days day) {
  auto operation = [day = day.time_since_epoch().count()](Database& db) -> StoreResult<std::vector<WarmupCount>> {
    std::vector<WarmupCount> counts;
    Query query(db,
                "select address, receiver_group, recipients from warmup_counts where day = ?1 "
                "order by address, receiver_group",
                day);
    while (query.step()) {
      counts.push_back({query.text(0), query.text(1), static_cast<std::uint64_t>(query.integer(2))});
    }
    return counts;
  };
  return engine_.readers.read(std::move(operation));
}

}  // namespace sesame::store::sqlite
