// What only looks at the queue, on the readers. What changes it: queue_store.cc.
#include "store/sqlite/codes.h"
#include "store/sqlite/contents.h"
#include "store/sqlite/message_rows.h"
#include "store/sqlite/metric_rows.h"
#include "store/sqlite/queue_store.h"
#include "store/sqlite/row_errors.h"

namespace sesame::store::sqlite {
namespace {

constexpr std::size_t max_page = 1000;

std::unexpected<StoreError> no_message(std::string_view what) { return not_found("message " + std::string(what)); }

StoreResult<MessageRecord> read_found(Database& db, QueueId queue_id) {
  std::optional<MessageRecord> record = read_message(db, queue_id);
  if (!record) return no_message(std::to_string(queue_id));
  return std::move(*record);
}

bool belongs_to(Database& db, QueueId queue_id, const std::string& account_id) {
  Query query(db, "select 1 from messages where queue_id = ?1 and account_id = ?2", queue_id, account_id);
  return query.step();
}

// One of the filters that look at recipients: their rows are narrow and in the order of their messages, so reading them
// backwards is cheaper than an index by address would be for every message accepted.
std::vector<QueueId> ids_by_recipient(Database& db, const MessageFilter& filter, QueueId before, std::size_t limit) {
  std::optional<std::int64_t> state;
  if (filter.state) state = code_of(*filter.state);
  Query query(db,
              "select queue_id from recipients where queue_id < ?1 and (?2 is null or forward_path = ?2) "
              "and (?3 is null or state = ?3) order by queue_id desc",
              before, filter.recipient, state);
  std::vector<QueueId> found;
  QueueId last = 0;
  while (found.size() < limit && query.step()) {
    const QueueId queue_id = query.integer(0);
    if (queue_id == last) continue;  // another recipient of the same message
    last = queue_id;
    if (belongs_to(db, queue_id, filter.account_id)) found.push_back(queue_id);
  }
  return found;
}

std::vector<QueueId> ids_by_account(Database& db, const MessageFilter& filter, QueueId before, std::size_t limit) {
  Query query(db,
              "select queue_id from messages where account_id = ?1 and queue_id < ?2 order by queue_id desc limit ?3",
              filter.account_id, before, limit);
  std::vector<QueueId> found;
  while (query.step()) found.push_back(query.integer(0));
  return found;
}

StoreResult<std::vector<MessageRecord>> list(Database& db, const MessageFilter& filter) {
  const QueueId before = filter.before.value_or(std::numeric_limits<QueueId>::max());
  const std::size_t limit = std::min(filter.limit, max_page);
  const bool looks_at_recipients = filter.recipient || filter.state;
  const std::vector<QueueId> ids =
      looks_at_recipients ? ids_by_recipient(db, filter, before, limit) : ids_by_account(db, filter, before, limit);
  std::vector<MessageRecord> records;
  for (const QueueId queue_id : ids) {
    StoreResult<MessageRecord> record = read_found(db, queue_id);
    if (!record) return std::unexpected(record.error());
    records.push_back(std::move(*record));
  }
  return records;
}

std::vector<Event> read_events(Query& query) {
  std::vector<Event> events;
  while (query.step()) events.push_back(read_event(query));
  return events;
}

std::uint64_t count(Database& db, Sql sql) { return static_cast<std::uint64_t>(db.single_integer(sql)); }

}  // namespace

StoreTask<Contents> SqliteQueueStore::content(QueueId queue_id) {
  if (Contents hot = hot_.find(queue_id)) co_return hot;
  auto operation = [this, queue_id](Database& db) -> StoreResult<Contents> {
    std::optional<std::string> octets = contents::get(db, files_, queue_id);
    if (!octets) return no_message(std::to_string(queue_id));
    return std::make_shared<const std::string>(std::move(*octets));
  };
  StoreResult<Contents> contents = co_await engine_->readers.read(std::move(operation));
  co_return contents;
}

StoreTask<MessageRecord> SqliteQueueStore::find_message(std::string account_id, std::string api_message_id) {
  auto operation = [account_id = std::move(account_id),
                    api_message_id = std::move(api_message_id)](Database& db) -> StoreResult<MessageRecord> {
    Query query(db, "select queue_id from messages where api_message_id = ?1 and account_id = ?2", api_message_id,
                account_id);
    if (!query.step()) return no_message(api_message_id);
    return read_found(db, query.integer(0));
  };
  return engine_->readers.read(std::move(operation));
}

StoreTask<MessageRecord> SqliteQueueStore::find_message_any_account(std::string api_message_id) {
  auto operation = [api_message_id = std::move(api_message_id)](Database& db) -> StoreResult<MessageRecord> {
    Query query(db, "select queue_id from messages where api_message_id = ?1", api_message_id);
    if (!query.step()) return no_message(api_message_id);
    return read_found(db, query.integer(0));
  };
  return engine_->readers.read(std::move(operation));
}

StoreTask<std::vector<MessageRecord>> SqliteQueueStore::list_messages(MessageFilter filter) {
  auto operation = [filter = std::move(filter)](Database& db) { return list(db, filter); };
  return engine_->readers.read(std::move(operation));
}

StoreTask<std::vector<Event>> SqliteQueueStore::events_of(std::string api_message_id) {
  auto operation = [api_message_id = std::move(api_message_id)](Database& db) -> StoreResult<std::vector<Event>> {
    Query query(db, "select " SESAME_EVENT_COLUMNS " from events where api_message_id = ?1 order by sequence",
                api_message_id);
    return read_events(query);
  };
  return engine_->readers.read(std::move(operation));
}

StoreTask<std::vector<Event>> SqliteQueueStore::events_after(std::string account_id, std::int64_t sequence,
                                                             std::size_t limit) {
  auto operation = [account_id = std::move(account_id), sequence,
                    limit](Database& db) -> StoreResult<std::vector<Event>> {
    Query query(db,
                "select " SESAME_EVENT_COLUMNS
                " from events where account_id = ?1 and sequence > ?2 "
                "order by sequence limit ?3",
                account_id, sequence, limit);
    return read_events(query);
  };
  return engine_->readers.read(std::move(operation));
}

StoreTask<std::int64_t> SqliteQueueStore::last_event_sequence() {
  auto operation = [](Database& db) -> StoreResult<std::int64_t> {
    return db.single_integer("select coalesce((select seq from sqlite_sequence where name = 'events'), 0)");
  };
  return engine_->readers.read(std::move(operation));
}

StoreTask<QueueStore::Depth> SqliteQueueStore::depth() {
  auto operation = [](Database& db) -> StoreResult<Depth> {
    Depth depth;
    depth.recipients_queued = count(db, "select count(*) from recipients where next_attempt is not null");
    depth.messages_unfinished = count(db, "select count(*) from messages where unfinished > 0");
    Query oldest(db, "select min(accepted) from messages where unfinished > 0");
    if (oldest.step()) depth.oldest_accepted = oldest.optional_time(0);
    return depth;
  };
  return engine_->readers.read(std::move(operation));
}

StoreTask<std::uint64_t> SqliteQueueStore::recipients_since(std::string account_id, Time since) {
  const auto minute = std::chrono::floor<std::chrono::minutes>(since).time_since_epoch().count();
  auto operation = [account_id = std::move(account_id), minute](Database& db) -> StoreResult<std::uint64_t> {
    Query query(db, "select coalesce(sum(recipients), 0) from accepted_counts where account_id = ?1 and minute >= ?2",
                account_id, minute);
    query.step();
    return static_cast<std::uint64_t>(query.integer(0));
  };
  return engine_->readers.read(std::move(operation));
}

StoreTask<std::vector<std::pair<Time, std::uint64_t>>> SqliteQueueStore::recipients_by_minute(std::string account_id,
                                                                                              Time since) {
  using Minutes = std::vector<std::pair<Time, std::uint64_t>>;
  const auto minute = std::chrono::floor<std::chrono::minutes>(since).time_since_epoch().count();
  auto operation = [account_id = std::move(account_id), minute](Database& db) -> StoreResult<Minutes> {
    Query query(db,
                "select minute, recipients from accepted_counts where account_id = ?1 and minute >= ?2 order by minute",
                account_id, minute);
    Minutes minutes;
    while (query.step()) {
      minutes.emplace_back(Time(std::chrono::minutes(query.integer(0))), static_cast<std::uint64_t>(query.integer(1)));
    }
    return minutes;
  };
  return engine_->readers.read(std::move(operation));
}

StoreTask<std::vector<MetricPoint>> SqliteQueueStore::metrics(std::string account_id, MetricDimension dimension,
                                                              std::optional<std::string> name, Time since,
                                                              std::size_t limit) {
  auto operation = [account_id = std::move(account_id), dimension, name = std::move(name), since, limit](Database& db) {
    return read_metrics(db, account_id, dimension, name, since, limit);
  };
  return engine_->readers.read(std::move(operation));
}

}  // namespace sesame::store::sqlite
