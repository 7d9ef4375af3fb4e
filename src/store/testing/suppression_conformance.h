// store/testing/suppression_conformance.h: the suppression list and the counters of queue.db, as every engine must keep
// them: by hand, and by what is enqueued and comes back.
#pragma once

#include <set>

#include "store/testing/conformance.h"
#include "store/testing/sample_records.h"

namespace sesame::store {

template <class Harness>
class SuppressionConformance : public Conformance<Harness> {
 protected:
  static constexpr const char* account = "111122223333";
  static constexpr std::int64_t start_ms = 1767225600000;  // a quarter of an hour begins there
  static Time at(std::int64_t ms) { return from_unix_ms(start_ms + ms); }

  void put(const std::string& address, SuppressionReason reason, std::int64_t ms = 0) {
    this->get(this->queue().put_suppressed(
        {{.account_id = account, .address = address, .reason = reason, .updated = at(ms)}}));
  }
  std::vector<std::string> listed(SuppressionFilter filter) {
    filter.account_id = account;
    std::vector<std::string> addresses;
    for (const auto& destination : this->get(this->queue().list_suppressed(std::move(filter))).destinations) {
      addresses.push_back(destination.address);
    }
    return addresses;
  }
  void enqueue(NewMessage message, SuppressionCheck check = {}) {
    this->get(this->queue().enqueue(std::move(message), {}, std::move(check)));
  }
  // Tells of each recipient it finds.
  static SuppressionCheck check_for(SuppressionReasons reasons) {
    return {reasons, [](const std::string& recipient, SuppressionReason reason) {
              const bool is_bounce = reason == SuppressionReason::bounce;
              return sample_event("m1", is_bounce ? EventKind::bounce : EventKind::complaint, recipient);
            }};
  }
  std::vector<std::string> suppressed_of(const std::string& api_message_id) {
    return this->get(this->queue().find_message(account, api_message_id)).message.suppressed;
  }
  static Event returned(std::string api_message_id, std::string recipient, SuppressionReason reason,
                        std::int64_t ms = 0) {
    const bool is_bounce = reason == SuppressionReason::bounce;
    Event event = sample_event(std::move(api_message_id), is_bounce ? EventKind::bounce : EventKind::complaint,
                               std::move(recipient));
    event.at = at(ms);
    event.suppresses = reason;
    event.counts = is_bounce ? Metric::permanent_bounce : Metric::complaint;
    return event;
  }
  std::vector<MetricPoint> points(MetricDimension dimension, std::optional<std::string> name = std::nullopt,
                                  std::int64_t since_ms = 0) {
    return this->get(this->queue().metrics(account, dimension, std::move(name), at(since_ms), 5000));
  }
};

using Addresses = std::vector<std::string>;

TYPED_TEST_SUITE_P(SuppressionConformance);

TYPED_TEST_P(SuppressionConformance, AddressIsListedInOneFormAndFoundInAny) {
  this->put(" Ann@EXAMPLE.Net\t", SuppressionReason::complaint, 5);
  this->reopen();
  const auto found = this->get(this->queue().find_suppressed(this->account, "Ann@example.NET"));
  EXPECT_EQ(found.address, "Ann@example.net");
  EXPECT_EQ(found.reason, SuppressionReason::complaint);
  EXPECT_EQ(found.updated, this->at(5));
  EXPECT_EQ(found.api_message_id, "");
  EXPECT_EQ(this->failure(this->queue().find_suppressed(this->account, "ann@example.net")), StoreErrc::not_found);
  EXPECT_EQ(this->failure(this->queue().find_suppressed("444455556666", "Ann@example.net")), StoreErrc::not_found);
}

TYPED_TEST_P(SuppressionConformance, PuttingAgainReplaces) {
  this->put("a@example.net", SuppressionReason::complaint, 5);
  this->put("a@example.net", SuppressionReason::bounce, 6);
  const auto found = this->get(this->queue().find_suppressed(this->account, "a@example.net"));
  EXPECT_EQ(found.reason, SuppressionReason::bounce);
  EXPECT_EQ(found.updated, this->at(6));
}

TYPED_TEST_P(SuppressionConformance, DeletedAddressIsGone) {
  this->put("a@example.net", SuppressionReason::bounce);
  this->get(this->queue().delete_suppressed(this->account, "a@EXAMPLE.net"));
  EXPECT_EQ(this->failure(this->queue().find_suppressed(this->account, "a@example.net")), StoreErrc::not_found);
  EXPECT_EQ(this->failure(this->queue().delete_suppressed(this->account, "a@example.net")), StoreErrc::not_found);
}

TYPED_TEST_P(SuppressionConformance, ListedRecipientsAreKeptFromTheMessageForTheReasonsThatAreOn) {
  this->put("a@example.net", SuppressionReason::bounce);
  this->put("c@example.net", SuppressionReason::complaint);
  const Addresses recipients{"a@EXAMPLE.net", "b@example.net", "c@example.net"};
  this->enqueue(sample_message("both", recipients), this->check_for({.bounce = true, .complaint = true}));
  EXPECT_EQ(this->suppressed_of("both"), (Addresses{"a@EXAMPLE.net", "c@example.net"}));
  this->enqueue(sample_message("bounces", recipients), this->check_for({.bounce = true, .complaint = false}));
  EXPECT_EQ(this->suppressed_of("bounces"), (Addresses{"a@EXAMPLE.net"}));
  this->enqueue(sample_message("none", recipients), this->check_for({.bounce = false, .complaint = false}));
  EXPECT_EQ(this->suppressed_of("none"), Addresses{});
  NewMessage others = sample_message("others", recipients);
  others.account_id = "444455556666";
  this->enqueue(std::move(others), this->check_for({}));
  EXPECT_TRUE(this->get(this->queue().events_of("others")).empty());
}

TYPED_TEST_P(SuppressionConformance, EachListedRecipientIsToldOfInTheSameCommit) {
  this->put("a@example.net", SuppressionReason::complaint);
  this->enqueue(sample_message("m1", {"a@example.net", "b@example.net"}), this->check_for({}));
  const auto events = this->get(this->queue().events_of("m1"));
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events.front().recipient, "a@example.net");
  EXPECT_EQ(events.front().kind, EventKind::complaint);
}

TYPED_TEST_P(SuppressionConformance, ARecipientThatNothingIsToldOfIsWrittenTo) {
  this->put("a@example.net", SuppressionReason::bounce);
  SuppressionCheck silent{.reasons = {}, .event_of = [](const auto&, auto) { return std::nullopt; }};
  this->enqueue(sample_message("m1", {"a@example.net"}), std::move(silent));
  EXPECT_EQ(this->suppressed_of("m1"), Addresses{});
  EXPECT_EQ(this->get(this->queue().lease_due(Time::max(), 10)).size(), 1u);
}

TYPED_TEST_P(SuppressionConformance, ListIsFilteredAndPaged) {
  this->put("a@example.net", SuppressionReason::bounce, 10);
  this->put("b@example.net", SuppressionReason::complaint, 20);
  this->put("c@example.net", SuppressionReason::bounce, 30);
  EXPECT_EQ(this->listed({}), (Addresses{"a@example.net", "b@example.net", "c@example.net"}));
  EXPECT_EQ(this->listed({.reasons = {SuppressionReason::bounce}}), (Addresses{"a@example.net", "c@example.net"}));
  EXPECT_EQ(this->listed({.reasons = {SuppressionReason::bounce, SuppressionReason::complaint}}).size(), 3u);
  EXPECT_EQ(this->listed({.since = this->at(20)}), (Addresses{"b@example.net", "c@example.net"}));
  EXPECT_EQ(this->listed({.since = this->at(10), .until = this->at(30)}),
            (Addresses{"a@example.net", "b@example.net"}));
  const auto page = this->get(this->queue().list_suppressed({.account_id = this->account, .limit = 2}));
  EXPECT_EQ(page.next_after, "b@example.net");
  EXPECT_EQ(this->listed({.after = "b@example.net", .limit = 2}), (Addresses{"c@example.net"}));
}

TYPED_TEST_P(SuppressionConformance, WhatComesBackSuppressesInTheSameCommit) {
  this->enqueue(sample_message("m1", {"a@Example.net", "b@example.net"}));
  this->get(this->queue().append_events({this->returned("m1", "a@Example.net", SuppressionReason::bounce, 7)}));
  const auto found = this->get(this->queue().find_suppressed(this->account, "a@example.net"));
  EXPECT_EQ(found.reason, SuppressionReason::bounce);
  EXPECT_EQ(found.updated, this->at(7));
  EXPECT_EQ(found.api_message_id, "m1");
  const auto events = this->get(this->queue().events_of("m1"));
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(found.event_sequence, events.front().sequence);
  EXPECT_EQ(this->failure(this->queue().find_suppressed(this->account, "b@example.net")), StoreErrc::not_found);
}

TYPED_TEST_P(SuppressionConformance, OutcomesSuppressToo) {
  this->enqueue(sample_message("m1", {"a@example.net"}, this->start_ms));
  const auto due = this->get(this->queue().lease_due(this->at(1), 9));
  ASSERT_EQ(due.size(), 1u);
  RecipientOutcome outcome{.recipient_id = due.front().recipient_id, .state = RecipientState::bounced};
  this->get(
      this->queue().record_outcomes({outcome}, {this->returned("m1", "a@example.net", SuppressionReason::bounce)}));
  EXPECT_EQ(this->listed({}), (Addresses{"a@example.net"}));
  // Too late: ignored, with all that it would have done.
  this->get(this->queue().delete_suppressed(this->account, "a@example.net"));
  this->get(
      this->queue().record_outcomes({outcome}, {this->returned("m1", "a@example.net", SuppressionReason::bounce)}));
  EXPECT_TRUE(this->listed({}).empty());
}

TYPED_TEST_P(SuppressionConformance, ReasonThatIsOffForTheMessageSuppressesNobody) {
  NewMessage message = sample_message("m1", {"a@example.net"});
  message.suppression = {.bounce = false, .complaint = true};
  this->enqueue(std::move(message));
  this->get(this->queue().append_events({this->returned("m1", "a@example.net", SuppressionReason::bounce)}));
  EXPECT_TRUE(this->listed({}).empty());
  this->get(this->queue().append_events({this->returned("m1", "a@example.net", SuppressionReason::complaint)}));
  EXPECT_EQ(this->listed({}), (Addresses{"a@example.net"}));
}

TYPED_TEST_P(SuppressionConformance, NobodyIsSuppressedByNoticesUnknownMessagesAndReportsThatNameNobody) {
  NewMessage notice = sample_message("m1", {"a@example.net"});
  notice.accepted_through = accepted_through_service;
  this->enqueue(std::move(notice));
  this->enqueue(sample_message("m2", {"b@example.net"}));
  this->get(this->queue().append_events({this->returned("m1", "a@example.net", SuppressionReason::bounce),
                                         this->returned("m2", "", SuppressionReason::complaint),
                                         this->returned("m3", "c@example.net", SuppressionReason::bounce)}));
  EXPECT_TRUE(this->listed({}).empty());
}

TYPED_TEST_P(SuppressionConformance, SuppressedRecipientsAreRecordedAndNeverLeased) {
  NewMessage message = sample_message("m1", {"a@example.net", "b@example.net"}, this->start_ms);
  message.suppressed = {"a@example.net"};
  this->enqueue(std::move(message));
  const auto due = this->get(this->queue().lease_due(this->at(1), 9));
  ASSERT_EQ(due.size(), 1u);
  EXPECT_EQ(due.front().forward_path, "b@example.net");
  MessageRecord record = this->get(this->queue().find_message(this->account, "m1"));
  EXPECT_FALSE(record.finished);
  ASSERT_EQ(record.recipients.size(), 2u);
  EXPECT_EQ(record.recipients[0].state, RecipientState::suppressed);
  EXPECT_EQ(record.message.suppressed, (Addresses{"a@example.net"}));
  this->get(this->queue().record_outcomes(
      {{.recipient_id = due.front().recipient_id, .state = RecipientState::delivered}}, {}));
  EXPECT_TRUE(this->get(this->queue().find_message(this->account, "m1")).finished);
}

TYPED_TEST_P(SuppressionConformance, MessageWithoutARecipientLeftIsFinishedAtOnce) {
  NewMessage message = sample_message("m1", {"a@example.net"}, this->start_ms);
  message.suppressed = {"a@example.net"};
  const QueueId queue_id = this->get(this->queue().enqueue(std::move(message), {}));
  EXPECT_TRUE(this->get(this->queue().find_message(this->account, "m1")).finished);
  EXPECT_EQ(this->failure(this->queue().content(queue_id)), StoreErrc::not_found);
  EXPECT_EQ(this->get(this->queue().next_due()), std::nullopt);
  EXPECT_EQ(this->get(this->queue().recipients_since(this->account, this->at(0))), 1u);  // quota: spec 3.5
}

TYPED_TEST_P(SuppressionConformance, CountersAreKeptByQuarterOfAnHour) {
  this->enqueue(sample_message("m1", {"a@example.net", "b@Example.net", "c@example.org"}, this->start_ms));
  NewMessage later = sample_message("m2", {"a@example.net"}, this->start_ms + 15 * 60'000);
  later.configuration_set.reset();
  this->enqueue(std::move(later));
  Event delivery = sample_event("m1", EventKind::delivery, "c@example.org");
  delivery.at = this->at(15 * 60'000 - 1);
  delivery.counts = Metric::delivery;
  Event delay = sample_event("m1", EventKind::delivery_delay, "c@example.org");
  delay.at = this->at(1);
  delay.counts = Metric::deferral;
  this->get(this->queue().append_events(
      {delay, delivery, this->returned("m1", "a@example.net", SuppressionReason::bounce, 20 * 60'000)}));
  this->reopen();

  const MetricPoint first{.at = this->at(0), .name = "", .counts = {.sends = 3, .deliveries = 1, .deferrals = 1}};
  const MetricPoint second{.at = this->at(15 * 60'000), .name = "", .counts = {.sends = 1, .permanent_bounces = 1}};
  EXPECT_EQ(this->points(MetricDimension::account), (std::vector<MetricPoint>{first, second}));
  EXPECT_EQ(this->points(MetricDimension::account, "", 15 * 60'000), (std::vector<MetricPoint>{second}));
  EXPECT_EQ(this->points(MetricDimension::identity).front().name, "example.com");
  const auto of_set = this->points(MetricDimension::configuration_set, "set");
  ASSERT_EQ(of_set.size(), 2u);
  EXPECT_EQ(of_set[1].counts, (MetricCounts{.permanent_bounces = 1}));
  const auto domains = this->points(MetricDimension::receiver_domain);
  ASSERT_EQ(domains.size(), 3u);
  EXPECT_EQ(domains[0].name, "example.net");
  EXPECT_EQ(domains[0].counts, (MetricCounts{.sends = 2}));
  EXPECT_EQ(domains[1].counts, (MetricCounts{.sends = 1, .deliveries = 1, .deferrals = 1}));
  EXPECT_TRUE(this->points(MetricDimension::receiver_domain, "elsewhere.example").empty());
}

TYPED_TEST_P(SuppressionConformance, NoticesOfTheServiceAreNotCounted) {
  NewMessage notice = sample_message("m1", {"a@example.net"}, this->start_ms);
  notice.accepted_through = accepted_through_service;
  this->enqueue(std::move(notice));
  this->get(this->queue().append_events({this->returned("m1", "a@example.net", SuppressionReason::bounce)}));
  EXPECT_TRUE(this->points(MetricDimension::account).empty());
}

TYPED_TEST_P(SuppressionConformance, WithheldMessagesAreRecordedAndNeverLeased) {
  const struct {
    const char* id;
    Withheld withheld;
    RecipientState state;
  } cases[] = {{"m1", Withheld::not_rendered, RecipientState::not_rendered},
               {"m2", Withheld::rejected, RecipientState::rejected}};
  for (const auto& expected : cases) {
    NewMessage message = sample_message(expected.id, {"a@example.net", "b@example.org"}, this->start_ms);
    message.withheld = expected.withheld;
    this->enqueue(std::move(message));
  }
  this->reopen();
  EXPECT_TRUE(this->get(this->queue().lease_due(this->at(0), 10)).empty());
  EXPECT_EQ(this->get(this->queue().depth()).messages_unfinished, 0u);
  for (const auto& expected : cases) {
    const MessageRecord found = this->get(this->queue().find_message(this->account, expected.id));
    EXPECT_TRUE(found.finished);
    EXPECT_EQ(found.message.withheld, expected.withheld);
    ASSERT_EQ(found.recipients.size(), 2u);
    for (const RecipientRecord& recipient : found.recipients) EXPECT_EQ(recipient.state, expected.state);
    EXPECT_EQ(this->failure(this->queue().content(found.queue_id)), StoreErrc::not_found);
    MessageFilter filter{.account_id = this->account};
    filter.state = expected.state;
    EXPECT_EQ(this->get(this->queue().list_messages(filter)).size(), 1u);
  }
}

TYPED_TEST_P(SuppressionConformance, RejectedRecipientsCountAsSentAndUnrenderedOnesDoNot) {
  NewMessage unrendered = sample_message("m1", {"a@example.net"}, this->start_ms);
  unrendered.withheld = Withheld::not_rendered;
  this->enqueue(std::move(unrendered));
  EXPECT_TRUE(this->points(MetricDimension::account).empty());
  NewMessage rejected = sample_message("m2", {"a@example.net", "b@example.net"}, this->start_ms);
  rejected.withheld = Withheld::rejected;
  this->enqueue(std::move(rejected));
  const MetricCounts both{.sends = 2, .rejects = 2};
  EXPECT_EQ(this->points(MetricDimension::account).at(0).counts, both);
  EXPECT_EQ(this->points(MetricDimension::receiver_domain).at(0).counts, both);
  EXPECT_EQ(this->get(this->queue().recipients_since(this->account, this->at(0))), 2u);
}

// `sample_message(m<i>)` and, refused for its used id, again.
inline net::Task<void> enqueue_twice(QueueStore* queue, int i, std::int64_t at_ms) {
  for (int round = 0; round < 2; ++round) {
    NewMessage message = sample_message("m" + std::to_string(i), {"a@example.net"}, at_ms);
    const auto enqueued = co_await queue->enqueue(std::move(message), {});
    EXPECT_EQ(enqueued.has_value(), round == 0);
  }
}

TYPED_TEST_P(SuppressionConformance, WhatIsCommittedTogetherIsCountedButForWhatIsRefused) {
  constexpr int messages = 100;
  net::TestLoop loop;
  for (int i = 0; i < messages; ++i) loop.spawn(enqueue_twice(&this->queue(), i, this->start_ms));
  loop.run_all();
  const auto points = this->points(MetricDimension::account);
  ASSERT_EQ(points.size(), 1u);
  EXPECT_EQ(points[0].counts, (MetricCounts{.sends = messages}));
}

TYPED_TEST_P(SuppressionConformance, DomainsBeyondTheLimitAreCountedTogether) {
  for (std::size_t i = 0; i < max_metric_domains + 3; i += 50) {
    Addresses recipients;
    for (std::size_t j = i; j < std::min(i + 50, max_metric_domains + 3); ++j) {
      recipients.push_back("a@" + std::to_string(1000 + j) + ".example");
    }
    this->enqueue(sample_message("m" + std::to_string(i), recipients, this->start_ms));
  }
  this->enqueue(sample_message("again", {"a@1000.example"}, this->start_ms));
  const auto domains = this->points(MetricDimension::receiver_domain);
  ASSERT_EQ(domains.size(), max_metric_domains + 1);
  EXPECT_EQ(domains[0].name, "");
  EXPECT_EQ(domains[0].counts.sends, 3u);
  EXPECT_EQ(domains[1].name, "1000.example");
  EXPECT_EQ(domains[1].counts.sends, 2u);
}

TYPED_TEST_P(SuppressionConformance, OldCountersAreForgottenInBoundedSteps) {
  this->enqueue(sample_message("m1", {"a@example.net"}, this->start_ms));
  this->enqueue(sample_message("m2", {"a@example.net"}, this->start_ms + 15 * 60'000));
  EXPECT_EQ(this->get(this->queue().forget_metrics(this->at(15 * 60'000), 3)), 3u);
  EXPECT_EQ(this->get(this->queue().forget_metrics(this->at(15 * 60'000), 3)), 1u);  // four dimensions
  EXPECT_EQ(this->get(this->queue().forget_metrics(this->at(15 * 60'000), 3)), 0u);
  EXPECT_EQ(this->points(MetricDimension::account).size(), 1u);
}

TYPED_TEST_P(SuppressionConformance, AcceptedRecipientsAreToldByTheMinute) {
  this->enqueue(sample_message("m1", {"a@example.net", "b@example.net"}, this->start_ms));
  this->enqueue(sample_message("m2", {"a@example.net"}, this->start_ms + 59'999));
  this->enqueue(sample_message("m3", {"a@example.net"}, this->start_ms + 60'000));
  using Minutes = std::vector<std::pair<Time, std::uint64_t>>;
  EXPECT_EQ(this->get(this->queue().recipients_by_minute(this->account, this->at(0))),
            (Minutes{{this->at(0), 3}, {this->at(60'000), 1}}));
  EXPECT_EQ(this->get(this->queue().recipients_by_minute(this->account, this->at(60'000))),
            (Minutes{{this->at(60'000), 1}}));
}

REGISTER_TYPED_TEST_SUITE_P(
    SuppressionConformance, AddressIsListedInOneFormAndFoundInAny, PuttingAgainReplaces, DeletedAddressIsGone,
    ListedRecipientsAreKeptFromTheMessageForTheReasonsThatAreOn, EachListedRecipientIsToldOfInTheSameCommit,
    ARecipientThatNothingIsToldOfIsWrittenTo, ListIsFilteredAndPaged, WhatComesBackSuppressesInTheSameCommit,
    OutcomesSuppressToo, ReasonThatIsOffForTheMessageSuppressesNobody,
    NobodyIsSuppressedByNoticesUnknownMessagesAndReportsThatNameNobody, SuppressedRecipientsAreRecordedAndNeverLeased,
    MessageWithoutARecipientLeftIsFinishedAtOnce, CountersAreKeptByQuarterOfAnHour, NoticesOfTheServiceAreNotCounted,
    WithheldMessagesAreRecordedAndNeverLeased, RejectedRecipientsCountAsSentAndUnrenderedOnesDoNot,
    WhatIsCommittedTogetherIsCountedButForWhatIsRefused, DomainsBeyondTheLimitAreCountedTogether,
    OldCountersAreForgottenInBoundedSteps, AcceptedRecipientsAreToldByTheMinute);

}  // namespace sesame::store
