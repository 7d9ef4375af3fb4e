// What changes the queue. What only looks at it: queue_history.cc.
#include "store/sqlite/queue_store.h"

#include <set>

#include "base/log.h"
#include "store/sqlite/codes.h"
#include "store/sqlite/contents.h"
#include "store/sqlite/message_rows.h"
#include "store/sqlite/metric_rows.h"
#include "store/sqlite/queue_schema.h"
#include "store/sqlite/suppression_rows.h"

namespace sesame::store::sqlite {
namespace {

constexpr std::int64_t writer_cache_kib = 128 * 1024;
constexpr std::int64_t minutes_kept = 24 * 60;  // of accepted_counts, beyond the messages they count

using MessageAndRecipient = std::pair<std::string, std::string>;

MessageAndRecipient name_recipient(Database& db, RecipientId recipient_id) {
  Query query(db,
              "select m.api_message_id, r.forward_path from recipients r join messages m using (queue_id) "
              "where r.recipient_id = ?1",
              recipient_id);
  if (!query.step()) return {};
  return {query.text(0), query.text(1)};
}

// Applies the outcomes and takes from `events` those that tell of an outcome that came too late. Returns the messages
// that are finished now.
std::vector<Finished> apply_outcomes(Database& db, const std::vector<RecipientOutcome>& outcomes,
                                     std::vector<Event>& events) {
  std::vector<Finished> finished;
  std::set<MessageAndRecipient> ignored;
  std::set<RecipientId> applied;
  for (const RecipientOutcome& outcome : outcomes) {
    const AppliedOutcome result = apply_outcome(db, outcome);
    if (result.finished) finished.push_back(*result.finished);
    if (result.applied) {
      applied.insert(outcome.recipient_id);
    } else if (!applied.contains(outcome.recipient_id)) {
      ignored.insert(name_recipient(db, outcome.recipient_id));
    }
  }
  if (ignored.empty()) return finished;
  std::erase_if(events, [&](const Event& event) { return ignored.contains({event.api_message_id, event.recipient}); });
  return finished;
}

StoreResult<std::vector<RecipientId>> queued_recipients(Database& db, QueueId queue_id) {
  Query query(db, "select recipient_id from recipients where queue_id = ?1 and state = 0", queue_id);
  std::vector<RecipientId> recipients;
  while (query.step()) recipients.push_back(query.integer(0));
  return recipients;
}

StoreResult<std::size_t> forget(Database& db, Time before, std::size_t limit) {
  std::vector<std::pair<QueueId, std::string>> finished;
  {
    // The first that is young enough to stay ends the search: what follows it was accepted later, but for a clock that
    // was set back, and then it stays a little longer.
    Query query(db, "select queue_id, api_message_id, accepted, unfinished from messages order by queue_id");
    while (finished.size() < limit && query.step() && query.time(2) < before) {
      if (query.integer(3) == 0) finished.emplace_back(query.integer(0), query.text(1));
    }
  }
  for (const auto& [queue_id, api_message_id] : finished) remove_message(db, queue_id, api_message_id);
  const auto minute = std::chrono::floor<std::chrono::minutes>(before).time_since_epoch().count() - minutes_kept;
  Query(db,
        "delete from accepted_counts where (account_id, minute) in "
        "(select account_id, minute from accepted_counts where minute < ?1 limit ?2)",
        minute, limit)
      .run();
  return finished.size();
}

}  // namespace

Result<std::unique_ptr<SqliteQueueStore>, std::string> SqliteQueueStore::open(const std::filesystem::path& file,
                                                                              std::shared_ptr<DirectoryLock> lock) {
  const EngineSettings settings{.writer_cache_kib = writer_cache_kib, .secure_delete = false};
  std::unique_ptr<SqliteQueueStore> store(new SqliteQueueStore(std::move(lock), file.parent_path() / "contents"));
  auto engine = Engine::open(file, queue_schema, settings, OlderSchema::bring_forward, store->hooks());
  if (!engine) return std::unexpected(engine.error());
  store->engine_ = std::move(*engine);
  return store;
}

// An operation that succeeds adds what it counts to tally_ as its last step, so that one that is undone leaves no
// trace.
CommitHooks SqliteQueueStore::hooks() {
  return {.opened = [this](Database& db) { files_.open(contents::places(db)); },
          .before_commit =
              [this](Database& db) {
                tally_.write(db);
                files_.sync();
              },
          .after_rollback =
              [this] {
                tally_.clear();
                files_.tidy();
              },
          .after_commit =
              [this] {
                hand_over_.give(leases_);
                files_.tidy();
              }};
}

StoreTask<QueueId> SqliteQueueStore::enqueue(NewMessage message, std::vector<Event> events, SuppressionCheck check) {
  const std::size_t octets = message.content.size();
  const auto contents = std::make_shared<const std::string>(std::move(message.content));
  const auto due = std::make_shared<std::vector<DueRecipient>>();
  auto operation = [this, contents, due, message = std::move(message), events = std::move(events),
                    check = std::move(check)](Database& db) mutable -> StoreResult<Enqueued> {
    if (message.envelope.recipients.empty()) {
      return std::unexpected(StoreError{StoreErrc::unavailable, "a message without recipients"});
    }
    suppress_listed(db, check, message, events);
    MetricTally counted;
    StoreResult<Enqueued> enqueued = insert_message(db, files_, message, *contents, counted);
    if (!enqueued) return enqueued;
    insert_events(db, events, counted);
    tally_.add(counted);
    *due = due_recipients(message, *enqueued);
    return enqueued;
  };
  auto after_commit = [this, contents, due](const StoreResult<Enqueued>& enqueued) {
    if (enqueued->content) files_.keep(*enqueued->content);
    if (!due->empty()) hot_.keep(enqueued->queue_id, contents);
    hand_over_.add(std::move(*due));
  };
  const StoreResult<Enqueued> enqueued =
      co_await engine_->writer.write_repeatable(std::move(operation), octets, std::move(after_commit));
  if (!enqueued) co_return std::unexpected(enqueued.error());
  co_return enqueued->queue_id;
}

StoreTask<std::vector<DueRecipient>> SqliteQueueStore::lease_due(Time now, std::size_t limit) {
  auto operation = [this, now, limit](Database& db) -> StoreResult<std::vector<DueRecipient>> {
    const std::vector<RecipientId> leased = leases_.lease(db, now, limit);
    std::vector<DueRecipient> due;
    try {
      for (const RecipientId recipient_id : leased) {
        std::optional<DueRecipient> recipient = read_due_recipient(db, recipient_id);
        if (recipient) {
          due.push_back(std::move(*recipient));
        } else {  // stays leased, or it would stand in the way of all others
          log::error("store", "a queued recipient without a message", {{"recipient_id", recipient_id}});
        }
      }
    } catch (const EngineFailure&) {
      leases_.release(db, leased);
      throw;
    }
    return due;
  };
  return engine_->writer.between(std::move(operation));
}

StoreTask<void> SqliteQueueStore::release(std::vector<RecipientId> recipients) {
  auto operation = [this, recipients = std::move(recipients)](Database& db) -> StoreResult<void> {
    leases_.release(db, recipients);
    return {};
  };
  return engine_->writer.between(std::move(operation));
}

StoreTask<std::vector<DueRecipient>> SqliteQueueStore::read_leased(std::vector<RecipientId> recipients) {
  auto operation = [this, recipients = std::move(recipients)](Database& db) -> StoreResult<std::vector<DueRecipient>> {
    std::vector<DueRecipient> found;
    for (const RecipientId recipient_id : recipients) {
      std::optional<DueRecipient> recipient = read_due_recipient(db, recipient_id);
      if (recipient) {
        found.push_back(std::move(*recipient));
      } else {
        leases_.settle(recipient_id, std::nullopt);
      }
    }
    return found;
  };
  return engine_->writer.between(std::move(operation));
}

StoreTask<std::optional<Time>> SqliteQueueStore::next_due() {
  auto operation = [this](Database& db) -> StoreResult<std::optional<Time>> { return leases_.next_due(db); };
  return engine_->writer.between(std::move(operation));
}

StoreTask<void> SqliteQueueStore::record_outcomes(std::vector<RecipientOutcome> outcomes, std::vector<Event> events) {
  // Both closures need it, and the second runs when the first is done with.
  const auto shared = std::make_shared<const std::vector<RecipientOutcome>>(std::move(outcomes));
  using AllFinished = std::vector<Finished>;
  auto operation = [this, shared, events = std::move(events)](Database& db) mutable -> StoreResult<AllFinished> {
    AllFinished finished = apply_outcomes(db, *shared, events);
    MetricTally counted;
    insert_events(db, events, counted);
    tally_.add(counted);
    return finished;
  };
  auto after_commit = [this, shared](const StoreResult<AllFinished>& finished) {
    for (const Finished& message : *finished) forget_content(message);
    for (const RecipientOutcome& outcome : *shared) {
      std::optional<DuePosition> position;
      if (outcome.state == RecipientState::queued) position = {outcome.next_attempt, outcome.recipient_id};
      leases_.settle(outcome.recipient_id, position);
    }
  };
  const StoreResult<AllFinished> recorded =
      co_await engine_->writer.write_repeatable(std::move(operation), 0, std::move(after_commit));
  if (!recorded) co_return std::unexpected(recorded.error());
  co_return StoreResult<void>();
}

StoreTask<void> SqliteQueueStore::append_events(std::vector<Event> events) {
  auto operation = [this, events = std::move(events)](Database& db) -> StoreResult<void> {
    MetricTally counted;
    insert_events(db, events, counted);
    tally_.add(counted);
    return {};
  };
  return engine_->writer.write_repeatable(std::move(operation));
}

StoreTask<std::size_t> SqliteQueueStore::retry_now(QueueId queue_id, Time now) {
  auto operation = [queue_id, now](Database& db) -> StoreResult<std::size_t> {
    Query(db, "update recipients set next_attempt = min(next_attempt, ?2) where queue_id = ?1 and state = 0", queue_id,
          now)
        .run();
    return static_cast<std::size_t>(db.changes());
  };
  auto after_commit = [this, now](const StoreResult<std::size_t>&) { leases_.may_be_available({now, 0}); };
  return engine_->writer.write(std::move(operation), 0, std::move(after_commit));
}

void SqliteQueueStore::forget_content(const Finished& message) {
  hot_.forget(message.queue_id);
  if (message.content) files_.drop(*message.content);
}

StoreTask<std::size_t> SqliteQueueStore::drop(QueueId queue_id, Time now, std::string reason,
                                              std::vector<Event> events) {
  struct Dropped {
    std::size_t recipients = 0;
    std::optional<Finished> message;
  };
  auto operation = [this, queue_id, now, reason = std::move(reason),
                    events = std::move(events)](Database& db) -> StoreResult<Dropped> {
    const StoreResult<std::vector<RecipientId>> recipients = queued_recipients(db, queue_id);
    Dropped dropped{recipients->size(), std::nullopt};
    for (const RecipientId recipient_id : *recipients) {
      RecipientOutcome outcome{.recipient_id = recipient_id, .state = RecipientState::bounced};
      outcome.attempt.at = now;
      outcome.attempt.text = reason;
      AppliedOutcome applied = apply_outcome(db, outcome);
      if (applied.finished) dropped.message = applied.finished;
    }
    if (recipients->empty()) return dropped;
    MetricTally counted;
    insert_events(db, events, counted);
    tally_.add(counted);
    return dropped;
  };
  auto after_commit = [this](const StoreResult<Dropped>& dropped) {
    if (dropped->message) forget_content(*dropped->message);
  };
  const StoreResult<Dropped> dropped = co_await engine_->writer.write(std::move(operation), 0, std::move(after_commit));
  if (!dropped) co_return std::unexpected(dropped.error());
  co_return dropped->recipients;
}

StoreTask<std::size_t> SqliteQueueStore::forget_finished(Time before, std::size_t limit) {
  auto operation = [before, limit](Database& db) { return forget(db, before, limit); };
  return engine_->writer.write(std::move(operation));
}

StoreTask<std::size_t> SqliteQueueStore::forget_metrics(Time before, std::size_t limit) {
  auto operation = [before, limit](Database& db) -> StoreResult<std::size_t> {
    return forget_metric_rows(db, before, limit);
  };
  return engine_->writer.write(std::move(operation));
}

}  // namespace sesame::store::sqlite
