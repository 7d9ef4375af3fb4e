// store/testing/queue_history_conformance.h: finding messages, events and counts, as every engine must do it.
#pragma once

#include "store/testing/queue_conformance.h"

namespace sesame::store {

template <class Harness>
class QueueHistoryConformance : public QueueConformance<Harness> {
 protected:
  void finish(const std::string& api_message_id, RecipientState state = RecipientState::delivered) {
    for (const RecipientRecord& recipient : this->find(api_message_id).recipients) {
      this->record(this->outcome(recipient.recipient_id, state));
    }
  }
  std::vector<std::string> list(const MessageFilter& filter) {
    std::vector<std::string> found;
    for (const MessageRecord& record : this->get(this->queue().list_messages(filter))) {
      found.push_back(record.message.api_message_id);
    }
    return found;
  }
};

inline void expect_same(const NewMessage& found, const NewMessage& expected) {
  EXPECT_EQ(found.api_message_id, expected.api_message_id);
  EXPECT_EQ(found.account_id, expected.account_id);
  EXPECT_EQ(found.identity, expected.identity);
  EXPECT_EQ(found.author_address, expected.author_address);
  EXPECT_EQ(found.subject, expected.subject);
  EXPECT_EQ(found.feedback_address, expected.feedback_address);
  EXPECT_EQ(found.configuration_set, expected.configuration_set);
  EXPECT_EQ(found.tags, expected.tags);
  EXPECT_EQ(found.accepted_through, expected.accepted_through);
  EXPECT_EQ(found.operation, expected.operation);
  EXPECT_EQ(found.caller, expected.caller);
  EXPECT_EQ(found.source_ip, expected.source_ip);
  EXPECT_EQ(found.header_section, expected.header_section);
  EXPECT_EQ(found.header_section_cut, expected.header_section_cut);
  EXPECT_EQ(found.suppressed, expected.suppressed);
  EXPECT_EQ(found.suppression, expected.suppression);
  EXPECT_EQ(found.envelope.reverse_path, expected.envelope.reverse_path);
  EXPECT_EQ(found.envelope.recipients, expected.envelope.recipients);
  EXPECT_EQ(found.needs_eightbitmime, expected.needs_eightbitmime);
  EXPECT_EQ(found.needs_smtputf8, expected.needs_smtputf8);
  EXPECT_EQ(found.tls_policy, expected.tls_policy);
  EXPECT_EQ(found.accepted, expected.accepted);
  EXPECT_EQ(found.expires, expected.expires);
  EXPECT_EQ(found.content, "");
}

TYPED_TEST_SUITE_P(QueueHistoryConformance);

TYPED_TEST_P(QueueHistoryConformance, MessageComesBackWithEveryFieldButItsContent) {
  const NewMessage full = sample_message("m1", {"b@example.net", "a@example.net"});
  const QueueId queue_id = this->get(this->queue().enqueue(full, {}));
  NewMessage bare = sample_message("m2", {awkward_text()});
  bare.subject = awkward_text();
  bare.header_section = awkward_text();
  bare.header_section_cut = false;
  bare.suppressed = bare.envelope.recipients;
  bare.suppression = {.bounce = false, .complaint = false};
  bare.tls_policy = TlsPolicy::optional;
  bare.tags = {{awkward_text(), ""}};
  bare.configuration_set.reset();
  bare.envelope.reverse_path = "";
  bare.needs_eightbitmime = bare.needs_smtputf8 = false;
  this->get(this->queue().enqueue(bare, {}));
  const MessageRecord first = this->find("m1");
  EXPECT_EQ(first.queue_id, queue_id);
  EXPECT_FALSE(first.finished);
  expect_same(first.message, full);
  ASSERT_EQ(first.recipients.size(), 2u);
  EXPECT_EQ(first.recipients[0].forward_path, "b@example.net");
  EXPECT_EQ(first.recipients[0].next_attempt, full.accepted);
  EXPECT_TRUE(first.recipients[0].attempts.empty());
  expect_same(this->find("m2").message, bare);
}

TYPED_TEST_P(QueueHistoryConformance, AccountsDoNotSeeEachOthersMessages) {
  NewMessage theirs = sample_message("m1", {"a@example.net"});
  theirs.account_id = "444455556666";
  this->get(this->queue().enqueue(theirs, {}));
  EXPECT_EQ(this->failure(this->queue().find_message("111122223333", "m1")), StoreErrc::not_found);
  EXPECT_EQ(this->get(this->queue().find_message_any_account("m1")).message.account_id, "444455556666");
  EXPECT_EQ(this->failure(this->queue().find_message_any_account("m2")), StoreErrc::not_found);
  EXPECT_TRUE(this->list({.account_id = "111122223333"}).empty());
  EXPECT_TRUE(this->list({.account_id = "111122223333", .recipient = "a@example.net"}).empty());
  EXPECT_TRUE(this->list({.account_id = "111122223333", .state = RecipientState::queued}).empty());
}

TYPED_TEST_P(QueueHistoryConformance, MessagesAreListedNewestFirstInPages) {
  std::vector<QueueId> ids;
  for (const char* id : {"m1", "m2", "m3", "m4", "m5"}) ids.push_back(this->enqueue(id, {"a@example.net"}));
  EXPECT_EQ(this->list({.account_id = "111122223333", .limit = 2}), (Paths{"m5", "m4"}));
  EXPECT_EQ(this->list({.account_id = "111122223333", .before = ids[3], .limit = 2}), (Paths{"m3", "m2"}));
  EXPECT_EQ(this->list({.account_id = "111122223333", .before = ids[1]}), (Paths{"m1"}));
}

TYPED_TEST_P(QueueHistoryConformance, MessagesAreFoundByRecipientAndState) {
  const QueueId first = this->enqueue("m1", {"a@example.net", "b@example.net"});
  this->enqueue("m2", {"b@example.net"});
  this->enqueue("m3", {"a@example.net", "a@example.net"});
  this->finish("m2", RecipientState::bounced);
  const std::string account = "111122223333";
  EXPECT_EQ(this->list({.account_id = account, .recipient = "a@example.net"}), (Paths{"m3", "m1"}));
  EXPECT_EQ(this->list({.account_id = account, .recipient = "a@example.net", .limit = 1}), (Paths{"m3"}));
  EXPECT_EQ(this->list({.account_id = account, .recipient = "b@example.net", .before = first + 1}), (Paths{"m1"}));
  EXPECT_EQ(this->list({.account_id = account, .state = RecipientState::bounced}), (Paths{"m2"}));
  EXPECT_EQ(this->list({.account_id = account, .state = RecipientState::queued}), (Paths{"m3", "m1"}));
  EXPECT_EQ(this->list({.account_id = account, .recipient = "b@example.net", .state = RecipientState::queued}),
            (Paths{"m1"}));
  EXPECT_TRUE(this->list({.account_id = account, .recipient = "A@example.net"}).empty());
}

TYPED_TEST_P(QueueHistoryConformance, EventsComeBackInOrder) {
  EXPECT_EQ(this->get(this->queue().last_event_sequence()), 0);
  this->get(this->queue().enqueue(sample_message("m1", {"a@example.net"}), {sample_event("m1", EventKind::send)}));
  const EventKind kinds[] = {EventKind::delivery,    EventKind::delivery_delay, EventKind::bounce,
                             EventKind::complaint,   EventKind::auto_reply,     EventKind::reject,
                             EventKind::open,        EventKind::click,          EventKind::rendering_failure,
                             EventKind::subscription};
  for (const EventKind kind : kinds) {
    this->get(this->queue().append_events({sample_event("m1", kind, "a@example.net"), sample_event("m2", kind)}));
  }
  const auto events = this->get(this->queue().events_of("m1"));
  ASSERT_EQ(events.size(), 11u);
  EXPECT_EQ(events[0].kind, EventKind::send);
  for (std::size_t i = 1; i < events.size(); ++i) {
    EXPECT_EQ(events[i].kind, kinds[i - 1]);
    EXPECT_GT(events[i].sequence, events[i - 1].sequence);
  }
  EXPECT_EQ(events[1].account_id, "111122223333");
  EXPECT_EQ(events[1].api_message_id, "m1");
  EXPECT_EQ(events[1].at, from_unix_ms(77));
  EXPECT_EQ(events[1].recipient, "a@example.net");
  EXPECT_EQ(events[1].detail, R"({"reply":"250 2.0.0 ok"})");
}

TYPED_TEST_P(QueueHistoryConformance, EventsAreFollowedBySequence) {
  for (int i = 0; i < 5; ++i) {
    Event theirs = sample_event("other", EventKind::send);
    theirs.account_id = "444455556666";
    this->get(this->queue().append_events({sample_event("m" + std::to_string(i), EventKind::send), theirs}));
  }
  const auto first = this->get(this->queue().events_after("111122223333", 0, 3));
  ASSERT_EQ(first.size(), 3u);
  EXPECT_EQ(first[2].api_message_id, "m2");
  const auto rest = this->get(this->queue().events_after("111122223333", first[2].sequence, 9));
  ASSERT_EQ(rest.size(), 2u);
  EXPECT_EQ(rest[1].api_message_id, "m4");
  const std::int64_t last = this->get(this->queue().last_event_sequence());
  EXPECT_GE(last, rest[1].sequence);
  EXPECT_TRUE(this->get(this->queue().events_after("111122223333", last, 9)).empty());
}

TYPED_TEST_P(QueueHistoryConformance, DepthCountsWhatIsUnfinished) {
  const QueueStore::Depth empty = this->get(this->queue().depth());
  EXPECT_EQ(empty.recipients_queued, 0u);
  EXPECT_EQ(empty.messages_unfinished, 0u);
  EXPECT_EQ(empty.oldest_accepted, std::nullopt);
  this->enqueue("m1", {"a@example.net"}, 10);
  this->enqueue("m2", {"a@example.net", "b@example.net"}, 20);
  this->enqueue("m3", {"a@example.net"}, 30);
  this->finish("m1");
  const auto due = this->lease(100);
  this->record(this->outcome(due.at(0).recipient_id, RecipientState::delivered));
  const QueueStore::Depth depth = this->get(this->queue().depth());
  EXPECT_EQ(depth.recipients_queued, 2u);
  EXPECT_EQ(depth.messages_unfinished, 2u);
  EXPECT_EQ(depth.oldest_accepted, this->at(20));
}

TYPED_TEST_P(QueueHistoryConformance, AcceptedRecipientsAreCountedPerAccount) {
  const std::int64_t minute = 60000;
  this->enqueue("m1", {"a@example.net"}, 0);
  this->enqueue("m2", {"a@example.net", "b@example.net"}, 2 * minute);
  this->enqueue("m3", {"a@example.net"}, 2 * minute + 59999);
  NewMessage theirs = sample_message("m4", {"a@example.net"});
  theirs.account_id = "444455556666";
  this->get(this->queue().enqueue(theirs, {}));
  const auto since = [&](std::int64_t ms) {
    return this->get(this->queue().recipients_since("111122223333", this->at(ms)));
  };
  EXPECT_EQ(since(-minute), 4u);
  EXPECT_EQ(since(minute), 3u);
  EXPECT_EQ(since(2 * minute), 3u);
  EXPECT_EQ(since(3 * minute), 0u);
  this->finish("m1");
  EXPECT_EQ(since(-minute), 4u);
}

TYPED_TEST_P(QueueHistoryConformance, OwnNoticesOfTheServiceAreNotCounted) {
  NewMessage notice = sample_message("m1", {"a@example.net", "b@example.net"});
  notice.accepted_through = accepted_through_service;
  this->get(this->queue().enqueue(notice, {}));
  this->enqueue("m2", {"a@example.net"});
  EXPECT_EQ(this->get(this->queue().recipients_since("111122223333", this->at(0))), 1u);
  EXPECT_EQ(this->get(this->queue().depth()).recipients_queued, 3u);
}

TYPED_TEST_P(QueueHistoryConformance, FinishedMessagesAreForgottenOldestFirst) {
  for (int i = 1; i <= 5; ++i) {
    const std::string id = "m" + std::to_string(i);
    this->get(this->queue().enqueue(sample_message(id, {"a@example.net"}, this->start_ms + i),
                                    {sample_event(id, EventKind::send)}));
    if (i != 2) this->finish(id);
  }
  EXPECT_EQ(this->get(this->queue().forget_finished(this->at(5), 2)), 2u);  // m1, m3; m2 is not finished
  EXPECT_EQ(this->list({.account_id = "111122223333"}), (Paths{"m5", "m4", "m2"}));
  EXPECT_EQ(this->get(this->queue().forget_finished(this->at(5), 9)), 1u);  // m4; m5 is not before it
  EXPECT_EQ(this->get(this->queue().forget_finished(this->at(5), 9)), 0u);
  EXPECT_EQ(this->failure(this->queue().find_message("111122223333", "m1")), StoreErrc::not_found);
  EXPECT_EQ(this->events_of("m1"), 0u);
  EXPECT_EQ(this->events_of("m2"), 1u);
  EXPECT_EQ(this->get(this->queue().recipients_since("111122223333", this->at(0))), 5u);
}

TYPED_TEST_P(QueueHistoryConformance, NumbersAreNotGivenOutTwice) {
  const QueueId first = this->enqueue("m1", {"a@example.net"});
  this->get(this->queue().append_events({sample_event("m1", EventKind::send)}));
  const std::int64_t sequence = this->get(this->queue().last_event_sequence());
  this->finish("m1");
  this->get(this->queue().forget_finished(this->at(1000), 9));
  this->reopen();
  EXPECT_EQ(this->get(this->queue().last_event_sequence()), sequence);
  EXPECT_GT(this->enqueue("m2", {"a@example.net"}), first);
  this->get(this->queue().append_events({sample_event("m2", EventKind::send)}));
  EXPECT_EQ(this->get(this->queue().events_after("111122223333", sequence, 9)).size(), 1u);
}

REGISTER_TYPED_TEST_SUITE_P(QueueHistoryConformance, MessageComesBackWithEveryFieldButItsContent,
                            AccountsDoNotSeeEachOthersMessages, MessagesAreListedNewestFirstInPages,
                            MessagesAreFoundByRecipientAndState, EventsComeBackInOrder, EventsAreFollowedBySequence,
                            DepthCountsWhatIsUnfinished, AcceptedRecipientsAreCountedPerAccount,
                            OwnNoticesOfTheServiceAreNotCounted, FinishedMessagesAreForgottenOldestFirst,
                            NumbersAreNotGivenOutTwice);

}  // namespace sesame::store
