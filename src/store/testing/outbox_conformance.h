// store/testing/outbox_conformance.h: what is to be told to whom, as every engine must keep it.
#pragma once

#include <gmock/gmock.h>

#include "store/testing/conformance.h"
#include "store/testing/sample_records.h"

namespace sesame::store {

template <class Harness>
class OutboxConformance : public Conformance<Harness> {
 protected:
  static constexpr const char* account = "111122223333";
  static Time at(std::int64_t ms) { return from_unix_ms(1767225600000 + ms); }

  static OutboxEntry entry(std::string destination, std::string order_key, std::int64_t due_ms = 0,
                           std::int64_t event_sequence = 0) {
    OutboxEntry made;
    made.kind = OutboxKind::configuration_event;
    made.account_id = account;
    made.destination = std::move(destination);
    made.order_key = std::move(order_key);
    made.event_sequence = event_sequence;
    made.topic_arn = "arn:topic";
    made.payload = R"({"x":"\u00fc"})";
    made.created = made.next_attempt = at(due_ms);
    return made;
  }
  void add(std::vector<OutboxEntry> entries) { this->get(this->outbox().add(std::move(entries), std::nullopt)); }
  std::vector<ReadyEntry> ready(const std::string& destination, std::int64_t now_ms = 1000, std::size_t limit = 100) {
    return this->get(this->outbox().ready(destination, at(now_ms), limit));
  }
  std::vector<std::string> keys(const std::vector<ReadyEntry>& list) {
    std::vector<std::string> found;
    for (const ReadyEntry& one : list) found.push_back(one.entry.order_key);
    return found;
  }
  void settle(const ReadyEntry& one, OutboxOutcome::Result result, std::int64_t next_ms = 0) {
    this->get(this->outbox().settle(
        {OutboxOutcome{.entry_id = one.entry.entry_id, .result = result, .next_attempt = at(next_ms), .error = "no"}}));
  }
};

using OutboxResult = OutboxOutcome::Result;
using testing::ElementsAre;
using testing::IsEmpty;

TYPED_TEST_SUITE_P(OutboxConformance);

TYPED_TEST_P(OutboxConformance, EventsComeWithWhatTheirMessageSays) {
  this->get(
      this->queue().enqueue(sample_message("0100-a", {"b@example.net"}), {sample_event("0100-a", EventKind::send)}));
  this->get(this->queue().append_events({sample_event("0100-unknown", EventKind::bounce, "b@example.net")}));
  const auto events = this->get(this->outbox().events_to_publish(0, 10));
  ASSERT_EQ(events.size(), 2u);
  EXPECT_TRUE(events[0].message_known);
  EXPECT_EQ(events[0].identity, "example.com");
  EXPECT_EQ(events[0].configuration_set, "set");
  EXPECT_EQ(events[0].accepted_through, "ses_v2");
  EXPECT_FALSE(events[1].message_known);
  EXPECT_EQ(events[1].event.kind, EventKind::bounce);
  EXPECT_EQ(this->get(this->outbox().events_to_publish(events[0].event.sequence, 10)).size(), 1u);
  EXPECT_EQ(this->get(this->outbox().events_to_publish(0, 1)).size(), 1u);
}

TYPED_TEST_P(OutboxConformance, PlaceReachedIsOneCommitWithTheEntriesAndNeverGoesBack) {
  EXPECT_EQ(this->get(this->outbox().published_through()), 0);
  this->get(this->outbox().add({this->entry("d", "k")}, 7));
  this->get(this->outbox().add({}, 3));
  this->reopen();
  EXPECT_EQ(this->get(this->outbox().published_through()), 7);
  EXPECT_EQ(this->ready("d").size(), 1u);
}

TYPED_TEST_P(OutboxConformance, EntryComesBackWithItsEvent) {
  this->get(this->queue().append_events({sample_event("0100-a", EventKind::bounce, "b@example.net")}));
  const std::int64_t sequence = this->get(this->queue().last_event_sequence());
  this->add({this->entry("d", "k1", 5, sequence), this->entry("d", "k2", 6, sequence + 100)});
  const auto found = this->ready("d");
  ASSERT_EQ(found.size(), 2u);
  const OutboxEntry& entry = found[0].entry;
  EXPECT_EQ(entry.kind, OutboxKind::configuration_event);
  EXPECT_EQ(entry.account_id, this->account);
  EXPECT_EQ(entry.topic_arn, "arn:topic");
  EXPECT_EQ(entry.payload, R"({"x":"\u00fc"})");
  EXPECT_EQ(entry.created, this->at(5));
  EXPECT_EQ(entry.attempts, 0u);
  ASSERT_TRUE(found[0].event);
  EXPECT_EQ(found[0].event.value().recipient, "b@example.net");
  EXPECT_FALSE(found[1].event);
}

TYPED_TEST_P(OutboxConformance, OnlyTheOldestOfAnOrderKeyIsReady) {
  this->add({this->entry("d", "one"), this->entry("d", "one"), this->entry("d", "two"), this->entry("e", "one")});
  auto found = this->ready("d");
  EXPECT_THAT(this->keys(found), ElementsAre("one", "two"));
  this->settle(found[0], OutboxResult::deferred, 5000);
  EXPECT_THAT(this->keys(this->ready("d")), ElementsAre("two"));
  const auto later = this->ready("d", 5000);
  EXPECT_THAT(this->keys(later), ElementsAre("two", "one"));
  EXPECT_EQ(later[1].entry.entry_id, found[0].entry.entry_id);
  EXPECT_EQ(later[1].entry.attempts, 1u);
  EXPECT_EQ(later[1].entry.last_error, "no");
  this->settle(later[1], OutboxResult::taken);
  EXPECT_THAT(this->keys(this->ready("d")), ElementsAre("one", "two"));
}

TYPED_TEST_P(OutboxConformance, DeadEntriesStandInNobodysWayAndCanBeRevived) {
  this->add({this->entry("d", "one"), this->entry("d", "one")});
  const auto first = this->ready("d");
  this->settle(first[0], OutboxResult::dead);
  EXPECT_EQ(this->ready("d").size(), 1u);
  const auto dead = this->get(this->outbox().dead_entries(this->account, "d", 0, 10));
  ASSERT_EQ(dead.size(), 1u);
  EXPECT_TRUE(dead[0].entry.dead);
  EXPECT_EQ(dead[0].entry.last_error, "no");
  EXPECT_THAT(this->get(this->outbox().dead_entries("999999999999", "d", 0, 10)), IsEmpty());
  EXPECT_THAT(this->get(this->outbox().dead_entries(this->account, "d", dead[0].entry.entry_id, 10)), IsEmpty());
  EXPECT_EQ(this->get(this->outbox().outbox_depth()).dead, 1u);
  EXPECT_EQ(this->get(this->outbox().revive("999999999999", "d", this->at(9))), 0u);
  EXPECT_EQ(this->get(this->outbox().revive(this->account, "d", this->at(9))), 1u);
  EXPECT_EQ(this->get(this->outbox().outbox_depth()).pending, 2u);
  EXPECT_EQ(this->ready("d")[0].entry.entry_id, dead[0].entry.entry_id);
}

TYPED_TEST_P(OutboxConformance, WaitingDestinationsAreEachNamedOnce) {
  EXPECT_THAT(this->get(this->outbox().waiting_destinations()), IsEmpty());
  this->add({this->entry("b", "1", 30), this->entry("a", "1", 20), this->entry("b", "2", 10), this->entry("c", "1")});
  this->settle(this->ready("c")[0], OutboxResult::dead);
  const auto waiting = this->get(this->outbox().waiting_destinations());
  ASSERT_EQ(waiting.size(), 2u);
  EXPECT_EQ(waiting[0].destination, "a");
  EXPECT_EQ(waiting[1].destination, "b");
  EXPECT_EQ(waiting[1].next_attempt, this->at(10));
}

TYPED_TEST_P(OutboxConformance, WhatIsNotDueIsNotReady) {
  this->add({this->entry("d", "late", 50), this->entry("d", "early", 10)});
  EXPECT_THAT(this->keys(this->ready("d", 49)), ElementsAre("early"));
  EXPECT_THAT(this->keys(this->ready("d", 50)), ElementsAre("early", "late"));
  EXPECT_THAT(this->keys(this->ready("d", 50, 1)), ElementsAre("early"));
}

TYPED_TEST_P(OutboxConformance, OldEntriesAreGivenUpAndForgotten) {
  this->add({this->entry("d", "old", 10), this->entry("d", "new", 20), this->entry("e", "old", 10)});
  EXPECT_EQ(this->get(this->outbox().give_up("d", this->at(20), "too late")), 1u);
  EXPECT_THAT(this->keys(this->ready("d")), ElementsAre("new"));
  EXPECT_EQ(this->get(this->outbox().dead_entries(this->account, "d", 0, 10))[0].entry.last_error, "too late");
  EXPECT_EQ(this->get(this->outbox().forget_dead(this->at(10))), 0u);
  EXPECT_EQ(this->get(this->outbox().forget_dead(this->at(11))), 1u);
  EXPECT_EQ(this->get(this->outbox().outbox_depth()).dead, 0u);
}

TYPED_TEST_P(OutboxConformance, DestinationThatHasGoneIsEmptied) {
  this->add({this->entry("d", "1"), this->entry("d", "2"), this->entry("e", "1")});
  this->settle(this->ready("d")[0], OutboxResult::dead);
  EXPECT_EQ(this->get(this->outbox().discard("d")), 2u);
  EXPECT_EQ(this->get(this->outbox().discard("d")), 0u);
  EXPECT_EQ(this->get(this->outbox().outbox_depth()).pending, 1u);
}

TYPED_TEST_P(OutboxConformance, StateOfADestinationIsToldToItsAccount) {
  this->add({this->entry("d", "1", 10), this->entry("d", "2", 20), this->entry("d", "3", 30), this->entry("e", "1")});
  this->settle(this->ready("d")[0], OutboxResult::deferred, 100);
  this->settle(this->ready("d", 50)[0], OutboxResult::dead);
  const auto states = this->get(this->outbox().destination_states(this->account, 10));
  ASSERT_EQ(states.size(), 2u);
  EXPECT_EQ(states[0].destination, "d");
  EXPECT_EQ(states[0].pending, 2u);
  EXPECT_EQ(states[0].dead, 1u);
  EXPECT_EQ(states[0].oldest_pending, this->at(10));
  EXPECT_EQ(states[0].attempts, 1u);
  EXPECT_EQ(states[0].last_error, "no");
  EXPECT_EQ(states[1].last_error, "");
  EXPECT_THAT(this->get(this->outbox().destination_states("999999999999", 10)), IsEmpty());
}

REGISTER_TYPED_TEST_SUITE_P(OutboxConformance, EventsComeWithWhatTheirMessageSays,
                            PlaceReachedIsOneCommitWithTheEntriesAndNeverGoesBack, EntryComesBackWithItsEvent,
                            OnlyTheOldestOfAnOrderKeyIsReady, DeadEntriesStandInNobodysWayAndCanBeRevived,
                            WaitingDestinationsAreEachNamedOnce, WhatIsNotDueIsNotReady,
                            OldEntriesAreGivenUpAndForgotten, DestinationThatHasGoneIsEmptied,
                            StateOfADestinationIsToldToItsAccount);

}  // namespace sesame::store
