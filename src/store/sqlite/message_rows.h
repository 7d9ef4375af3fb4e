// sqlite/message_rows.h: messages, recipients, attempts and events as rows of queue.db. Called on database threads with
// a connection; each function is part of its caller's transaction.
#pragma once

#include <span>

#include "store/queue_store.h"
#include "store/sqlite/content_files.h"
#include "store/sqlite/database.h"
#include "store/sqlite/lease_table.h"
#include "store/sqlite/metric_rows.h"

namespace sesame::store::sqlite {

struct Enqueued {
  QueueId queue_id = 0;
  RecipientId first_recipient = 0;  // the others' follow, in the order of the envelope
  std::optional<ContentPlace> content;
};
// `content` instead of the message's own. What the caller has to count is added to `tally`. already_exists: the
// api_message_id has been used.
StoreResult<Enqueued> insert_message(Database& db, ContentFiles& files, const NewMessage& message,
                                     std::string_view content, MetricTally& tally);
// What read_due_recipient() would find of a message that has just been inserted.
std::vector<DueRecipient> due_recipients(const NewMessage& message, const Enqueued& enqueued);

// With whom they suppress. What they count is added to `tally`.
void insert_events(Database& db, const std::vector<Event>& events, MetricTally& tally);
Event read_event(Query& row);  // selects SESAME_EVENT_COLUMNS
#define SESAME_EVENT_COLUMNS "sequence, account_id, api_message_id, kind, at, recipient, detail"

// Gives one queued recipient its outcome (or its next attempt), records the attempt and frees the content with the last
// outcome.
struct Finished {
  QueueId queue_id = 0;
  std::optional<ContentPlace> content;
};
struct AppliedOutcome {
  bool applied = false;              // false: it is not queued any more and nothing was changed
  std::optional<Finished> finished;  // the message, if this was its last outcome
};
AppliedOutcome apply_outcome(Database& db, const RecipientOutcome& outcome);

// The wide row of a recipient that was found by its id; nullopt if it has gone.
std::optional<DueRecipient> read_due_recipient(Database& db, RecipientId recipient_id);

// The message with its recipients and their newest attempts.
std::optional<MessageRecord> read_message(Database& db, QueueId queue_id);

// Removes every row of a finished message.
void remove_message(Database& db, QueueId queue_id, const std::string& api_message_id);

}  // namespace sesame::store::sqlite
