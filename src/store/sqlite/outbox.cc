#include "store/sqlite/outbox.h"

#include "store/sqlite/message_rows.h"

namespace sesame::store::sqlite {
namespace {

constexpr std::int64_t rows_per_call = 1000;  // where work is bounded

#define SESAME_OUTBOX_COLUMNS                                                                                \
  "o.entry_id, o.kind, o.account_id, o.destination, o.order_key, o.event_sequence, o.topic_arn, o.payload, " \
  "o.created, o.next_attempt, o.attempts, o.last_error, o.dead"
#define SESAME_OUTBOX_EVENT_COLUMNS "e.sequence, e.account_id, e.api_message_id, e.kind, e.at, e.recipient, e.detail"

// The numbers are the enumeration's, on disk as well: kinds are only ever added at the end.
OutboxKind kind_of(std::int64_t number) {
  if (number < 0 || number > static_cast<std::int64_t>(OutboxKind::subscription_confirmation)) {
    throw EngineFailure({StoreErrc::corrupt, "unknown kind of an outbox entry"});
  }
  return static_cast<OutboxKind>(number);
}

OutboxEntry read_entry(Query& row) {
  return {.entry_id = row.integer(0),
          .kind = kind_of(row.integer(1)),
          .account_id = row.text(2),
          .destination = row.text(3),
          .order_key = row.text(4),
          .event_sequence = row.integer(5),
          .topic_arn = row.text(6),
          .payload = row.text(7),
          .created = row.time(8),
          .next_attempt = row.time(9),
          .attempts = static_cast<std::uint32_t>(row.integer(10)),
          .last_error = row.text(11),
          .dead = row.boolean(12)};
}

void insert_entry(Database& db, const OutboxEntry& entry) {
  Query(db,
        "insert into outbox (kind, account_id, destination, order_key, event_sequence, topic_arn, payload, created, "
        "next_attempt, attempts, last_error, dead) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 0, '', 0)",
        static_cast<std::int64_t>(entry.kind), entry.account_id, entry.destination, entry.order_key,
        entry.event_sequence, entry.topic_arn, entry.payload, entry.created, entry.next_attempt)
      .run();
}

std::optional<Event> find_event(Database& db, std::int64_t sequence) {
  if (sequence == 0) return std::nullopt;
  Query query(db, "select " SESAME_EVENT_COLUMNS " from events where sequence = ?1", sequence);
  if (!query.step()) return std::nullopt;
  return read_event(query);
}

std::vector<ReadyEntry> read_with_events(Database& db, Query& query) {
  std::vector<ReadyEntry> entries;
  while (query.step()) {
    ReadyEntry ready{.entry = read_entry(query), .event = {}};
    ready.event = find_event(db, ready.entry.event_sequence);
    entries.push_back(std::move(ready));
  }
  return entries;
}

void settle_one(Database& db, const OutboxOutcome& outcome) {
  switch (outcome.result) {
    case OutboxOutcome::Result::taken:
      Query(db, "delete from outbox where entry_id = ?1", outcome.entry_id).run();
      return;
    case OutboxOutcome::Result::deferred:
      Query(db, "update outbox set attempts = attempts + 1, next_attempt = ?2, last_error = ?3 where entry_id = ?1",
            outcome.entry_id, outcome.next_attempt, outcome.error)
          .run();
      return;
    case OutboxOutcome::Result::dead:
      Query(db, "update outbox set attempts = attempts + 1, dead = 1, last_error = ?2 where entry_id = ?1",
            outcome.entry_id, outcome.error)
          .run();
      return;
  }
}

}  // namespace

StoreTask<std::vector<UnpublishedEvent>> SqliteOutbox::events_to_publish(std::int64_t sequence, std::size_t limit) {
  auto operation = [sequence, limit](Database& db) -> StoreResult<std::vector<UnpublishedEvent>> {
    Query query(db,
                "select " SESAME_OUTBOX_EVENT_COLUMNS
                ", m.identity, m.configuration_set, m.accepted_through "
                "from events e left join messages m on m.api_message_id = e.api_message_id "
                "where e.sequence > ?1 order by e.sequence limit ?2",
                sequence, limit);
    std::vector<UnpublishedEvent> events;
    while (query.step()) {
      UnpublishedEvent one{.event = read_event(query), .message_known = !query.is_null(7)};
      if (one.message_known) {
        one.identity = query.text(7);
        one.configuration_set = query.optional_text(8);
        one.accepted_through = query.text(9);
      }
      events.push_back(std::move(one));
    }
    return events;
  };
  return engine_.readers.read(std::move(operation));
}

StoreTask<std::int64_t> SqliteOutbox::published_through() {
  return engine_.readers.read(
      [](Database& db) -> StoreResult<std::int64_t> { return db.single_integer("select through from published"); });
}

StoreTask<void> SqliteOutbox::add(std::vector<OutboxEntry> entries, std::optional<std::int64_t> published_through) {
  std::size_t octets = 0;
  for (const OutboxEntry& entry : entries) octets += entry.payload.size();
  auto operation = [entries = std::move(entries), published_through](Database& db) -> StoreResult<void> {
    for (const OutboxEntry& entry : entries) insert_entry(db, entry);
    if (published_through) Query(db, "update published set through = max(through, ?1)", *published_through).run();
    return {};
  };
  return engine_.writer.write_repeatable(std::move(operation), octets);
}

StoreTask<std::vector<DueDestination>> SqliteOutbox::waiting_destinations() {
  auto operation = [](Database& db) -> StoreResult<std::vector<DueDestination>> {
    // From one destination to the next along the index: the cost follows their number, not that of the entries.
    Query query(
        db,
        "with recursive each(destination) as ("
        "  select min(destination) from outbox where dead = 0"
        "  union all"
        "  select (select min(o.destination) from outbox o where o.dead = 0 and o.destination > each.destination)"
        "  from each where each.destination is not null) "
        "select destination, (select min(o.next_attempt) from outbox o "
        "  where o.dead = 0 and o.destination = each.destination) "
        "from each where destination is not null");
    std::vector<DueDestination> destinations;
    while (query.step()) destinations.push_back({.destination = query.text(0), .next_attempt = query.time(1)});
    return destinations;
  };
  return engine_.readers.read(std::move(operation));
}

StoreTask<std::vector<ReadyEntry>> SqliteOutbox::ready(std::string destination, Time now, std::size_t limit) {
  auto operation = [destination = std::move(destination), now,
                    limit](Database& db) -> StoreResult<std::vector<ReadyEntry>> {
    Query query(db,
                "select " SESAME_OUTBOX_COLUMNS
                " from outbox o where o.destination = ?1 and o.dead = 0 and o.next_attempt <= ?2 "
                "and not exists (select 1 from outbox b where b.destination = o.destination and b.dead = 0 "
                "  and b.order_key = o.order_key and b.entry_id < o.entry_id) "
                "order by o.next_attempt, o.entry_id limit ?3",
                destination, now, limit);
    return read_with_events(db, query);
  };
  return engine_.readers.read(std::move(operation));
}

StoreTask<void> SqliteOutbox::settle(std::vector<OutboxOutcome> outcomes) {
  auto operation = [outcomes = std::move(outcomes)](Database& db) -> StoreResult<void> {
    for (const OutboxOutcome& outcome : outcomes) settle_one(db, outcome);
    return {};
  };
  return engine_.writer.write_repeatable(std::move(operation));
}

StoreTask<std::size_t> SqliteOutbox::give_up(std::string destination, Time created_before, std::string error) {
  auto operation = [=](Database& db) -> StoreResult<std::size_t> {
    Query(db,
          "update outbox set dead = 1, last_error = ?3 where entry_id in (select entry_id from outbox "
          "where destination = ?1 and dead = 0 and created < ?2 limit ?4)",
          destination, created_before, error, rows_per_call)
        .run();
    return static_cast<std::size_t>(db.changes());
  };
  return engine_.writer.write(std::move(operation));
}

StoreTask<std::size_t> SqliteOutbox::discard(std::string destination) {
  auto operation = [destination = std::move(destination)](Database& db) -> StoreResult<std::size_t> {
    Query(db,
          "delete from outbox where entry_id in "
          "(select entry_id from outbox where destination = ?1 and dead = 0 limit ?2)",
          destination, rows_per_call)
        .run();
    auto gone = static_cast<std::size_t>(db.changes());
    Query(db,
          "delete from outbox where entry_id in "
          "(select entry_id from outbox where destination = ?1 and dead = 1 limit ?2)",
          destination, rows_per_call)
        .run();
    gone += static_cast<std::size_t>(db.changes());
    return gone;
  };
  return engine_.writer.write(std::move(operation));
}

StoreTask<std::vector<DestinationState>> SqliteOutbox::destination_states(std::string account_id, std::size_t limit) {
  auto operation = [account_id = std::move(account_id),
                    limit](Database& db) -> StoreResult<std::vector<DestinationState>> {
    Query query(db,
                "select destination, sum(dead = 0), sum(dead = 1), min(case when dead = 0 then created end), "
                "coalesce(max(case when dead = 0 then attempts end), 0) "
                "from outbox where account_id = ?1 group by destination order by destination limit ?2",
                account_id, limit);
    std::vector<DestinationState> states;
    while (query.step()) {
      DestinationState state{.destination = query.text(0),
                             .pending = static_cast<std::uint64_t>(query.integer(1)),
                             .dead = static_cast<std::uint64_t>(query.integer(2)),
                             .oldest_pending = query.optional_time(3),
                             .attempts = static_cast<std::uint32_t>(query.integer(4))};
      Query last(db,
                 "select last_error from outbox where destination = ?1 and last_error <> '' "
                 "order by next_attempt desc limit 1",
                 state.destination);
      if (last.step()) state.last_error = last.text(0);
      states.push_back(std::move(state));
    }
    return states;
  };
  return engine_.readers.read(std::move(operation));
}

StoreTask<std::vector<ReadyEntry>> SqliteOutbox::dead_entries(std::string account_id, std::string destination,
                                                              std::int64_t entry_id, std::size_t limit) {
  auto operation = [=](Database& db) -> StoreResult<std::vector<ReadyEntry>> {
    Query query(db,
                "select " SESAME_OUTBOX_COLUMNS
                " from outbox o where o.destination = ?1 and o.dead = 1 and o.entry_id > ?2 and o.account_id = ?3 "
                "order by o.entry_id limit ?4",
                destination, entry_id, account_id, limit);
    return read_with_events(db, query);
  };
  return engine_.readers.read(std::move(operation));
}

StoreTask<std::size_t> SqliteOutbox::revive(std::string account_id, std::string destination, Time now) {
  auto operation = [=](Database& db) -> StoreResult<std::size_t> {
    Query(db,
          "update outbox set dead = 0, created = ?3, next_attempt = ?3, attempts = 0, last_error = '' "
          "where entry_id in (select entry_id from outbox where destination = ?1 and dead = 1 and account_id = ?2 "
          "order by entry_id limit ?4)",
          destination, account_id, now, rows_per_call)
        .run();
    return static_cast<std::size_t>(db.changes());
  };
  return engine_.writer.write(std::move(operation));
}

StoreTask<std::size_t> SqliteOutbox::forget_dead(Time created_before) {
  auto operation = [created_before](Database& db) -> StoreResult<std::size_t> {
    Query(db,
          "delete from outbox where entry_id in "
          "(select entry_id from outbox where dead = 1 and created < ?1 limit ?2)",
          created_before, rows_per_call)
        .run();
    return static_cast<std::size_t>(db.changes());
  };
  return engine_.writer.write(std::move(operation));
}

StoreTask<Outbox::Depth> SqliteOutbox::outbox_depth() {
  auto operation = [](Database& db) -> StoreResult<Depth> {
    Depth depth;
    depth.pending = static_cast<std::uint64_t>(db.single_integer("select count(*) from outbox where dead = 0"));
    depth.dead = static_cast<std::uint64_t>(db.single_integer("select count(*) from outbox where dead = 1"));
    return depth;
  };
  return engine_.readers.read(std::move(operation));
}

}  // namespace sesame::store::sqlite
