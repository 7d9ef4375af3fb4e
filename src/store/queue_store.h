// store/queue_store.h: accepted messages until every recipient has an outcome, and what happened to them.
//
// docs/queue.md holds the state table. Delivery state is per recipient. A crash may duplicate a message, never lose
// one: enqueue() returns after the commit, an outcome is recorded after the peer's reply. Leases live in the engine (in
// memory for one process: whatever is unfinished at start is due).
//
// Implementations are thread-safe; reads see every write that has returned. Every operation may also fail with full
// (too many wait, or the disk is full), unavailable or corrupt; the errors named at an operation are its own. No
// operation may be under way when the store is destroyed.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "store/configuration_record.h"
#include "store/error.h"
#include "store/waiting.h"

namespace sesame::store {

using QueueId = std::int64_t;      // a message in the queue
using RecipientId = std::int64_t;  // one recipient of one message

struct Envelope {
  std::string reverse_path;             // "" is <>
  std::vector<std::string> recipients;  // forward-paths, at least one
};

enum class RecipientState {
  queued,        // to be tried at next_attempt
  delivered,     // the peer answered 2yz after the final dot
  bounced,       // permanent failure in session, or given up
  expired,       // transient failures until the message's time was over
  suppressed,    // on the account's suppression list when the message was accepted; never tried
  not_rendered,  // the message's template could not be rendered; never tried
  rejected       // malware was found in the message; never tried
};

// What keeps a message from everybody: it is recorded with its recipients, but nobody is tried.
enum class Withheld {
  no,
  not_rendered,  // its template could not be rendered; none counts as sent
  rejected       // malware was found in it; each counts as sent and as rejected
};

// Who goes first where many wait: mail that somebody is waiting for (a password reset) before the rest.
enum class Priority { ordinary, transactional };

// NewMessage::accepted_through of the notices the service itself sends to an account's people.
inline constexpr std::string_view accepted_through_service = "service";

struct NewMessage {
  std::string api_message_id;
  std::string account_id;
  std::string identity;        // the identity that governed the From address
  std::string author_address;  // the From header's first address
  std::string subject;
  std::string feedback_address;  // where bounces are forwarded to (spec 3.2); may be empty
  std::optional<std::string> configuration_set;
  std::vector<std::pair<std::string, std::string>> tags;
  std::string accepted_through;  // "ses_v2", "ses_v1", "smtp", or accepted_through_service
  std::string operation;         // "SendEmail", "SendRawEmail", ...: the call, as the tag ses:operation names it
  std::string caller;            // access key id
  std::string source_ip;
  // The header section as it goes on the wire, CRLF line ends, for those who are told of events and get reports. Kept
  // with the message when its content is gone. Empty for the service's own mail.
  std::string header_section;
  bool header_section_cut = false;  // it was longer than max_header_section_octets
  Envelope envelope;
  // Those of the recipients that are not to be written to: recorded, but never tried. Whoever SuppressionCheck finds is
  // added when the message is enqueued.
  std::vector<std::string> suppressed;
  Withheld withheld = Withheld::no;
  // The reasons that were on when the message was accepted: what comes back suppresses by them (Event::suppresses).
  SuppressionReasons suppression;
  std::string content;  // octets as they go on the wire, CRLF line ends, before dot-stuffing
  bool needs_eightbitmime = false, needs_smtputf8 = false;
  TlsPolicy tls_policy = TlsPolicy::optional;
  Priority priority = Priority::ordinary;
  Time accepted{};
  Time expires{};  // accepted + max_delivery_seconds
};
inline constexpr std::size_t max_header_section_octets = 10 * 1024;  // spec 3.4

// One recipient due for an attempt. The content is fetched separately (content()).
struct DueRecipient {
  RecipientId recipient_id = 0;
  QueueId queue_id = 0;
  std::string api_message_id;
  std::string account_id;
  std::string identity;
  std::optional<std::string> configuration_set;
  std::string reverse_path;
  std::string forward_path;
  std::uint32_t attempts = 0;
  Time accepted{}, expires{};
  bool needs_eightbitmime = false, needs_smtputf8 = false;
  TlsPolicy tls_policy = TlsPolicy::optional;
  Priority priority = Priority::ordinary;

  friend bool operator==(const DueRecipient&, const DueRecipient&) = default;
};

// One try at delivering to one recipient, as it will be shown to the sender.
struct Attempt {
  Time at{};
  std::string remote_host;  // MX host name
  std::string remote_ip;
  std::string source_ip;
  std::string tls;               // "TLSv1.3", or empty
  std::uint16_t reply_code = 0;  // 0: no reply (network failure; text says what)
  std::string enhanced_status;   // "5.1.1", given or derived; may be empty
  std::string text;              // the reply's text, one line
};

struct RecipientOutcome {
  RecipientId recipient_id = 0;
  RecipientState state = RecipientState::queued;  // queued: deferred until next_attempt
  Time next_attempt{};                            // only when queued
  Attempt attempt;
};

// What happened to a message, in order. Durable before it is told to anyone.
struct Event {
  std::int64_t sequence = 0;  // set by the store; strictly increasing
  std::string account_id;
  std::string api_message_id;
  EventKind kind = EventKind::send;
  Time at{};
  std::string recipient;  // empty when it concerns the whole message
  std::string detail;     // JSON object; shape per kind in docs/events.md

  // What the store does in the same commit; not kept with the event.
  // Adds one to the counters of the message's account, identity, configuration set and the recipient's domain. Metric::
  // send and Metric::reject need no event: they are counted by enqueue().
  std::optional<Metric> counts = {};
  // Puts the recipient on the account's suppression list, if that reason is on for the message
  // (NewMessage::suppression) and the recipient is named. Whether the cause is the address, and not ours, is for the
  // maker of the event to say.
  std::optional<SuppressionReason> suppresses = {};
};

struct RecipientRecord {
  RecipientId recipient_id = 0;
  std::string forward_path;
  RecipientState state = RecipientState::queued;
  Time next_attempt{};  // only while queued
  std::uint32_t attempt_count = 0;
  std::vector<Attempt> attempts;  // the newest 20, oldest of them first
};

struct MessageRecord {
  QueueId queue_id = 0;
  NewMessage message;  // content left empty; envelope.recipients in order
  std::vector<RecipientRecord> recipients;
  bool finished = false;  // every recipient has an outcome; the content is gone
};

struct MessageFilter {
  std::string account_id;
  std::optional<std::string> recipient;  // exact forward-path
  std::optional<RecipientState> state;
  std::optional<QueueId> before;  // page backwards: newest first
  std::size_t limit = 50;         // at most 1000
};

struct SuppressionFilter {
  std::string account_id;
  std::vector<SuppressionReason> reasons;  // empty: any
  std::optional<Time> since, until;        // of `updated`; since <= updated < until
  std::string after;                       // the last address of the page before, "" at the start
  std::size_t limit = 100;                 // at most 1000
};
struct SuppressionPage {
  std::vector<SuppressedDestination> destinations;  // ordered by address
  std::optional<std::string> next_after;            // unset at the end
};

// The octets of a message, shared by whoever is sending them.
using Contents = std::shared_ptr<const std::string>;

// Which recipients the account's suppression list keeps a message from: those listed for one of `reasons` when the
// message is committed. Each is told of by the event that `event_of` makes, from any thread and without blocking; a
// recipient it has no event for is written to all the same.
struct SuppressionCheck {
  SuppressionReasons reasons = {.bounce = false, .complaint = false};
  std::function<std::optional<Event>(const std::string& recipient, SuppressionReason reason)> event_of;
};

// Takes over recipients that were committed a moment ago, so that a first attempt asks the store for nothing. True:
// they are leased to who took them. False: lease_due() will find them. Called on a thread of the store for all of a
// commit at once: it must be quick and must not wait for the store. It may be called until set_take_over() has
// returned.
using TakeOver = std::function<bool(std::vector<DueRecipient> committed)>;

class QueueStore {
 public:
  virtual ~QueueStore() = default;

  virtual void set_take_over(TakeOver take_over) = 0;  // empty: nobody

  // Message, recipients and events in one commit: those given and those of `check`. Every recipient is due at
  // `accepted`, but for the suppressed ones and those of a withheld message, which have their outcome at once; when
  // all have, there is nothing to deliver and no content is kept. already_exists: the api_message_id has been used.
  virtual StoreTask<QueueId> enqueue(NewMessage message, std::vector<Event> events, SuppressionCheck check) = 0;
  StoreTask<QueueId> enqueue(NewMessage message, std::vector<Event> events) {
    return enqueue(std::move(message), std::move(events), {});
  }

  // Recipients with next_attempt <= now that nobody holds, the earliest first; they are leased to the caller until an
  // outcome is recorded or release() is called. The cost follows `limit`, not the length of the queue.
  virtual StoreTask<std::vector<DueRecipient>> lease_due(Time now, std::size_t limit) = 0;
  virtual StoreTask<void> release(std::vector<RecipientId> recipients) = 0;
  // Reads recipients again that the caller holds a lease for, in the order given. Those that are not queued any more
  // are left out, and their leases end.
  virtual StoreTask<std::vector<DueRecipient>> read_leased(std::vector<RecipientId> recipients) = 0;
  // When the next unleased recipient becomes due; nullopt if none is waiting.
  virtual StoreTask<std::optional<Time>> next_due() = 0;
  virtual StoreTask<Contents> content(QueueId queue_id) = 0;  // never null; not_found once finished

  // One commit for many outcomes and their events. The content of a message goes with its last outcome. An outcome for
  // a recipient that already has one is ignored, and with it the events given for the same message and recipient. The
  // leases end with the commit; on an error they stay, and the caller tries again or releases.
  virtual StoreTask<void> record_outcomes(std::vector<RecipientOutcome> outcomes, std::vector<Event> events) = 0;
  virtual StoreTask<void> append_events(std::vector<Event> events) = 0;
  // Makes recipients due now, or gives them up as bounced (an attempt with `reason` as its text tells why); only those
  // still queued, also while they are leased. Returns how many. The events are dropped when it is none.
  virtual StoreTask<std::size_t> retry_now(QueueId queue_id, Time now) = 0;
  virtual StoreTask<std::size_t> drop(QueueId queue_id, Time now, std::string reason, std::vector<Event> events) = 0;

  // not_found also for another account's message.
  virtual StoreTask<MessageRecord> find_message(std::string account_id, std::string api_message_id) = 0;
  // For the feedback door, which knows only the id of a genuine return path.
  virtual StoreTask<MessageRecord> find_message_any_account(std::string api_message_id) = 0;
  virtual StoreTask<std::vector<MessageRecord>> list_messages(MessageFilter filter) = 0;
  // In order of sequence.
  virtual StoreTask<std::vector<Event>> events_of(std::string api_message_id) = 0;
  virtual StoreTask<std::vector<Event>> events_after(std::string account_id, std::int64_t sequence,
                                                     std::size_t limit) = 0;
  virtual StoreTask<std::int64_t> last_event_sequence() = 0;  // 0 before the first

  struct Depth {
    std::uint64_t recipients_queued = 0, messages_unfinished = 0;
    std::optional<Time> oldest_accepted;
  };
  virtual StoreTask<Depth> depth() = 0;
  virtual WaitingOperations waiting() const = 0;  // thread-safe
  // Recipients accepted for the account since `since` (rolling quota; counted by the minute, the minute of `since`
  // whole), but not those of the service's own notices: the account did not send them. Good for the last 24 hours:
  // older counts go when messages are forgotten.
  virtual StoreTask<std::uint64_t> recipients_since(std::string account_id, Time since) = 0;
  // Forgets finished messages and their events accepted before `before`; bounded work per call, returns how many.
  virtual StoreTask<std::size_t> forget_finished(Time before, std::size_t limit) = 0;

  // The account's suppression list. Addresses are taken in the form of suppression_key(). Inserts or replaces.
  virtual StoreTask<void> put_suppressed(std::vector<SuppressedDestination> destinations) = 0;
  virtual StoreTask<SuppressedDestination> find_suppressed(std::string account_id,
                                                           std::string address) = 0;  // not_found
  virtual StoreTask<SuppressionPage> list_suppressed(SuppressionFilter filter) = 0;
  virtual StoreTask<void> delete_suppressed(std::string account_id, std::string address) = 0;  // not_found

  // Recipients accepted for the account in each minute since `since`, the oldest first; as recipients_since() counts.
  virtual StoreTask<std::vector<std::pair<Time, std::uint64_t>>> recipients_by_minute(std::string account_id,
                                                                                      Time since) = 0;
  // Counters of the intervals since the one `since` lies in, by time and then name; all names if `name` is unset. At
  // most `limit`.
  virtual StoreTask<std::vector<MetricPoint>> metrics(std::string account_id, MetricDimension dimension,
                                                      std::optional<std::string> name, Time since,
                                                      std::size_t limit) = 0;
  // Forgets counters of intervals that began before `before`; bounded work per call, returns how many.
  virtual StoreTask<std::size_t> forget_metrics(Time before, std::size_t limit) = 0;
};

}  // namespace sesame::store
