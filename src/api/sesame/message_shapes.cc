#include "api/sesame/message_shapes.h"

#include <fmt/format.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "api/sesame/pause_shapes.h"
#include "base/time_text.h"
#include "store/attempt_tls.h"

namespace sesame::api {
namespace {

namespace json = boost::json;

json::object attempt_shape(const store::Attempt& attempt) {
  const store::AttemptTls tls = store::read_attempt_tls(attempt.tls);
  return {{"at", format_rfc3339_ms(attempt.at)},
          {"remote_host", attempt.remote_host},
          {"remote_ip", attempt.remote_ip},
          {"source_ip", attempt.source_ip},
          {"tls", tls.version},
          {"tls_problem", tls.problem},
          {"reply_code", attempt.reply_code},
          {"status", attempt.enhanced_status},
          {"text", attempt.text}};
}

using Pauses = std::vector<store::Pause>;

json::object recipient_summary(const store::RecipientRecord& recipient, const store::NewMessage& message,
                               const Pauses& pauses) {
  json::object shape{{"address", recipient.forward_path},
                     {"state", word_of(recipient_state_words, recipient.state)},
                     {"next_attempt", nullptr},
                     {"held_by", nullptr}};
  if (recipient.state == store::RecipientState::queued) {
    shape["next_attempt"] = format_rfc3339_ms(recipient.next_attempt);
    const store::Pause* pause = holding_pause(pauses, message, recipient.forward_path);
    if (pause != nullptr) shape["held_by"] = what_of(*pause);
  }
  shape["attempt_count"] = recipient.attempt_count;
  return shape;
}

json::object recipient_detail(const store::RecipientRecord& recipient, const store::NewMessage& message,
                              const Pauses& pauses) {
  json::object shape = recipient_summary(recipient, message, pauses);
  json::array attempts;
  for (const store::Attempt& attempt : recipient.attempts) attempts.push_back(attempt_shape(attempt));
  shape["attempts"] = std::move(attempts);
  return shape;
}

// What list and detail have in common; the recipients are added by each.
json::object message_head(const store::MessageRecord& record) {
  const store::NewMessage& message = record.message;
  return {{"api_message_id", message.api_message_id},
          {"accepted", format_rfc3339_ms(message.accepted)},
          {"expires", format_rfc3339_ms(message.expires)},
          {"from", message.author_address},
          {"subject", message.subject},
          {"identity", message.identity},
          {"accepted_through", message.accepted_through},
          {"finished", record.finished}};
}

ApiResult<json::value> detail_value(const store::Event& event) {
  boost::system::error_code problem;
  json::value detail = json::parse(event.detail, problem);
  if (!problem) return detail;
  const std::string about = fmt::format("Event {} of {}", event.sequence, event.api_message_id);
  return std::unexpected(
      to_api_error(store::StoreError{store::StoreErrc::corrupt, "detail: " + problem.message()}, about));
}

}  // namespace

std::string_view word(store::EventKind kind) {
  switch (kind) {
    case store::EventKind::send: return "send";
    case store::EventKind::delivery: return "delivery";
    case store::EventKind::delivery_delay: return "delivery_delay";
    case store::EventKind::bounce: return "bounce";
    case store::EventKind::complaint: return "complaint";
    case store::EventKind::auto_reply: return "auto_reply";
    case store::EventKind::reject: return "reject";
    case store::EventKind::open: return "open";
    case store::EventKind::click: return "click";
    case store::EventKind::rendering_failure: return "rendering_failure";
    case store::EventKind::subscription: return "subscription";
  }
  std::unreachable();
}

json::object message_summary(const store::MessageRecord& record, const Pauses& pauses) {
  json::object shape = message_head(record);
  json::array recipients;
  for (const store::RecipientRecord& recipient : record.recipients) {
    recipients.push_back(recipient_summary(recipient, record.message, pauses));
  }
  shape["recipients"] = std::move(recipients);
  return shape;
}

ApiResult<json::object> message_detail(const store::MessageRecord& record, const std::vector<store::Event>& events,
                                       const Pauses& pauses) {
  json::object shape = message_head(record);
  json::array forward_paths;
  for (const std::string& path : record.message.envelope.recipients) forward_paths.emplace_back(path);
  shape["envelope"] =
      json::object{{"mail_from", record.message.envelope.reverse_path}, {"recipients", std::move(forward_paths)}};
  shape["configuration_set"] = nullptr;
  if (const std::optional<std::string> set = record.message.configuration_set) shape["configuration_set"] = *set;
  json::object tags;
  for (const auto& [name, value] : record.message.tags) tags[name] = value;
  shape["tags"] = std::move(tags);
  json::array recipients;
  for (const store::RecipientRecord& recipient : record.recipients) {
    recipients.push_back(recipient_detail(recipient, record.message, pauses));
  }
  shape["recipients"] = std::move(recipients);
  auto told = event_shapes(events);
  if (!told) return std::unexpected(told.error());
  shape["events"] = std::move(*told);
  return shape;
}

ApiResult<json::object> event_shape(const store::Event& event) {
  auto detail = detail_value(event);
  if (!detail) return std::unexpected(detail.error());
  return json::object{{"sequence", event.sequence},        {"kind", word(event.kind)},
                      {"at", format_rfc3339_ms(event.at)}, {"api_message_id", event.api_message_id},
                      {"recipient", event.recipient},      {"detail", std::move(*detail)}};
}

ApiResult<json::array> event_shapes(const std::vector<store::Event>& events) {
  json::array shapes;
  for (const store::Event& event : events) {
    auto shape = event_shape(event);
    if (!shape) return std::unexpected(shape.error());
    shapes.push_back(std::move(*shape));
  }
  return shapes;
}

std::vector<store::Event> given_up_events(const store::MessageRecord& record, const std::string& reason, Time now) {
  const json::object detail{{"source", "session"},
                            {"bounce_type", "Undetermined"},
                            {"bounce_subtype", "Undetermined"},
                            {"action", "failed"},
                            {"status", ""},
                            {"diagnostic_code", "x-sesame; " + reason},
                            {"reporting_mta", ""},
                            {"remote_ip", ""}};
  std::vector<store::Event> events;
  for (const store::RecipientRecord& recipient : record.recipients) {
    if (recipient.state != store::RecipientState::queued) continue;
    store::Event event;
    event.account_id = record.message.account_id;
    event.api_message_id = record.message.api_message_id;
    event.kind = store::EventKind::bounce;
    event.at = now;
    event.recipient = recipient.forward_path;
    event.detail = json::serialize(detail);
    events.push_back(std::move(event));
  }
  return events;
}

}  // namespace sesame::api
