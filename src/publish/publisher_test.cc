#include "publish/publisher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "publish/destination_name.h"
#include "publish/testing/publish_house.h"
#include "publish/testing/web_receiver.h"

namespace sesame::publish {
namespace {

using namespace std::chrono_literals;
using store::EventKind;
using store::FeedbackKind;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* bounce = R"({"source":"session","bounce_type":"Permanent","bounce_subtype":"General",)"
                               R"("action":"failed","status":"5.1.1","diagnostic_code":"smtp; 550 5.1.1 no"})";
constexpr const char* delivery = R"({"reply":"250 ok","remote_ip":"192.0.2.1","processing_ms":5})";

boost::json::value body_of(const http::Request& request) { return boost::json::parse(request.body); }
std::string kind_of(const http::Request& request, const char* member) {
  return std::string(body_of(request).at(member).as_string());
}

// Looks again until it holds; what it waits for is done by other threads.
template <class Condition>
bool soon(PublishHouse& house, Condition condition) {
  const auto deadline = std::chrono::steady_clock::now() + 10s;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    const std::uint64_t seen = house.feed.generation();
    net::run_task(house.feed.wait(seen, net::after(20ms)));
  }
  return true;
}

TEST(Publisher, SubscriberIsAskedAndThenToldOfTheIdentitysBounces) {
  PublishHouse house;
  WebReceiver receiver;
  house.domain("example.com");
  const auto topic = house.run(house.topics->create(house.account, "feedback", {}));
  ASSERT_TRUE(topic);
  const auto pending = house.run(house.topics->subscribe(house.account, {topic->arn, "http", receiver.url(), false}));
  ASSERT_TRUE(pending) << pending.error().text;
  const http::Request asking = receiver.wait_for(1).at(0);
  EXPECT_EQ(asking.headers.find("x-amz-sns-message-type"), "SubscriptionConfirmation");
  const std::string token = kind_of(asking, "Token");
  EXPECT_THAT(kind_of(asking, "SubscribeURL"), HasSubstr("Token=" + token));
  EXPECT_FALSE(house.run(house.topics->confirm(topic->arn, "wrong", false)));
  ASSERT_TRUE(house.run(house.topics->confirm(topic->arn, token, false)));

  ASSERT_TRUE(house.run(house.settings->set_topic(house.account, "example.com", FeedbackKind::bounce, topic->arn)));
  EXPECT_THAT(kind_of(receiver.wait_for(2).at(1), "Message"), HasSubstr("AmazonSnsSubscriptionSucceeded"));
  const std::string id = house.message("example.com");
  house.happens(id, EventKind::bounce, bounce);
  house.happens(id, EventKind::delivery, delivery);  // there is no topic for deliveries
  const http::Request told = receiver.wait_for(3).at(2);
  EXPECT_EQ(told.headers.find("x-amz-sns-subscription-arn"), pending->arn);
  const auto notification = boost::json::parse(kind_of(told, "Message"));
  EXPECT_EQ(notification.at("notificationType"), "Bounce");
  EXPECT_EQ(std::string(notification.at("mail").at("messageId").as_string()), id);
}

TEST(Publisher, DestinationsOfAConfigurationSetGetTheKindsTheyMatch) {
  PublishHouse house;
  WebReceiver raw, hook;
  house.domain("example.com");
  const store::Subscription subscription = house.subscriber("events", raw.url(), true);
  store::ConfigurationSet set;
  set.account_id = house.account;
  set.name = "set";
  set.event_destinations = {
      {"topic", true, {EventKind::send, EventKind::delivery}, store::TopicTarget{subscription.topic_arn}},
      {"hook", true, {EventKind::delivery}, store::WebhookTarget{hook.url()}},
      {"off", false, {EventKind::delivery}, store::WebhookTarget{hook.url("/off")}}};
  ASSERT_TRUE(house.run(house.temp.stores.control->create_configuration_set(set)));
  const std::string id = house.message("example.com", "set");
  house.happens(id, EventKind::send, "{}", "");
  house.happens(id, EventKind::delivery, delivery);
  const auto told = raw.wait_for(2);
  ASSERT_EQ(told.size(), 2u);
  EXPECT_THAT((std::vector{kind_of(told[0], "eventType"), kind_of(told[1], "eventType")}),
              testing::ElementsAre("Send", "Delivery"));
  EXPECT_EQ(told[0].headers.find("x-amz-sns-rawdelivery"), "true");
  const auto hooked = hook.wait_for(1);
  ASSERT_EQ(hooked.size(), 1u);
  EXPECT_EQ(hooked[0].target, "/hook");
  EXPECT_EQ(kind_of(hooked[0], "eventType"), "Delivery");
}

TEST(Publisher, FailedAttemptIsRepeatedAndWhatFollowsForTheSameMessageWaits) {
  PublishHouse house;
  WebReceiver receiver;
  house.domain("example.com");
  const store::Subscription subscription = house.subscriber("feedback", receiver.url(), true);
  for (const FeedbackKind kind : {FeedbackKind::bounce, FeedbackKind::delivery}) {
    ASSERT_TRUE(house.run(
        house.temp.stores.topics->set_feedback_topic(house.account, "example.com", kind, subscription.topic_arn)));
  }
  receiver.answer_status(503);
  const std::string id = house.message("example.com");
  house.happens(id, EventKind::delivery, delivery);
  house.happens(id, EventKind::bounce, bounce);
  const auto told = receiver.wait_for(3);
  ASSERT_EQ(told.size(), 3u);
  EXPECT_EQ(kind_of(told[0], "notificationType"), "Delivery");
  EXPECT_EQ(told[1].body, told[0].body);  // the same octets
  EXPECT_EQ(kind_of(told[2], "notificationType"), "Bounce");
  EXPECT_EQ(told[1].headers.find("x-amz-sns-message-id"), told[0].headers.find("x-amz-sns-message-id"));
  EXPECT_TRUE(soon(house, [&] {
    const auto depth = house.run(house.temp.stores.outbox->outbox_depth());
    return depth && depth->pending == 0;
  }));
}

TEST(Publisher, WhatIsRefusedTooLongIsDeadAndCanBeSentAgain) {
  PublishHouse house(0s);
  WebReceiver receiver;
  house.domain("example.com");
  const store::Subscription subscription = house.subscriber("feedback", receiver.url(), true);
  ASSERT_TRUE(house.run(house.temp.stores.topics->set_feedback_topic(house.account, "example.com", FeedbackKind::bounce,
                                                                     subscription.topic_arn)));
  receiver.answer_status(500);
  house.happens(house.message("example.com"), EventKind::bounce, bounce);
  store::Outbox& outbox = *house.temp.stores.outbox;
  EXPECT_TRUE(soon(house, [&] {
    const auto states = house.run(outbox.destination_states(house.account, 10));
    return states && std::ranges::any_of(*states, [&](const auto& state) {
             return state.destination == subscription.arn && state.dead == 1 && state.last_error == "status 500";
           });
  }));
  const auto revived = house.run(outbox.revive(house.account, subscription.arn, SystemClock().now()));
  ASSERT_TRUE(revived);
  EXPECT_EQ(*revived, 1u);
  house.publisher->wake();
  EXPECT_EQ(receiver.wait_for(2).size(), 2u);
}

TEST(Publisher, NothingWaitsForASubscriberThatHasGone) {
  PublishHouse house;
  WebReceiver receiver;
  house.domain("example.com");
  const store::Subscription subscription = house.subscriber("feedback", receiver.url());
  receiver.answer_status(503, 100);
  const auto published = house.run(house.topics->publish(house.account, {subscription.topic_arn, "", "text"}));
  ASSERT_TRUE(published);
  receiver.wait_for(1);
  ASSERT_TRUE(house.run(house.topics->unsubscribe(std::nullopt, subscription.arn)));
  EXPECT_TRUE(soon(house, [&] {
    const auto depth = house.run(house.temp.stores.outbox->outbox_depth());
    return depth && depth->pending + depth->dead == 0;
  }));
}

TEST(Publisher, FeedbackIsForwardedByMailUnlessSwitchedOffAndTakenBySomebody) {
  PublishHouse house;
  WebReceiver receiver;
  house.domain("example.com");
  EXPECT_FALSE(house.run(house.settings->set_forwarding(house.account, "example.com", false)));
  house.happens(house.message("example.com"), EventKind::bounce, bounce);
  ASSERT_TRUE(soon(house, [&] { return house.queued_by_service().size() == 1; }));
  EXPECT_THAT(house.queued_by_service()[0].message.envelope.recipients, ElementsAre("feedback@example.com"));

  const store::Subscription subscription = house.subscriber("feedback", receiver.url());
  for (const FeedbackKind kind : {FeedbackKind::bounce, FeedbackKind::complaint}) {
    ASSERT_TRUE(house.run(
        house.temp.stores.topics->set_feedback_topic(house.account, "example.com", kind, subscription.topic_arn)));
  }
  ASSERT_TRUE(house.run(house.settings->set_forwarding(house.account, "example.com", false)));
  house.happens(house.message("example.com"), EventKind::bounce, bounce);
  EXPECT_EQ(receiver.wait_for(1).size(), 1u);
  EXPECT_EQ(house.queued_by_service().size(), 1u);
}

TEST(Publisher, TopicThatHasGoneIsTakenFromTheIdentityAndTheAccountIsTold) {
  PublishHouse house;
  WebReceiver receiver;
  house.domain("example.com");
  const store::Subscription subscription = house.subscriber("feedback", receiver.url());
  for (const FeedbackKind kind : {FeedbackKind::bounce, FeedbackKind::complaint, FeedbackKind::delivery}) {
    ASSERT_TRUE(house.run(
        house.temp.stores.topics->set_feedback_topic(house.account, "example.com", kind, subscription.topic_arn)));
  }
  ASSERT_TRUE(house.run(house.settings->set_forwarding(house.account, "example.com", false)));
  ASSERT_TRUE(house.run(house.topics->remove(house.account, subscription.topic_arn)));
  const std::string id = house.message("example.com");
  house.happens(id, EventKind::delivery, delivery);
  house.happens(id, EventKind::bounce, bounce);
  ASSERT_TRUE(soon(house, [&] { return house.queued_by_service().size() == 1; }));
  const auto shown = house.run(house.settings->get(house.account, "example.com"));
  ASSERT_TRUE(shown);
  EXPECT_TRUE(shown->forwarding);
  EXPECT_FALSE(shown->topics.of(FeedbackKind::bounce).topic_arn);
  EXPECT_TRUE(shown->topics.of(FeedbackKind::delivery).topic_arn);
  ASSERT_EQ(house.notices.sent.size(), 1u);
  EXPECT_EQ(house.notices.sent[0].to, "owner@example.com");
  EXPECT_THAT(house.notices.sent[0].text, HasSubstr(subscription.topic_arn));
}

TEST(Publisher, WhatBecomesOfTheServicesOwnMailIsToldToNobody) {
  PublishHouse house;
  house.domain("example.com");
  house.happens(house.message("example.com"), EventKind::bounce, bounce);
  ASSERT_TRUE(soon(house, [&] { return house.queued_by_service().size() == 1; }));
  house.happens(house.queued_by_service()[0].message.api_message_id, EventKind::bounce, bounce, "feedback@example.com");
  house.happens(house.message("example.com"), EventKind::bounce, bounce);  // comes after it in any case
  ASSERT_TRUE(soon(house, [&] { return house.queued_by_service().size() == 2; }));
}

TEST(Publisher, PublishedTextIsChosenByProtocol) {
  PublishHouse house;
  WebReceiver receiver;
  const store::Subscription subscription = house.subscriber("one", receiver.url(), true);
  Publishing publishing{subscription.topic_arn, "Subject", "for all", {{"http", "for http"}, {"https", "for https"}}};
  ASSERT_TRUE(house.run(house.topics->publish(house.account, publishing)));
  EXPECT_EQ(receiver.wait_for(1).at(0).body, "for http");
  EXPECT_FALSE(house.run(house.topics->publish("000000000002", publishing)));
}

}  // namespace
}  // namespace sesame::publish
