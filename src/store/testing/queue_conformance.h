// store/testing/queue_conformance.h: what changes the queue, as every engine must do it. What looks at it:
// queue_history_conformance.h.
#pragma once

#include <memory>
#include <set>

#include "store/testing/conformance.h"
#include "store/testing/sample_records.h"

namespace sesame::store {

template <class Harness>
class QueueConformance : public Conformance<Harness> {
 protected:
  static constexpr std::int64_t start_ms = 1767225600000;
  static Time at(std::int64_t ms) { return from_unix_ms(start_ms + ms); }

  QueueId enqueue(const std::string& api_message_id, std::vector<std::string> recipients, std::int64_t after_ms = 0) {
    return this->get(
        this->queue().enqueue(sample_message(api_message_id, std::move(recipients), start_ms + after_ms), {}));
  }
  std::vector<DueRecipient> lease(std::int64_t now_ms, std::size_t limit = 100) {
    return this->get(this->queue().lease_due(at(now_ms), limit));
  }
  std::vector<std::string> leased_paths(std::int64_t now_ms, std::size_t limit = 100) {
    std::vector<std::string> paths;
    for (const DueRecipient& due : lease(now_ms, limit)) paths.push_back(due.forward_path);
    return paths;
  }
  static RecipientOutcome outcome(RecipientId recipient_id, RecipientState state, std::int64_t next_ms = 0) {
    RecipientOutcome made{.recipient_id = recipient_id, .state = state};
    if (state == RecipientState::queued) made.next_attempt = at(next_ms);
    made.attempt = {.at = at(1),
                    .remote_host = "mx.example",
                    .remote_ip = "192.0.2.1",
                    .source_ip = "198.51.100.1",
                    .tls = "TLSv1.3",
                    .reply_code = 451,
                    .enhanced_status = "4.7.1",
                    .text = "try again, \xff" + std::to_string(next_ms)};
    return made;
  }
  void record(const RecipientOutcome& one, std::vector<Event> events = {}) {
    this->get(this->queue().record_outcomes({one}, std::move(events)));
  }
  MessageRecord find(const std::string& api_message_id) {
    return this->get(this->queue().find_message("111122223333", api_message_id));
  }
  std::size_t events_of(const std::string& api_message_id) {
    return this->get(this->queue().events_of(api_message_id)).size();
  }
};

using Paths = std::vector<std::string>;

inline net::Task<void> enqueue_numbered(QueueStore* store, int number) {
  NewMessage message = sample_message("m" + std::to_string(number), {"r" + std::to_string(number) + "@example.net"});
  std::vector<Event> events;
  events.push_back(sample_event(message.api_message_id, EventKind::send));
  const StoreResult<QueueId> result = co_await store->enqueue(std::move(message), std::move(events));
  if (!result) throw std::runtime_error(result.error().detail);
}

// Leases and delivers until nothing is left; every recipient it got goes into `delivered`.
inline net::Task<void> deliver_all(QueueStore* store, Time now, std::shared_ptr<std::multiset<RecipientId>> delivered) {
  for (;;) {
    const StoreResult<std::vector<DueRecipient>> due = co_await store->lease_due(now, 7);
    if (!due) throw std::runtime_error(due.error().detail);
    if (due->empty()) co_return;
    std::vector<RecipientOutcome> outcomes;
    for (const DueRecipient& recipient : *due) {
      delivered->insert(recipient.recipient_id);
      outcomes.push_back({.recipient_id = recipient.recipient_id, .state = RecipientState::delivered});
    }
    std::vector<Event> no_events;
    const StoreResult<void> recorded = co_await store->record_outcomes(std::move(outcomes), std::move(no_events));
    if (!recorded) throw std::runtime_error(recorded.error().detail);
  }
}

TYPED_TEST_SUITE_P(QueueConformance);

TYPED_TEST_P(QueueConformance, LeasedRecipientCarriesItsMessage) {
  const QueueId queue_id = this->enqueue("m1", {"a@example.net"});
  const auto due = this->lease(0);
  ASSERT_EQ(due.size(), 1u);
  EXPECT_EQ(due[0].queue_id, queue_id);
  EXPECT_EQ(due[0].api_message_id, "m1");
  EXPECT_EQ(due[0].account_id, "111122223333");
  EXPECT_EQ(due[0].reverse_path, "0100@bounce.example.com");
  EXPECT_EQ(due[0].forward_path, "a@example.net");
  EXPECT_EQ(due[0].attempts, 0u);
  EXPECT_EQ(due[0].accepted, this->at(0));
  EXPECT_EQ(due[0].expires, this->at(0) + std::chrono::hours(24));
  EXPECT_TRUE(due[0].needs_eightbitmime);
  EXPECT_TRUE(due[0].needs_smtputf8);
}

TYPED_TEST_P(QueueConformance, ContentComesBackOctetForOctet) {
  NewMessage message = sample_message("m1", {"a@example.net"});
  message.content = awkward_text() + std::string(3, '\0');
  const QueueId awkward = this->get(this->queue().enqueue(message, {}));
  NewMessage empty = sample_message("m2", {"a@example.net"});
  empty.content.clear();
  const QueueId nothing = this->get(this->queue().enqueue(empty, {}));
  EXPECT_EQ(*this->get(this->queue().content(awkward)), message.content);
  EXPECT_EQ(*this->get(this->queue().content(nothing)), "");
  EXPECT_EQ(this->failure(this->queue().content(nothing + 1)), StoreErrc::not_found);
}

TYPED_TEST_P(QueueConformance, TenMebibytesOfContentComeBack) {
  NewMessage message = sample_message("m1", {"a@example.net"});
  message.content.resize(10 << 20);
  for (std::size_t i = 0; i < message.content.size(); ++i) message.content[i] = static_cast<char>(i * 31 + (i >> 12));
  const QueueId queue_id = this->get(this->queue().enqueue(message, {}));
  this->reopen();
  EXPECT_TRUE(*this->get(this->queue().content(queue_id)) == message.content);
}

TYPED_TEST_P(QueueConformance, UsedMessageIdIsRefusedAndNothingIsStored) {
  this->enqueue("m1", {"a@example.net"});
  EXPECT_EQ(this->failure(
                this->queue().enqueue(sample_message("m1", {"b@example.net"}), {sample_event("m1", EventKind::send)})),
            StoreErrc::already_exists);
  EXPECT_EQ(this->leased_paths(0), (Paths{"a@example.net"}));
  EXPECT_EQ(this->events_of("m1"), 0u);
}

TYPED_TEST_P(QueueConformance, MessageWithoutRecipientsIsRefused) {
  EXPECT_EQ(this->failure(this->queue().enqueue(sample_message("m1", {}), {})), StoreErrc::unavailable);
  EXPECT_EQ(this->failure(this->queue().find_message("111122223333", "m1")), StoreErrc::not_found);
}

TYPED_TEST_P(QueueConformance, NothingIsDueBeforeItsTime) {
  this->enqueue("m1", {"a@example.net"}, 10);
  EXPECT_TRUE(this->lease(9).empty());
  EXPECT_EQ(this->lease(10).size(), 1u);
}

TYPED_TEST_P(QueueConformance, TheEarliestAreLeasedFirst) {
  this->enqueue("m1", {"late@example.net"}, 30);
  this->enqueue("m2", {"early-1@example.net", "early-2@example.net"}, 10);
  this->enqueue("m3", {"middle@example.net"}, 20);
  EXPECT_EQ(this->leased_paths(100, 2), (Paths{"early-1@example.net", "early-2@example.net"}));
  EXPECT_EQ(this->leased_paths(100, 2), (Paths{"middle@example.net", "late@example.net"}));
  EXPECT_TRUE(this->lease(100, 0).empty());
}

TYPED_TEST_P(QueueConformance, LeasedRecipientsAreNobodyElses) {
  this->enqueue("m1", {"a@example.net", "b@example.net"});
  EXPECT_EQ(this->lease(0).size(), 2u);
  EXPECT_TRUE(this->lease(1000).empty());
  this->enqueue("m2", {"c@example.net"});
  EXPECT_EQ(this->leased_paths(1000), (Paths{"c@example.net"}));
}

TYPED_TEST_P(QueueConformance, OneAcceptedEarlierIsFoundAfterLaterOnesWereLeased) {
  this->enqueue("m1", {"a@example.net"}, 50);
  EXPECT_EQ(this->lease(100).size(), 1u);
  this->enqueue("m2", {"b@example.net"}, 20);
  EXPECT_EQ(this->leased_paths(100), (Paths{"b@example.net"}));
}

TYPED_TEST_P(QueueConformance, ReleasedRecipientsAreDueAgain) {
  this->enqueue("m1", {"a@example.net", "b@example.net", "c@example.net"});
  const auto due = this->lease(0);
  ASSERT_EQ(due.size(), 3u);
  this->get(this->queue().release({due[1].recipient_id, 424242}));
  EXPECT_EQ(this->leased_paths(0), (Paths{"b@example.net"}));
}

TYPED_TEST_P(QueueConformance, WhatIsTakenOverAtItsCommitIsLeasedAndTheSameAsWhenItIsFound) {
  std::vector<DueRecipient> taken;
  this->queue().set_take_over([&](std::vector<DueRecipient> committed) {
    std::ranges::move(committed, std::back_inserter(taken));
    return true;
  });
  NewMessage message = sample_message("m1", {"a@example.net", "b@example.net", "c@example.net"}, this->start_ms);
  message.suppressed = {"b@example.net"};
  this->get(this->queue().enqueue(std::move(message), {}));
  ASSERT_EQ(taken.size(), 2u);
  EXPECT_TRUE(this->lease(0).empty());
  EXPECT_EQ(this->get(this->queue().next_due()), std::nullopt);
  this->get(this->queue().release({taken[0].recipient_id, taken[1].recipient_id}));
  EXPECT_EQ(this->lease(0), taken);
}

TYPED_TEST_P(QueueConformance, WhatIsNotTakenOverIsDue) {
  this->queue().set_take_over([](const std::vector<DueRecipient>&) { return false; });
  this->enqueue("m1", {"a@example.net"});
  EXPECT_EQ(this->leased_paths(0), Paths{"a@example.net"});
  this->queue().set_take_over({});
  this->enqueue("m2", {"b@example.net"});
  EXPECT_EQ(this->leased_paths(0), Paths{"b@example.net"});
}

TYPED_TEST_P(QueueConformance, NobodyTakesOverWhatIsRefused) {
  int taken = 0;
  this->queue().set_take_over([&](const std::vector<DueRecipient>&) { return ++taken > 0; });
  this->enqueue("m1", {"a@example.net"});
  EXPECT_EQ(this->failure(this->queue().enqueue(sample_message("m1", {"a@example.net"}), {})),
            StoreErrc::already_exists);
  EXPECT_EQ(taken, 1);
}

TYPED_TEST_P(QueueConformance, LeasedRecipientsAreReadAgainInTheOrderAsked) {
  NewMessage message = sample_message("m1", {"a@example.net", "b@example.net", "c@example.net"}, this->start_ms);
  message.priority = Priority::transactional;
  this->get(this->queue().enqueue(std::move(message), {}));
  const auto due = this->lease(0);
  ASSERT_EQ(due.size(), 3u);
  this->record(this->outcome(due[1].recipient_id, RecipientState::bounced));
  const auto again =
      this->get(this->queue().read_leased({due[2].recipient_id, due[1].recipient_id, 424242, due[0].recipient_id}));
  ASSERT_EQ(again.size(), 2u);
  EXPECT_EQ(again[0].forward_path, "c@example.net");
  EXPECT_EQ(again[1].forward_path, "a@example.net");
  EXPECT_EQ(again[0].priority, Priority::transactional);
  EXPECT_EQ(again[0].identity, "example.com");
  EXPECT_EQ(again[0].configuration_set, "set");
  EXPECT_TRUE(this->lease(0).empty());
}

TYPED_TEST_P(QueueConformance, ReleaseAfterTheOutcomeBringsNothingBack) {
  this->enqueue("m1", {"a@example.net"});
  const RecipientId recipient = this->lease(0).at(0).recipient_id;
  this->record(this->outcome(recipient, RecipientState::delivered));
  this->get(this->queue().release({recipient}));
  EXPECT_TRUE(this->lease(1000).empty());
}

TYPED_TEST_P(QueueConformance, DeferredRecipientIsDueAtItsNextAttempt) {
  this->enqueue("m1", {"a@example.net"});
  this->record(this->outcome(this->lease(0).at(0).recipient_id, RecipientState::queued, 500));
  EXPECT_TRUE(this->lease(499).empty());
  EXPECT_EQ(this->get(this->queue().next_due()), this->at(500));
  const auto due = this->lease(500);
  ASSERT_EQ(due.size(), 1u);
  EXPECT_EQ(due[0].attempts, 1u);
}

TYPED_TEST_P(QueueConformance, NextDueLooksPastTheLeased) {
  EXPECT_EQ(this->get(this->queue().next_due()), std::nullopt);
  this->enqueue("m1", {"a@example.net"}, 10);
  this->enqueue("m2", {"b@example.net"}, 20);
  EXPECT_EQ(this->get(this->queue().next_due()), this->at(10));
  this->lease(10);
  EXPECT_EQ(this->get(this->queue().next_due()), this->at(20));
  this->lease(20);
  EXPECT_EQ(this->get(this->queue().next_due()), std::nullopt);
}

TYPED_TEST_P(QueueConformance, OutcomesAreKeptPerRecipient) {
  this->enqueue("m1", {"a@example.net", "b@example.net", "c@example.net", "d@example.net"});
  const auto due = this->lease(0);
  this->get(this->queue().record_outcomes({this->outcome(due[0].recipient_id, RecipientState::delivered),
                                           this->outcome(due[1].recipient_id, RecipientState::bounced),
                                           this->outcome(due[2].recipient_id, RecipientState::expired),
                                           this->outcome(due[3].recipient_id, RecipientState::queued, 900)},
                                          {}));
  const MessageRecord message = this->find("m1");
  ASSERT_EQ(message.recipients.size(), 4u);
  EXPECT_EQ(message.recipients[0].state, RecipientState::delivered);
  EXPECT_EQ(message.recipients[1].state, RecipientState::bounced);
  EXPECT_EQ(message.recipients[2].state, RecipientState::expired);
  EXPECT_EQ(message.recipients[3].state, RecipientState::queued);
  EXPECT_EQ(message.recipients[3].next_attempt, this->at(900));
  EXPECT_FALSE(message.finished);
}

TYPED_TEST_P(QueueConformance, ContentGoesWithTheLastOutcome) {
  const QueueId queue_id = this->enqueue("m1", {"a@example.net", "b@example.net"});
  const auto due = this->lease(0);
  this->record(this->outcome(due[0].recipient_id, RecipientState::delivered));
  EXPECT_FALSE(this->get(this->queue().content(queue_id))->empty());
  EXPECT_FALSE(this->find("m1").finished);
  this->record(this->outcome(due[1].recipient_id, RecipientState::expired));
  EXPECT_EQ(this->failure(this->queue().content(queue_id)), StoreErrc::not_found);
  EXPECT_TRUE(this->find("m1").finished);
}

TYPED_TEST_P(QueueConformance, SecondOutcomeIsIgnoredTogetherWithItsEvents) {
  this->enqueue("m1", {"a@example.net", "b@example.net"});
  const auto due = this->lease(0);
  this->record(this->outcome(due[0].recipient_id, RecipientState::delivered),
               {sample_event("m1", EventKind::delivery, "a@example.net")});
  this->get(this->queue().record_outcomes(
      {this->outcome(due[0].recipient_id, RecipientState::bounced),
       this->outcome(due[1].recipient_id, RecipientState::bounced), this->outcome(987654, RecipientState::bounced)},
      {sample_event("m1", EventKind::bounce, "a@example.net"),
       sample_event("m1", EventKind::bounce, "b@example.net")}));
  const MessageRecord message = this->find("m1");
  EXPECT_EQ(message.recipients[0].state, RecipientState::delivered);
  EXPECT_EQ(message.recipients[0].attempt_count, 1u);
  EXPECT_EQ(message.recipients[1].state, RecipientState::bounced);
  const auto events = this->get(this->queue().events_of("m1"));
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0].kind, EventKind::delivery);
  EXPECT_EQ(events[1].recipient, "b@example.net");
}

TYPED_TEST_P(QueueConformance, RepeatedOutcomeInOneCallCountsOnce) {
  this->enqueue("m1", {"a@example.net"});
  const RecipientId recipient = this->lease(0).at(0).recipient_id;
  this->get(this->queue().record_outcomes(
      {this->outcome(recipient, RecipientState::delivered), this->outcome(recipient, RecipientState::bounced)},
      {sample_event("m1", EventKind::delivery, "a@example.net")}));
  EXPECT_EQ(this->find("m1").recipients[0].state, RecipientState::delivered);
  EXPECT_EQ(this->find("m1").recipients[0].attempts.size(), 1u);
  EXPECT_EQ(this->events_of("m1"), 1u);
}

TYPED_TEST_P(QueueConformance, NewestTwentyAttemptsAreKept) {
  this->enqueue("m1", {"a@example.net"});
  for (int i = 1; i <= 23; ++i) {
    const auto due = this->lease(1000000);
    ASSERT_EQ(due.size(), 1u);
    this->record(this->outcome(due[0].recipient_id, RecipientState::queued, i));
  }
  const RecipientRecord recipient = this->find("m1").recipients.at(0);
  EXPECT_EQ(recipient.attempt_count, 23u);
  ASSERT_EQ(recipient.attempts.size(), 20u);
  EXPECT_EQ(recipient.attempts.front().text,
            "try again, \xff"
            "4");
  const Attempt& newest = recipient.attempts.back();
  EXPECT_EQ(newest.text,
            "try again, \xff"
            "23");
  EXPECT_EQ(newest.at, this->at(1));
  EXPECT_EQ(newest.remote_host, "mx.example");
  EXPECT_EQ(newest.remote_ip, "192.0.2.1");
  EXPECT_EQ(newest.source_ip, "198.51.100.1");
  EXPECT_EQ(newest.tls, "TLSv1.3");
  EXPECT_EQ(newest.reply_code, 451);
  EXPECT_EQ(newest.enhanced_status, "4.7.1");
}

TYPED_TEST_P(QueueConformance, RetryNowMakesQueuedRecipientsDue) {
  const QueueId queue_id = this->enqueue("m1", {"a@example.net", "b@example.net", "c@example.net"});
  const auto due = this->lease(0);
  this->get(this->queue().record_outcomes({this->outcome(due[0].recipient_id, RecipientState::delivered),
                                           this->outcome(due[1].recipient_id, RecipientState::queued, 9000),
                                           this->outcome(due[2].recipient_id, RecipientState::queued, 9000)},
                                          {}));
  EXPECT_TRUE(this->lease(100).empty());
  EXPECT_EQ(this->get(this->queue().retry_now(queue_id, this->at(100))), 2u);
  EXPECT_EQ(this->leased_paths(100), (Paths{"b@example.net", "c@example.net"}));
  EXPECT_EQ(this->get(this->queue().retry_now(queue_id + 1, this->at(100))), 0u);
}

TYPED_TEST_P(QueueConformance, DropBouncesWhatIsStillQueued) {
  const QueueId queue_id = this->enqueue("m1", {"a@example.net", "b@example.net"});
  const auto due = this->lease(0);
  this->record(this->outcome(due[0].recipient_id, RecipientState::delivered));
  const std::vector<Event> events{sample_event("m1", EventKind::bounce, "b@example.net")};
  EXPECT_EQ(this->get(this->queue().drop(queue_id, this->at(5), "given up by the operator", events)), 1u);
  EXPECT_EQ(this->get(this->queue().drop(queue_id, this->at(6), "again", events)), 0u);
  const MessageRecord message = this->find("m1");
  EXPECT_TRUE(message.finished);
  EXPECT_EQ(message.recipients[0].state, RecipientState::delivered);
  EXPECT_EQ(message.recipients[1].state, RecipientState::bounced);
  ASSERT_EQ(message.recipients[1].attempts.size(), 1u);
  EXPECT_EQ(message.recipients[1].attempts[0].text, "given up by the operator");
  EXPECT_EQ(message.recipients[1].attempts[0].at, this->at(5));
  EXPECT_EQ(this->events_of("m1"), 1u);
  EXPECT_EQ(this->failure(this->queue().content(queue_id)), StoreErrc::not_found);
  // The delivery that was under way comes too late.
  this->record(this->outcome(due[1].recipient_id, RecipientState::delivered));
  EXPECT_EQ(this->find("m1").recipients[1].state, RecipientState::bounced);
}

TYPED_TEST_P(QueueConformance, EverythingUnfinishedIsDueAfterReopening) {
  const QueueId queue_id = this->enqueue("m1", {"a@example.net", "b@example.net", "c@example.net"});
  const auto due = this->lease(0);
  this->get(this->queue().record_outcomes({this->outcome(due[0].recipient_id, RecipientState::delivered),
                                           this->outcome(due[1].recipient_id, RecipientState::queued, 700)},
                                          {sample_event("m1", EventKind::delivery, "a@example.net")}));
  this->reopen();
  EXPECT_EQ(this->leased_paths(0), (Paths{"c@example.net"}));
  EXPECT_EQ(this->get(this->queue().next_due()), this->at(700));
  EXPECT_EQ(this->leased_paths(700), (Paths{"b@example.net"}));
  EXPECT_FALSE(this->get(this->queue().content(queue_id))->empty());
  EXPECT_EQ(this->events_of("m1"), 1u);
}

TYPED_TEST_P(QueueConformance, ConcurrentDeliveriesGetEveryRecipientOnce) {
  constexpr int messages = 300;
  const auto delivered = std::make_shared<std::multiset<RecipientId>>();
  net::TestLoop loop;
  for (int i = 0; i < messages; ++i) loop.spawn(enqueue_numbered(&this->queue(), i));
  for (int i = 0; i < 5; ++i) loop.spawn(deliver_all(&this->queue(), this->at(0), delivered));
  loop.run_all();
  net::run_task(deliver_all(&this->queue(), this->at(0), delivered));
  EXPECT_EQ(delivered->size(), std::size_t{messages});
  EXPECT_EQ(std::set<RecipientId>(delivered->begin(), delivered->end()).size(), std::size_t{messages});
  EXPECT_EQ(this->get(this->queue().depth()).recipients_queued, 0u);
  EXPECT_EQ(this->get(this->queue().events_after("111122223333", 0, 1000)).size(), std::size_t{messages});
}

REGISTER_TYPED_TEST_SUITE_P(QueueConformance, LeasedRecipientCarriesItsMessage, ContentComesBackOctetForOctet,
                            TenMebibytesOfContentComeBack, UsedMessageIdIsRefusedAndNothingIsStored,
                            MessageWithoutRecipientsIsRefused, NothingIsDueBeforeItsTime, TheEarliestAreLeasedFirst,
                            LeasedRecipientsAreNobodyElses, OneAcceptedEarlierIsFoundAfterLaterOnesWereLeased,
                            ReleasedRecipientsAreDueAgain, WhatIsTakenOverAtItsCommitIsLeasedAndTheSameAsWhenItIsFound,
                            WhatIsNotTakenOverIsDue, NobodyTakesOverWhatIsRefused,
                            LeasedRecipientsAreReadAgainInTheOrderAsked, ReleaseAfterTheOutcomeBringsNothingBack,
                            DeferredRecipientIsDueAtItsNextAttempt, NextDueLooksPastTheLeased,
                            OutcomesAreKeptPerRecipient, ContentGoesWithTheLastOutcome,
                            SecondOutcomeIsIgnoredTogetherWithItsEvents, RepeatedOutcomeInOneCallCountsOnce,
                            NewestTwentyAttemptsAreKept, RetryNowMakesQueuedRecipientsDue, DropBouncesWhatIsStillQueued,
                            EverythingUnfinishedIsDueAfterReopening, ConcurrentDeliveriesGetEveryRecipientOnce);

}  // namespace sesame::store
