// store/testing/topic_conformance.h: topics, subscriptions and feedback topics, as every engine must keep them.
#pragma once

#include <gmock/gmock.h>

#include "store/testing/conformance.h"
#include "store/testing/sample_records.h"

namespace sesame::store {

template <class Harness>
class TopicConformance : public Conformance<Harness> {
 protected:
  static constexpr const char* account = "111122223333";

  static std::string arn(const std::string& name) { return "arn:aws:sns:us-east-1:111122223333:" + name; }
  static Topic topic(const std::string& name) {
    return {.arn = arn(name),
            .account_id = account,
            .display_name = "Display",
            .policy = R"({"Version":"2012-10-17"})",
            .signature_version = 2,
            .created = from_unix_ms(5)};
  }
  static Subscription subscription(const std::string& topic_name, const std::string& id,
                                   Time created = from_unix_ms(7)) {
    return {.arn = arn(topic_name) + ":" + id,
            .topic_arn = arn(topic_name),
            .account_id = account,
            .endpoint = "http://" + id + ".example/?a=\"b\"",
            .raw_message_delivery = true,
            .token_sha256 = "token of " + id,
            .created = created};
  }
  void have_topic(const std::string& name) { this->get(this->topics().create_topic(topic(name))); }
  Subscription have_subscription(const std::string& topic_name, const std::string& id) {
    this->get(this->topics().put_subscription(subscription(topic_name, id)));
    return subscription(topic_name, id);
  }
  std::vector<std::string> arns(const std::vector<Subscription>& list) {
    std::vector<std::string> names;
    for (const Subscription& one : list) names.push_back(one.arn.substr(arn("").size()));
    return names;
  }
};

TYPED_TEST_SUITE_P(TopicConformance);

TYPED_TEST_P(TopicConformance, TopicComesBackAndTheFirstOfItsNameStays) {
  EXPECT_EQ(this->get(this->topics().create_topic(this->topic("one"))), this->topic("one"));
  Topic other = this->topic("one");
  other.display_name = "other";
  EXPECT_EQ(this->get(this->topics().create_topic(other)), this->topic("one"));
  this->reopen();
  EXPECT_EQ(this->get(this->topics().find_topic(this->arn("one"))), this->topic("one"));
  EXPECT_EQ(this->failure(this->topics().find_topic(this->arn("two"))), StoreErrc::not_found);
  EXPECT_EQ(this->get(this->topics().count_topics(this->account)), 1u);
  EXPECT_EQ(this->get(this->topics().count_topics("999999999999")), 0u);
}

TYPED_TEST_P(TopicConformance, TopicIsUpdatedAndListed) {
  for (const char* name : {"b", "a", "c"}) this->have_topic(name);
  Topic changed = this->topic("b");
  changed.display_name = "new";
  changed.policy = "";
  changed.signature_version = 1;
  this->get(this->topics().update_topic(changed));
  EXPECT_EQ(this->get(this->topics().find_topic(this->arn("b"))), changed);
  EXPECT_EQ(this->failure(this->topics().update_topic(this->topic("none"))), StoreErrc::not_found);
  const auto first = this->get(this->topics().list_topics(this->account, "", 2));
  ASSERT_EQ(first.size(), 2u);
  EXPECT_EQ(first[0].arn, this->arn("a"));
  const auto rest = this->get(this->topics().list_topics(this->account, first[1].arn, 2));
  ASSERT_EQ(rest.size(), 1u);
  EXPECT_EQ(rest[0].arn, this->arn("c"));
}

TYPED_TEST_P(TopicConformance, SubscriptionsGoWithTheirTopic) {
  this->have_topic("one");
  const Subscription kept = this->have_subscription("one", "s1");
  EXPECT_EQ(this->get(this->topics().find_subscription(kept.arn)), kept);
  EXPECT_EQ(this->get(this->topics().find_subscription_to(kept.topic_arn, kept.endpoint)), kept);
  EXPECT_EQ(this->failure(this->topics().put_subscription(this->subscription("none", "s"))), StoreErrc::not_found);
  this->get(this->topics().delete_topic(this->arn("one")));
  this->get(this->topics().delete_topic(this->arn("one")));
  EXPECT_EQ(this->failure(this->topics().find_subscription(kept.arn)), StoreErrc::not_found);
}

TYPED_TEST_P(TopicConformance, SubscriptionsAreListedByTopicAndByAccount) {
  for (const char* name : {"one", "one-more", "two"}) this->have_topic(name);
  this->have_subscription("one", "s2");
  this->have_subscription("one", "s1");
  this->have_subscription("one-more", "s3");
  this->have_subscription("two", "s4");
  using testing::ElementsAre;
  EXPECT_THAT(this->arns(this->get(this->topics().list_topic_subscriptions(this->arn("one"), "", 10))),
              ElementsAre("one:s1", "one:s2"));
  EXPECT_THAT(this->arns(this->get(this->topics().list_topic_subscriptions(this->arn("one"), this->arn("one:s1"), 10))),
              ElementsAre("one:s2"));
  EXPECT_THAT(this->arns(this->get(this->topics().list_subscriptions(this->account, "", 10))),
              testing::UnorderedElementsAre("one:s1", "one:s2", "one-more:s3", "two:s4"));
  EXPECT_EQ(this->get(this->topics().list_subscriptions(this->account, "", 3)).size(), 3u);
  this->get(this->topics().delete_subscription(this->arn("one:s1")));
  EXPECT_THAT(this->arns(this->get(this->topics().list_topic_subscriptions(this->arn("one"), "", 10))),
              ElementsAre("one:s2"));
}

TYPED_TEST_P(TopicConformance, TokenConfirmsOnceAndStaysGood) {
  this->have_topic("one");
  const Subscription pending = this->have_subscription("one", "s1");
  const Time before = pending.created;
  const auto confirm = [&](const std::string& token, Time not_before, bool authenticate) {
    return this->topics().confirm_subscription(this->arn("one"), token, not_before, authenticate);
  };
  EXPECT_EQ(this->failure(confirm("another", before, false)), StoreErrc::not_found);
  EXPECT_EQ(this->failure(confirm(pending.token_sha256, before + std::chrono::hours(1), false)), StoreErrc::not_found);
  EXPECT_EQ(this->get(this->topics().count_subscriptions(this->arn("one"))),
            (SubscriptionCounts{.confirmed = 0, .pending = 1}));
  const Subscription confirmed = this->get(confirm(pending.token_sha256, before, true));
  EXPECT_TRUE(confirmed.confirmed);
  EXPECT_TRUE(confirmed.authenticate_on_unsubscribe);
  EXPECT_EQ(this->get(confirm(pending.token_sha256, before, false)), confirmed);
  EXPECT_EQ(this->get(this->topics().count_subscriptions(this->arn("one"))),
            (SubscriptionCounts{.confirmed = 1, .pending = 0}));
}

TYPED_TEST_P(TopicConformance, EndpointHasOneSubscriptionAndOnlyAPendingOneGetsANewToken) {
  this->have_topic("one");
  const Subscription first = this->have_subscription("one", "s1");
  Subscription again = this->subscription("one", "s2");
  again.endpoint = first.endpoint;
  again.raw_message_delivery = false;
  Subscription expected = first;
  expected.raw_message_delivery = false;
  expected.token_sha256 = again.token_sha256;
  EXPECT_EQ(this->get(this->topics().put_subscription(again)), expected);
  expected = this->get(this->topics().confirm_subscription(first.topic_arn, again.token_sha256, first.created, false));
  again.token_sha256 = "another";
  EXPECT_EQ(this->get(this->topics().put_subscription(again)), expected);
  this->get(this->topics().set_raw_message_delivery(first.arn, true));
  EXPECT_TRUE(this->get(this->topics().find_subscription(first.arn)).raw_message_delivery);
  EXPECT_EQ(this->failure(this->topics().set_raw_message_delivery(again.arn, true)), StoreErrc::not_found);
}

TYPED_TEST_P(TopicConformance, OldPendingSubscriptionsAreForgotten) {
  this->have_topic("one");
  this->get(this->topics().put_subscription(this->subscription("one", "old", from_unix_ms(10))));
  this->get(this->topics().put_subscription(this->subscription("one", "new", from_unix_ms(20))));
  Subscription confirmed = this->subscription("one", "good", from_unix_ms(10));
  confirmed.confirmed = true;
  this->get(this->topics().put_subscription(confirmed));
  EXPECT_EQ(this->get(this->topics().forget_pending_subscriptions(from_unix_ms(20))), 1u);
  EXPECT_THAT(this->arns(this->get(this->topics().list_subscriptions(this->account, "", 10))),
              testing::UnorderedElementsAre("one:good", "one:new"));
}

TYPED_TEST_P(TopicConformance, FeedbackTopicsBelongToTheIdentity) {
  this->get(this->control().create_identity(plain_identity("example.com", this->account), {}));
  const std::string account = this->account;
  EXPECT_EQ(this->get(this->topics().find_feedback_topics(account, "example.com")), FeedbackTopics());
  EXPECT_EQ(this->get(this->topics().find_feedback_topics(account, "none.example")), FeedbackTopics());
  this->get(this->topics().set_feedback_topic(account, "example.com", FeedbackKind::bounce, this->arn("b")));
  this->get(this->topics().set_feedback_headers(account, "example.com", FeedbackKind::bounce, true));
  this->get(this->topics().set_feedback_headers(account, "example.com", FeedbackKind::delivery, true));
  this->get(this->topics().set_feedback_topic(account, "example.com", FeedbackKind::delivery, this->arn("d")));
  this->get(this->topics().set_feedback_topic(account, "example.com", FeedbackKind::delivery, std::nullopt));
  FeedbackTopics expected;
  expected.of(FeedbackKind::bounce) = {this->arn("b"), true};
  expected.of(FeedbackKind::delivery) = {std::nullopt, true};
  this->reopen();
  EXPECT_EQ(this->get(this->topics().find_feedback_topics(account, "example.com")), expected);
  EXPECT_EQ(this->failure(this->topics().set_feedback_topic(account, "none.example", FeedbackKind::bounce, "x")),
            StoreErrc::not_found);
  EXPECT_EQ(this->failure(this->topics().set_feedback_headers(account, "none.example", FeedbackKind::bounce, true)),
            StoreErrc::not_found);
  this->get(this->control().delete_identity(account, "example.com"));
  this->get(this->control().create_identity(plain_identity("example.com", account), {}));
  EXPECT_EQ(this->get(this->topics().find_feedback_topics(account, "example.com")), FeedbackTopics());
}

REGISTER_TYPED_TEST_SUITE_P(TopicConformance, TopicComesBackAndTheFirstOfItsNameStays, TopicIsUpdatedAndListed,
                            SubscriptionsGoWithTheirTopic, SubscriptionsAreListedByTopicAndByAccount,
                            TokenConfirmsOnceAndStaysGood, EndpointHasOneSubscriptionAndOnlyAPendingOneGetsANewToken,
                            OldPendingSubscriptionsAreForgotten, FeedbackTopicsBelongToTheIdentity);

}  // namespace sesame::store
