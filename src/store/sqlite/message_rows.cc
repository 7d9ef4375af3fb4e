#include "store/sqlite/message_rows.h"

#include <fmt/format.h>

#include <algorithm>

#include "store/sqlite/codes.h"
#include "store/sqlite/contents.h"
#include "store/sqlite/metric_rows.h"
#include "store/sqlite/row_errors.h"
#include "store/sqlite/suppression_rows.h"
#include "store/sqlite/tags_json.h"

namespace sesame::store::sqlite {
namespace {

constexpr std::int64_t attempts_kept = 20;

void count_accepted(Database& db, const NewMessage& message, MetricTally& tally) {
  // Not sent, or not by the account.
  if (message.accepted_through == accepted_through_service || message.withheld == Withheld::not_rendered) return;
  const auto minute = std::chrono::floor<std::chrono::minutes>(message.accepted).time_since_epoch().count();
  Query(db,
        "insert into accepted_counts (account_id, minute, recipients) values (?1, ?2, ?3) "
        "on conflict do update set recipients = recipients + excluded.recipients",
        message.account_id, minute, message.envelope.recipients.size())
      .run();
  const CountedMessage counted{message.account_id, message.identity, message.configuration_set};
  for (const std::string& forward_path : message.envelope.recipients) {
    tally.add(counted, forward_path, Metric::send, message.accepted);
    if (message.withheld == Withheld::rejected) tally.add(counted, forward_path, Metric::reject, message.accepted);
  }
}

std::int64_t state_at_first(const NewMessage& message, const std::string& forward_path) {
  switch (message.withheld) {
    case Withheld::no: break;
    case Withheld::not_rendered: return code_of_not_rendered;
    case Withheld::rejected: return code_of_rejected;
  }
  const bool is_suppressed = std::ranges::find(message.suppressed, forward_path) != message.suppressed.end();
  return is_suppressed ? code_of_suppressed : code_of_queued;
}

bool is_to_be_tried(const NewMessage& message, const std::string& recipient) {
  return state_at_first(message, recipient) == code_of_queued;
}

// Returns the first one's id.
RecipientId insert_recipients(Database& db, QueueId queue_id, const NewMessage& message) {
  RecipientId first = 0;
  for (const std::string& forward_path : message.envelope.recipients) {
    const std::int64_t state = state_at_first(message, forward_path);
    std::optional<Time> next_attempt;
    if (state == code_of_queued) next_attempt = message.accepted;
    Query(db,
          "insert into recipients (queue_id, forward_path, state, next_attempt, attempts, priority) "
          "values (?1, ?2, ?3, ?4, 0, ?5)",
          queue_id, forward_path, state, next_attempt, code_of(message.priority))
        .run();
    if (first == 0) first = db.last_insert_id();
  }
  return first;
}

std::size_t count_queued(const NewMessage& message) {
  return static_cast<std::size_t>(std::ranges::count_if(
      message.envelope.recipients, [&](const std::string& address) { return is_to_be_tried(message, address); }));
}

void insert_attempt(Database& db, RecipientId recipient_id, std::int64_t number, const Attempt& attempt) {
  Query(db,
        "insert into attempts (recipient_id, number, at, remote_host, remote_ip, source_ip, tls, reply_code, "
        "enhanced_status, reply_text) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        recipient_id, number, attempt.at, attempt.remote_host, attempt.remote_ip, attempt.source_ip, attempt.tls,
        attempt.reply_code, attempt.enhanced_status, attempt.text)
      .run();
  if (number > attempts_kept) {
    Query(db, "delete from attempts where recipient_id = ?1 and number <= ?2", recipient_id, number - attempts_kept)
        .run();
  }
}

std::vector<Attempt> read_attempts(Database& db, RecipientId recipient_id) {
  Query query(db,
              "select at, remote_host, remote_ip, source_ip, tls, reply_code, enhanced_status, reply_text "
              "from attempts where recipient_id = ?1 order by number",
              recipient_id);
  std::vector<Attempt> attempts;
  while (query.step()) {
    attempts.push_back({.at = query.time(0),
                        .remote_host = query.text(1),
                        .remote_ip = query.text(2),
                        .source_ip = query.text(3),
                        .tls = query.text(4),
                        .reply_code = static_cast<std::uint16_t>(query.integer(5)),
                        .enhanced_status = query.text(6),
                        .text = query.text(7)});
  }
  return attempts;
}

void read_recipients(Database& db, MessageRecord& record) {
  Query query(db,
              "select recipient_id, forward_path, state, next_attempt, attempts from recipients where queue_id = ?1 "
              "order by recipient_id",
              record.queue_id);
  while (query.step()) {
    RecipientRecord recipient;
    recipient.recipient_id = query.integer(0);
    recipient.forward_path = query.text(1);
    recipient.state = recipient_state(query, 2);
    recipient.next_attempt = query.optional_time(3).value_or(Time());
    recipient.attempt_count = static_cast<std::uint32_t>(query.integer(4));
    recipient.attempts = read_attempts(db, recipient.recipient_id);
    record.message.envelope.recipients.push_back(recipient.forward_path);
    if (recipient.state == RecipientState::suppressed) record.message.suppressed.push_back(recipient.forward_path);
    if (recipient.state == RecipientState::not_rendered) record.message.withheld = Withheld::not_rendered;
    if (recipient.state == RecipientState::rejected) record.message.withheld = Withheld::rejected;
    record.recipients.push_back(std::move(recipient));
  }
}

// What a message says about the events that follow it.
struct MessageFacts {
  std::string api_message_id;
  CountedMessage counted;
  std::string accepted_through;
  SuppressionReasons suppression;
};

std::optional<MessageFacts> read_facts(Database& db, const std::string& api_message_id) {
  Query query(db,
              "select account_id, identity, configuration_set, accepted_through, suppression from messages "
              "where api_message_id = ?1",
              api_message_id);
  if (!query.step()) return std::nullopt;
  return MessageFacts{api_message_id,
                      {query.text(0), query.text(1), query.optional_text(2)},
                      query.text(3),
                      suppression_reasons(query, 4)};
}

}  // namespace

StoreResult<Enqueued> insert_message(Database& db, ContentFiles& files, const NewMessage& message,
                                     std::string_view content, MetricTally& tally) {
  const std::size_t queued = count_queued(message);
  Query(db,
        "insert into messages (api_message_id, account_id, identity, author_address, subject, feedback_address, "
        "configuration_set, tags, accepted_through, source_ip, reverse_path, needs_eightbitmime, needs_smtputf8, "
        "accepted, expires, unfinished, operation, caller, tls_policy, suppression, header_section_cut, "
        "header_section) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, "
        "?20, ?21, ?22) on conflict do nothing",
        message.api_message_id, message.account_id, message.identity, message.author_address, message.subject,
        message.feedback_address, message.configuration_set, tags_to_json(message.tags), message.accepted_through,
        message.source_ip, message.envelope.reverse_path, message.needs_eightbitmime, message.needs_smtputf8,
        message.accepted, message.expires, queued, message.operation, message.caller, code_of(message.tls_policy),
        code_of(message.suppression), message.header_section_cut, message.header_section)
      .run();
  if (db.changes() == 0) {
    return already_exists("message " + message.api_message_id);
  }
  Enqueued enqueued{.queue_id = db.last_insert_id()};
  if (queued > 0) enqueued.content = contents::put(db, files, enqueued.queue_id, content);
  enqueued.first_recipient = insert_recipients(db, enqueued.queue_id, message);
  count_accepted(db, message, tally);
  return enqueued;
}

std::vector<DueRecipient> due_recipients(const NewMessage& message, const Enqueued& enqueued) {
  std::vector<DueRecipient> due;
  RecipientId next = enqueued.first_recipient;
  for (const std::string& forward_path : message.envelope.recipients) {
    const RecipientId recipient_id = next++;
    if (!is_to_be_tried(message, forward_path)) continue;
    due.push_back({.recipient_id = recipient_id,
                   .queue_id = enqueued.queue_id,
                   .api_message_id = message.api_message_id,
                   .account_id = message.account_id,
                   .identity = message.identity,
                   .configuration_set = message.configuration_set,
                   .reverse_path = message.envelope.reverse_path,
                   .forward_path = forward_path,
                   .accepted = message.accepted,
                   .expires = message.expires,
                   .needs_eightbitmime = message.needs_eightbitmime,
                   .needs_smtputf8 = message.needs_smtputf8,
                   .tls_policy = message.tls_policy,
                   .priority = message.priority});
  }
  return due;
}

void insert_events(Database& db, const std::vector<Event>& events, MetricTally& tally) {
  std::optional<MessageFacts> facts;  // of the last event that needed them: mostly they are about one message
  for (const Event& event : events) {
    Query(
        db,
        "insert into events (account_id, api_message_id, kind, at, recipient, detail) values (?1, ?2, ?3, ?4, ?5, ?6)",
        event.account_id, event.api_message_id, code_of(event.kind), event.at, event.recipient, event.detail)
        .run();
    if (!event.counts && !event.suppresses) continue;
    const std::int64_t sequence = db.last_insert_id();
    if (!facts || facts->api_message_id != event.api_message_id) facts = read_facts(db, event.api_message_id);
    // Of notices nothing is counted and nobody is suppressed: the account did not send them.
    if (!facts || facts->accepted_through == accepted_through_service) continue;
    if (event.counts) tally.add(facts->counted, event.recipient, *event.counts, event.at);
    if (event.suppresses && !event.recipient.empty() && facts->suppression.has(*event.suppresses)) {
      put_suppressed_row(db, {.account_id = facts->counted.account_id,
                              .address = event.recipient,
                              .reason = *event.suppresses,
                              .updated = event.at,
                              .api_message_id = event.api_message_id,
                              .event_sequence = sequence});
    }
  }
}

Event read_event(Query& row) {
  return {.sequence = row.integer(0),
          .account_id = row.text(1),
          .api_message_id = row.text(2),
          .kind = event_kind(row, 3),
          .at = row.time(4),
          .recipient = row.text(5),
          .detail = row.text(6)};
}

AppliedOutcome apply_outcome(Database& db, const RecipientOutcome& outcome) {
  const bool is_final = outcome.state != RecipientState::queued;
  std::optional<Time> next_attempt;
  if (!is_final) next_attempt = outcome.next_attempt;
  QueueId queue_id = 0;
  std::int64_t number = 0;
  {
    Query query(db,
                "update recipients set state = ?2, next_attempt = ?3, attempts = attempts + 1 "
                "where recipient_id = ?1 and state = 0 returning queue_id, attempts",
                outcome.recipient_id, code_of(outcome.state), next_attempt);
    if (!query.step()) return {};
    queue_id = query.integer(0);
    number = query.integer(1);
    query.run();
  }
  insert_attempt(db, outcome.recipient_id, number, outcome.attempt);
  if (!is_final) return {.applied = true};
  Query query(db, "update messages set unfinished = unfinished - 1 where queue_id = ?1 returning unfinished", queue_id);
  const bool is_last = query.step() && query.integer(0) == 0;
  query.run();
  if (!is_last) return {.applied = true};
  return {.applied = true, .finished = Finished{queue_id, contents::erase(db, queue_id)}};
}

std::optional<DueRecipient> read_due_recipient(Database& db, RecipientId recipient_id) {
  Query query(
      db,
      "select r.queue_id, m.api_message_id, m.account_id, m.reverse_path, r.forward_path, r.attempts, m.accepted, "
      "m.expires, m.needs_eightbitmime, m.needs_smtputf8, m.tls_policy, m.identity, m.configuration_set, r.priority "
      "from recipients r join messages m using (queue_id) where r.recipient_id = ?1 and r.state = 0",
      recipient_id);
  if (!query.step()) return std::nullopt;
  return DueRecipient{.recipient_id = recipient_id,
                      .queue_id = query.integer(0),
                      .api_message_id = query.text(1),
                      .account_id = query.text(2),
                      .identity = query.text(11),
                      .configuration_set = query.optional_text(12),
                      .reverse_path = query.text(3),
                      .forward_path = query.text(4),
                      .attempts = static_cast<std::uint32_t>(query.integer(5)),
                      .accepted = query.time(6),
                      .expires = query.time(7),
                      .needs_eightbitmime = query.boolean(8),
                      .needs_smtputf8 = query.boolean(9),
                      .tls_policy = tls_policy(query, 10),
                      .priority = priority(query, 13)};
}

std::optional<MessageRecord> read_message(Database& db, QueueId queue_id) {
  Query query(db,
              "select api_message_id, account_id, identity, author_address, subject, feedback_address, "
              "configuration_set, tags, accepted_through, source_ip, reverse_path, needs_eightbitmime, needs_smtputf8, "
              "accepted, expires, unfinished, operation, caller, tls_policy, suppression, header_section_cut, "
              "header_section from messages where queue_id = ?1",
              queue_id);
  if (!query.step()) return std::nullopt;
  MessageRecord record{.queue_id = queue_id};
  NewMessage& message = record.message;
  message.api_message_id = query.text(0);
  message.account_id = query.text(1);
  message.identity = query.text(2);
  message.author_address = query.text(3);
  message.subject = query.text(4);
  message.feedback_address = query.text(5);
  message.configuration_set = query.optional_text(6);
  message.tags = read_tags(fmt::format("message {}", queue_id), query.text(7));
  message.accepted_through = query.text(8);
  message.source_ip = query.text(9);
  message.envelope.reverse_path = query.text(10);
  message.needs_eightbitmime = query.boolean(11);
  message.needs_smtputf8 = query.boolean(12);
  message.accepted = query.time(13);
  message.expires = query.time(14);
  record.finished = query.integer(15) == 0;
  message.operation = query.text(16);
  message.caller = query.text(17);
  message.tls_policy = tls_policy(query, 18);
  message.suppression = suppression_reasons(query, 19);
  message.header_section_cut = query.boolean(20);
  message.header_section = query.text(21);
  read_recipients(db, record);
  return record;
}

void remove_message(Database& db, QueueId queue_id, const std::string& api_message_id) {
  Query(db, "delete from attempts where recipient_id in (select recipient_id from recipients where queue_id = ?1)",
        queue_id)
      .run();
  Query(db, "delete from recipients where queue_id = ?1", queue_id).run();
  Query(db, "delete from events where api_message_id = ?1", api_message_id).run();
  Query(db, "delete from messages where queue_id = ?1", queue_id).run();
}

}  // namespace sesame::store::sqlite
