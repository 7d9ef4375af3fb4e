// store/outbox.h: what is to be told to whom, until it has been taken.
//
// Part of queue.db, beside the events, so that "this event has been given out" and what it was given out as are one
// commit. An entry of an event is a few numbers: its body is made from the event and the message when it is sent.
// Implementations are thread-safe; errors as in store/queue_store.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "store/error.h"
#include "store/queue_store.h"

namespace sesame::store {

// How an entry becomes what is sent (publish/README.md).
enum class OutboxKind {
  identity_feedback,          // an event for the topic of an identity
  configuration_event,        // an event for a destination of a configuration set
  forwarded_feedback,         // an event for the person who sent the message, by mail
  topic_message,              // `payload` for a subscriber: Publish, and messages of the service to a topic
  subscription_confirmation,  // `payload` for somebody who is to confirm
};

struct OutboxEntry {
  std::int64_t entry_id = 0;  // set by the store; strictly increasing
  OutboxKind kind = OutboxKind::topic_message;
  std::string account_id;
  std::string destination;          // who gets it: entries of one destination share its fate
  std::string order_key;            // within a destination, entries of one key go out one after the other
  std::int64_t event_sequence = 0;  // 0: not about an event
  std::string topic_arn;            // "": none
  std::string payload;              // JSON; for those not about an event
  Time created{};
  Time next_attempt{};
  std::uint32_t attempts = 0;
  std::string last_error;
  bool dead = false;  // given up; kept to be seen
};

struct ReadyEntry {
  OutboxEntry entry;
  std::optional<Event> event;  // unset: not about an event, or the event has been forgotten
};

// What became of one attempt.
struct OutboxOutcome {
  enum class Result { taken, deferred, dead };
  std::int64_t entry_id = 0;
  Result result = Result::taken;
  Time next_attempt{};  // deferred
  std::string error;    // deferred, dead
};

// An event with what its message says about where it is to be told.
struct UnpublishedEvent {
  Event event;
  bool message_known = false;  // false: forgotten; what follows is empty
  std::string identity;
  std::optional<std::string> configuration_set;
  std::string accepted_through;
};

struct DueDestination {
  std::string destination;
  Time next_attempt{};  // of its first entry
};

struct DestinationState {
  std::string destination;
  std::uint64_t pending = 0, dead = 0;
  std::optional<Time> oldest_pending;
  std::uint32_t attempts = 0;  // the most any pending entry has had
  std::string last_error;      // of the entry that failed last, as far as any has
};

class Outbox {
 public:
  virtual ~Outbox() = default;

  // Events after `sequence`, in order, of all accounts.
  virtual StoreTask<std::vector<UnpublishedEvent>> events_to_publish(std::int64_t sequence, std::size_t limit) = 0;
  // The last event that has been given out, as told to add().
  virtual StoreTask<std::int64_t> published_through() = 0;
  // One commit. `published_through`, if given, never goes back.
  virtual StoreTask<void> add(std::vector<OutboxEntry> entries, std::optional<std::int64_t> published_through) = 0;

  // Every destination that has entries waiting, with the time of its first; dead ones do not wait.
  virtual StoreTask<std::vector<DueDestination>> waiting_destinations() = 0;
  // Entries of the destination that are due, the longest due first; of each order key the oldest that waits, only.
  virtual StoreTask<std::vector<ReadyEntry>> ready(std::string destination, Time now, std::size_t limit) = 0;
  // One commit for many. Entries that have gone are passed over.
  virtual StoreTask<void> settle(std::vector<OutboxOutcome> outcomes) = 0;
  // Gives up what has waited since before `created_before`. Bounded work; returns how many.
  virtual StoreTask<std::size_t> give_up(std::string destination, Time created_before, std::string error) = 0;
  // Removes what waits and what is dead: the destination has gone. Bounded work; returns how many.
  virtual StoreTask<std::size_t> discard(std::string destination) = 0;

  // Those of the account that have entries, in order of name; at most `limit`.
  virtual StoreTask<std::vector<DestinationState>> destination_states(std::string account_id, std::size_t limit) = 0;
  // Dead entries of the destination, the oldest first, from after `entry_id` on.
  virtual StoreTask<std::vector<ReadyEntry>> dead_entries(std::string account_id, std::string destination,
                                                          std::int64_t entry_id, std::size_t limit) = 0;
  // Makes dead entries due again, as if they were new. Bounded work; returns how many.
  virtual StoreTask<std::size_t> revive(std::string account_id, std::string destination, Time now) = 0;
  virtual StoreTask<std::size_t> forget_dead(Time created_before) = 0;  // bounded work; returns how many

  struct Depth {
    std::uint64_t pending = 0, dead = 0;
  };
  virtual StoreTask<Depth> outbox_depth() = 0;
};

}  // namespace sesame::store
