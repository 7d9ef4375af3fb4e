// One function per kind makes its body from the event's detail (docs/events.md); the table below says under which key
// it stands and in which place, for SES puts bounces and complaints before `mail` and the others behind it.
#include "events/notification.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "base/digest.h"
#include "base/text.h"
#include "base/time_text.h"
#include "events/mail_object.h"

namespace sesame::events {
namespace {

namespace json = boost::json;
using store::EventKind;

struct Subject {
  const store::Event& event;
  const store::MessageRecord& message;
  const json::object& detail;
  const NotificationOptions& options;

  // A text of the detail; "" when it is not there.
  std::string_view text(std::string_view member) const {
    const json::value* value = detail.if_contains(member);
    return value == nullptr || !value->is_string() ? std::string_view() : std::string_view(value->get_string());
  }
  std::string at() const { return format_rfc3339_ms(event.at); }
};

void add_text(json::object& object, std::string_view member, std::string_view value) {
  if (!value.empty()) object[member] = value;
}

json::object send_body(const Subject&) { return {}; }

json::object reject_body(const Subject& subject) { return {{"reason", subject.text("reason")}}; }

json::object delivery_body(const Subject& subject) {
  const json::value* processing = subject.detail.if_contains("processing_ms");
  return {{"timestamp", subject.at()},
          {"processingTimeMillis", processing == nullptr ? json::value(0) : *processing},
          {"recipients", json::array{subject.event.recipient}},
          {"smtpResponse", subject.text("reply")},
          {"reportingMTA", subject.options.reporting_mta},
          {"remoteMtaIp", subject.text("remote_ip")}};
}

// Nobody is named when the report named nobody: whoever reads this would stop writing to innocent ones.
json::array bounced_recipients(const Subject& subject) {
  if (subject.event.recipient.empty()) return {};
  json::object recipient{{"emailAddress", subject.event.recipient}};
  add_text(recipient, "action", subject.text("action"));
  add_text(recipient, "status", subject.text("status"));
  add_text(recipient, "diagnosticCode", subject.text("diagnostic_code"));
  return {std::move(recipient)};
}

json::object bounce_body(const Subject& subject) {
  const bool is_auto_reply = subject.event.kind == EventKind::auto_reply;
  json::object body;
  body["bounceType"] = is_auto_reply ? "Transient" : subject.text("bounce_type");
  body["bounceSubType"] = is_auto_reply ? "General" : subject.text("bounce_subtype");
  body["bouncedRecipients"] = bounced_recipients(subject);
  body["timestamp"] = subject.at();
  body["feedbackId"] = feedback_id(subject.event);
  add_text(body, "reportingMTA", subject.text("reporting_mta"));
  add_text(body, "remoteMtaIp", subject.text("remote_ip"));
  return body;
}

// `reporter` is where the report came from: "yahoo.com" itself, or a host of it that sends reports.
bool is_at_the_reporter(std::string_view address, std::string_view reporter) {
  const std::string domain = ascii_lower(address.substr(address.rfind('@') + 1));
  if (domain.empty() || !reporter.ends_with(domain)) return false;
  return reporter.size() == domain.size() || reporter[reporter.size() - domain.size() - 1] == '.';
}

// Reports rarely name the person, so that all who got the message are listed, those at the reporting domain if there
// are any (spec 3.4).
json::array complained_recipients(const Subject& subject) {
  if (!subject.event.recipient.empty()) return {json::object{{"emailAddress", subject.event.recipient}}};
  const std::string reporter = ascii_lower(subject.text("reporter"));
  json::array all, got_it, at_the_reporter;
  for (const store::RecipientRecord& recipient : subject.message.recipients) {
    const json::object entry{{"emailAddress", recipient.forward_path}};
    all.push_back(entry);
    if (recipient.state != store::RecipientState::delivered) continue;
    got_it.push_back(entry);
    if (is_at_the_reporter(recipient.forward_path, reporter)) at_the_reporter.push_back(entry);
  }
  if (!at_the_reporter.empty()) return at_the_reporter;
  return got_it.empty() ? all : got_it;  // a complaint may be quicker than the record of the delivery
}

json::object complaint_body(const Subject& subject) {
  const std::string_view subtype = subject.text("complaint_subtype");
  json::object body;
  body["complainedRecipients"] = complained_recipients(subject);
  body["timestamp"] = subject.at();
  body["feedbackId"] = feedback_id(subject.event);
  body["complaintSubType"] = subtype.empty() ? json::value(nullptr) : json::value(subtype);
  add_text(body, "userAgent", subject.text("user_agent"));
  add_text(body, "complaintFeedbackType", subject.text("feedback_type"));
  return body;
}

// RFC 3463 in the words of SES.
std::string_view delay_type(std::string_view status) {
  if (status.empty()) return "Undetermined";
  if (status == "4.2.2") return "MailboxFull";
  if (status.starts_with("4.3.")) return "RecipientServerError";
  if (status.starts_with("4.4.")) return "TransientCommunicationFailure";
  return "General";
}

json::object delay_body(const Subject& subject) {
  const std::string_view status = subject.text("status");
  json::array recipients;
  if (!subject.event.recipient.empty()) {
    json::object recipient{{"emailAddress", subject.event.recipient}};
    add_text(recipient, "status", status);
    add_text(recipient, "diagnosticCode", subject.text("reply"));
    recipients.push_back(std::move(recipient));
  }
  const bool is_reported = subject.text("source") == "dsn";
  json::object body;
  body["delayType"] = delay_type(status);
  body["delayedRecipients"] = std::move(recipients);
  body["expirationTime"] = format_rfc3339_ms(subject.message.message.expires);
  add_text(body, "reportingMTA", is_reported ? subject.text("remote_host") : subject.options.reporting_mta);
  body["timestamp"] = subject.at();
  return body;
}

json::object failure_body(const Subject& subject) {
  return {{"templateName", subject.text("template")}, {"errorMessage", subject.text("error")}};
}

json::object open_body(const Subject& subject) {
  return {{"ipAddress", subject.text("ip")}, {"timestamp", subject.at()}, {"userAgent", subject.text("user_agent")}};
}

json::object click_body(const Subject& subject) {
  const json::value* tags = subject.detail.if_contains("tags");
  const bool has_tags = tags != nullptr && tags->is_object() && !tags->get_object().empty();
  json::object body = open_body(subject);
  body["link"] = subject.text("url");
  body["linkTags"] = has_tags ? *tags : json::value(nullptr);
  return body;
}

json::object preferences_body(const json::value* detail) {
  json::object body;
  if (detail == nullptr || !detail->is_object()) return body;
  const json::value* everything = detail->get_object().if_contains("unsubscribe_all");
  body["unsubscribeAll"] = everything != nullptr && everything->is_bool() && everything->get_bool();
  json::array statuses;
  const json::value* topics = detail->get_object().if_contains("topics");
  for (const json::value& topic : topics != nullptr && topics->is_array() ? topics->get_array() : json::array()) {
    if (!topic.is_object()) continue;
    const json::value *name = topic.get_object().if_contains("topic"),
                      *status = topic.get_object().if_contains("status");
    if (name == nullptr || status == nullptr) continue;
    statuses.push_back(json::object{{"topicName", *name},
                                    {"subscriptionStatus", *status == json::value("opt_out") ? "OptOut" : "OptIn"}});
  }
  body["topicSubscriptionStatus"] = std::move(statuses);
  return body;
}

json::object subscription_body(const Subject& subject) {
  return {{"contactList", subject.text("contact_list")},
          {"timestamp", subject.at()},
          {"source", subject.text("source")},
          {"newTopicPreferences", preferences_body(subject.detail.if_contains("new"))},
          {"oldTopicPreferences", preferences_body(subject.detail.if_contains("old"))}};
}

struct Shape {
  EventKind kind;
  std::string_view type;  // of eventType and notificationType
  std::string_view key;   // of the body
  bool before_mail;
  json::object (*body)(const Subject&);
};

constexpr auto shapes = std::to_array<Shape>({
    {EventKind::send, "Send", "send", false, send_body},
    {EventKind::reject, "Reject", "reject", false, reject_body},
    {EventKind::delivery, "Delivery", "delivery", false, delivery_body},
    {EventKind::delivery_delay, "DeliveryDelay", "deliveryDelay", false, delay_body},
    {EventKind::bounce, "Bounce", "bounce", true, bounce_body},
    {EventKind::auto_reply, "Bounce", "bounce", true, bounce_body},
    {EventKind::complaint, "Complaint", "complaint", true, complaint_body},
    {EventKind::subscription, "Subscription", "subscription", false, subscription_body},
    {EventKind::open, "Open", "open", false, open_body},
    {EventKind::click, "Click", "click", false, click_body},
    {EventKind::rendering_failure, "Rendering Failure", "failure", false, failure_body},
});

}  // namespace

std::optional<EventKind> told_as(EventKind kind) {
  if (kind == EventKind::auto_reply) return EventKind::bounce;
  const bool is_told = std::ranges::find(shapes, kind, &Shape::kind) != shapes.end();
  return is_told ? std::optional(kind) : std::nullopt;
}

std::optional<store::FeedbackKind> feedback_kind(EventKind kind) {
  const auto told = told_as(kind);
  if (told == EventKind::bounce) return store::FeedbackKind::bounce;
  if (told == EventKind::complaint) return store::FeedbackKind::complaint;
  if (told == EventKind::delivery) return store::FeedbackKind::delivery;
  return std::nullopt;
}

std::string feedback_id(const store::Event& event) {
  const std::string hex = sha256_hex(fmt::format("{}/{}", event.api_message_id, event.sequence));
  return fmt::format("0100{:012x}-{}-{}-{}-{}-{}-000000", to_unix_ms(event.at), hex.substr(0, 8), hex.substr(8, 4),
                     hex.substr(12, 4), hex.substr(16, 4), hex.substr(20, 12));
}

Result<std::string, std::string> notification_json(const store::Event& event, const store::MessageRecord& message,
                                                   const NotificationOptions& options) {
  const auto shape = std::ranges::find(shapes, event.kind, &Shape::kind);
  if (shape == shapes.end()) return std::unexpected(fmt::format("event {} is of a kind not told", event.sequence));
  boost::system::error_code problem;
  const json::value detail = json::parse(event.detail, problem);
  if (problem || !detail.is_object()) {
    return std::unexpected(fmt::format("event {}: its detail is not a JSON object", event.sequence));
  }
  const Subject subject{event, message, detail.get_object(), options};
  json::object told;
  told[options.wrapping == Wrapping::identity_feedback ? "notificationType" : "eventType"] = shape->type;
  if (shape->before_mail) told[shape->key] = shape->body(subject);
  told["mail"] = mail_object(event, message, options);
  if (!shape->before_mail) told[shape->key] = shape->body(subject);
  return json::serialize(told);
}

}  // namespace sesame::events
