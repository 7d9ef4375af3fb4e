#include "store/sqlite/message_rows.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "store/sqlite/codes.h"
#include "store/sqlite/contents.h"

namespace sesame::store::sqlite {
namespace {

namespace json = boost::json;
using Tags = std::vector<std::pair<std::string, std::string>>;

constexpr std::int64_t attempts_kept = 20;

std::string tags_to_json(const Tags& tags) {
  json::array array;
  for (const auto& [key, value] : tags) array.push_back(json::array{key, value});
  return json::serialize(array);
}

[[noreturn]] void refuse_tags(QueueId queue_id) {
  throw EngineFailure({StoreErrc::corrupt, fmt::format("message {}: tags are not pairs of text", queue_id)});
}

Tags read_tags(QueueId queue_id, const std::string& text) {
  json::error_code error;
  json::parse_options options;
  options.allow_invalid_utf8 = true;  // what was written comes back, octet for octet
  const json::value document = json::parse(text, error, {}, options);
  if (error || !document.is_array()) refuse_tags(queue_id);
  Tags tags;
  for (const json::value& pair : document.get_array()) {
    if (!pair.is_array() || pair.get_array().size() != 2) refuse_tags(queue_id);
    const json::value &key = pair.get_array()[0], &value = pair.get_array()[1];
    if (!key.is_string() || !value.is_string()) refuse_tags(queue_id);
    tags.emplace_back(std::string(key.get_string()), std::string(value.get_string()));
  }
  return tags;
}

void count_accepted(Database& db, const NewMessage& message) {
  if (message.accepted_through == accepted_through_service) return;  // not sent by the account
  const auto minute = std::chrono::floor<std::chrono::minutes>(message.accepted).time_since_epoch().count();
  Query(db,
        "insert into accepted_counts (account_id, minute, recipients) values (?1, ?2, ?3) "
        "on conflict do update set recipients = recipients + excluded.recipients",
        message.account_id, minute, message.envelope.recipients.size())
      .run();
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
    record.recipients.push_back(std::move(recipient));
  }
}

}  // namespace

StoreResult<Enqueued> insert_message(Database& db, const NewMessage& message) {
  Query(db,
        "insert into messages (api_message_id, account_id, identity, author_address, subject, feedback_address, "
        "configuration_set, tags, accepted_through, source_ip, reverse_path, needs_eightbitmime, needs_smtputf8, "
        "accepted, expires, unfinished) "
        "values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16) on conflict do nothing",
        message.api_message_id, message.account_id, message.identity, message.author_address, message.subject,
        message.feedback_address, message.configuration_set, tags_to_json(message.tags), message.accepted_through,
        message.source_ip, message.envelope.reverse_path, message.needs_eightbitmime, message.needs_smtputf8,
        message.accepted, message.expires, message.envelope.recipients.size())
      .run();
  if (db.changes() == 0) {
    return std::unexpected(StoreError{StoreErrc::already_exists, "message " + message.api_message_id});
  }
  Enqueued enqueued{.queue_id = db.last_insert_id()};
  contents::put(db, enqueued.queue_id, message.content);
  for (const std::string& forward_path : message.envelope.recipients) {
    Query(db,
          "insert into recipients (queue_id, forward_path, state, next_attempt, attempts) values (?1, ?2, ?3, ?4, 0)",
          enqueued.queue_id, forward_path, code_of_queued, message.accepted)
        .run();
    if (enqueued.first_recipient == 0) enqueued.first_recipient = db.last_insert_id();
  }
  count_accepted(db, message);
  return enqueued;
}

void insert_events(Database& db, const std::vector<Event>& events) {
  for (const Event& event : events) {
    Query(
        db,
        "insert into events (account_id, api_message_id, kind, at, recipient, detail) values (?1, ?2, ?3, ?4, ?5, ?6)",
        event.account_id, event.api_message_id, code_of(event.kind), event.at, event.recipient, event.detail)
        .run();
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

bool apply_outcome(Database& db, const RecipientOutcome& outcome) {
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
    if (!query.step()) return false;
    queue_id = query.integer(0);
    number = query.integer(1);
    query.run();
  }
  insert_attempt(db, outcome.recipient_id, number, outcome.attempt);
  if (!is_final) return true;
  Query query(db, "update messages set unfinished = unfinished - 1 where queue_id = ?1 returning unfinished", queue_id);
  const bool is_last = query.step() && query.integer(0) == 0;
  query.run();
  if (is_last) contents::erase(db, queue_id);
  return true;
}

std::optional<DueRecipient> read_due_recipient(Database& db, RecipientId recipient_id) {
  Query query(
      db,
      "select r.queue_id, m.api_message_id, m.account_id, m.reverse_path, r.forward_path, r.attempts, m.accepted, "
      "m.expires, m.needs_eightbitmime, m.needs_smtputf8 "
      "from recipients r join messages m using (queue_id) where r.recipient_id = ?1 and r.state = 0",
      recipient_id);
  if (!query.step()) return std::nullopt;
  return DueRecipient{.recipient_id = recipient_id,
                      .queue_id = query.integer(0),
                      .api_message_id = query.text(1),
                      .account_id = query.text(2),
                      .reverse_path = query.text(3),
                      .forward_path = query.text(4),
                      .attempts = static_cast<std::uint32_t>(query.integer(5)),
                      .accepted = query.time(6),
                      .expires = query.time(7),
                      .needs_eightbitmime = query.boolean(8),
                      .needs_smtputf8 = query.boolean(9)};
}

std::optional<MessageRecord> read_message(Database& db, QueueId queue_id) {
  Query query(db,
              "select api_message_id, account_id, identity, author_address, subject, feedback_address, "
              "configuration_set, tags, accepted_through, source_ip, reverse_path, needs_eightbitmime, needs_smtputf8, "
              "accepted, expires, unfinished from messages where queue_id = ?1",
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
  message.tags = read_tags(queue_id, query.text(7));
  message.accepted_through = query.text(8);
  message.source_ip = query.text(9);
  message.envelope.reverse_path = query.text(10);
  message.needs_eightbitmime = query.boolean(11);
  message.needs_smtputf8 = query.boolean(12);
  message.accepted = query.time(13);
  message.expires = query.time(14);
  record.finished = query.integer(15) == 0;
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
