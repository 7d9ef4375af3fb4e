#include "publish/envelope.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/time_text.h"

namespace sesame::publish {
namespace {

namespace json = boost::json;

// Names and values of the document, in the order of its members.
using Members = std::vector<std::pair<std::string_view, std::string>>;

// The members that are signed, in order of name; those that are absent are left out.
constexpr std::string_view signed_members[] = {"Message",   "MessageId", "SubscribeURL", "Subject",
                                               "Timestamp", "Token",     "TopicArn",     "Type"};

std::string text_to_sign(const Members& members) {
  std::string text;
  for (const std::string_view name : signed_members) {
    for (const auto& [member, value] : members) {
      if (member == name) text.append(name).append("\n").append(value).append("\n");
    }
  }
  return text;
}

std::string document(const Members& members, const json::object& attributes) {
  std::string text = "{";
  std::string_view separator = "\n";
  const auto add = [&](std::string_view name, const std::string& value) {
    text += fmt::format("{}  \"{}\" : {}", separator, name, value);
    separator = ",\n";
  };
  for (const auto& [name, value] : members) add(name, json::serialize(json::string_view(value)));
  if (!attributes.empty()) add("MessageAttributes", json::serialize(attributes));
  return text + "\n}";
}

void seal(Members& members, int signature_version, const std::string& signing_cert, const Sign& sign) {
  const std::string signature = sign(text_to_sign(members));
  members.emplace_back("SignatureVersion", fmt::to_string(signature_version));
  members.emplace_back("Signature", signature);
  members.emplace_back("SigningCertURL", signing_cert);
}

}  // namespace

std::string notification_envelope(const TopicMessage& message, int signature_version, const EnvelopeUrls& urls,
                                  const Sign& sign) {
  Members members{{"Type", "Notification"}, {"MessageId", message.message_id}, {"TopicArn", message.topic_arn}};
  if (!message.subject.empty()) members.emplace_back("Subject", message.subject);
  members.emplace_back("Message", message.message);
  members.emplace_back("Timestamp", format_rfc3339_ms(message.at));
  seal(members, signature_version, urls.signing_cert, sign);
  members.emplace_back("UnsubscribeURL", urls.other);
  return document(members, message.attributes);
}

std::string confirmation_envelope(const TopicMessage& message, std::string_view token, int signature_version,
                                  const EnvelopeUrls& urls, const Sign& sign) {
  Members members{{"Type", "SubscriptionConfirmation"},
                  {"MessageId", message.message_id},
                  {"Token", std::string(token)},
                  {"TopicArn", message.topic_arn},
                  {"Message", message.message},
                  {"SubscribeURL", urls.other},
                  {"Timestamp", format_rfc3339_ms(message.at)}};
  seal(members, signature_version, urls.signing_cert, sign);
  return document(members, {});
}

http::Fields envelope_headers(EnvelopeType type, const TopicMessage& message, std::string_view subscription_arn,
                              bool raw) {
  const bool is_notification = type == EnvelopeType::notification;
  http::Fields fields{{"x-amz-sns-message-type", is_notification ? "Notification" : "SubscriptionConfirmation"},
                      {"x-amz-sns-message-id", message.message_id}};
  if (!message.topic_arn.empty()) fields.add("x-amz-sns-topic-arn", message.topic_arn);
  if (is_notification && !subscription_arn.empty()) {
    fields.add("x-amz-sns-subscription-arn", std::string(subscription_arn));
  }
  if (raw) fields.add("x-amz-sns-rawdelivery", "true");
  fields.add("Content-Type", "text/plain; charset=UTF-8");
  return fields;
}

std::string to_payload(const TopicMessage& message) {
  json::object object{{"message_id", message.message_id},
                      {"subject", message.subject},
                      {"message", message.message},
                      {"at", to_unix_ms(message.at)}};
  if (!message.attributes.empty()) object["attributes"] = message.attributes;
  return json::serialize(object);
}

Result<TopicMessage, std::string> read_payload(std::string_view payload) {
  boost::system::error_code problem;
  const json::value value = json::parse(payload, problem);
  const json::object* object = problem ? nullptr : value.if_object();
  if (object == nullptr) return std::unexpected("the payload is not a JSON object");
  const auto text = [&](std::string_view member) -> const json::string* {
    const json::value* found = object->if_contains(member);
    return found == nullptr ? nullptr : found->if_string();
  };
  const json::value* at = object->if_contains("at");
  if (text("message_id") == nullptr || text("subject") == nullptr || text("message") == nullptr || at == nullptr ||
      !at->is_int64()) {
    return std::unexpected("the payload lacks a member");
  }
  TopicMessage message;
  message.message_id = *text("message_id");
  message.subject = *text("subject");
  message.message = *text("message");
  message.at = from_unix_ms(at->get_int64());
  if (const json::value* attributes = object->if_contains("attributes"); attributes != nullptr) {
    if (!attributes->is_object()) return std::unexpected("the payload's attributes are not an object");
    message.attributes = attributes->get_object();
  }
  return message;
}

}  // namespace sesame::publish
