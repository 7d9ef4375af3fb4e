// publish/envelope.h: what a subscriber of a topic is sent: the JSON documents of SNS and the text their signature is
// about. Pure.
//
// Source: the SNS developer guide, "HTTP/HTTPS notification JSON format" and "Verifying the signatures"; checked
// against npm sns-validator in tests/scenarios/test_sns.py.
#pragma once

#include <boost/json/object.hpp>
#include <functional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "http/message.h"

namespace sesame::publish {

// A message of a topic, the same for all subscribers.
struct TopicMessage {
  std::string message_id;  // UUID
  std::string topic_arn;
  std::string subject;  // empty: none
  std::string message;
  boost::json::object attributes = {};  // MessageAttributes as they are shown; empty: none
  Time at{};
};

struct EnvelopeUrls {
  std::string signing_cert;
  std::string other;  // Notification: UnsubscribeURL; SubscriptionConfirmation: SubscribeURL
};

// Base64 of the signature of a text.
using Sign = std::function<std::string(std::string_view text)>;

std::string notification_envelope(const TopicMessage& message, int signature_version, const EnvelopeUrls& urls,
                                  const Sign& sign);
// `token` is what the subscriber gives back.
std::string confirmation_envelope(const TopicMessage& message, std::string_view token, int signature_version,
                                  const EnvelopeUrls& urls, const Sign& sign);

enum class EnvelopeType { notification, subscription_confirmation };

// x-amz-sns-… and Content-Type.
http::Fields envelope_headers(EnvelopeType type, const TopicMessage& message, std::string_view subscription_arn,
                              bool raw);

// As kept in the outbox. The error is one line for the log.
std::string to_payload(const TopicMessage& message);
Result<TopicMessage, std::string> read_payload(std::string_view payload);

}  // namespace sesame::publish
