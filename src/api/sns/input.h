// api/sns/input.h: the forms of SNS actions as values. Pure.
//
// Maps are lists of entries: "Attributes.entry.1.key=DisplayName&Attributes.entry.1.value=x". Numbers are any from 1
// on; what has no counterpart or stands twice is refused, because to guess would be to change something else than was
// asked.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "api/sigv4/canonical.h"
#include "api/sns/error.h"
#include "publish/topics.h"

namespace sesame::api::sns {

using Parameters = std::span<const sigv4::Parameter>;
using Entries = std::vector<std::pair<std::string, std::string>>;

constexpr std::size_t max_entries = 100;

// The map under `member`, in the order of its numbers. `key` and `value` are what the two are called.
SnsResult<Entries> read_entries(Parameters parameters, std::string_view member, std::string_view key,
                                std::string_view value);

struct CreateTopicInput {
  std::string name;
  publish::TopicChanges attributes;
};
SnsResult<CreateTopicInput> read_create_topic(Parameters parameters);

struct SetTopicAttributesInput {
  std::string topic_arn;
  publish::TopicChanges changes;
};
SnsResult<SetTopicAttributesInput> read_set_topic_attributes(Parameters parameters);

struct SubscribeInput {
  publish::Subscribing what;
  bool return_arn = false;
};
SnsResult<SubscribeInput> read_subscribe(Parameters parameters);

struct SetSubscriptionAttributesInput {
  std::string subscription_arn;
  bool raw_message_delivery = false;
};
SnsResult<SetSubscriptionAttributesInput> read_set_subscription_attributes(Parameters parameters);

SnsResult<publish::Publishing> read_publish(Parameters parameters);

struct ConfirmInput {
  std::string topic_arn, token;
  bool authenticate_on_unsubscribe = false;
};
SnsResult<ConfirmInput> read_confirm(Parameters parameters);

// The one parameter that says what the action is about, "TopicArn" or "SubscriptionArn".
SnsResult<std::string> read_arn(Parameters parameters, std::string_view member);

}  // namespace sesame::api::sns
