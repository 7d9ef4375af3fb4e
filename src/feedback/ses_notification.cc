#include "feedback/ses_notification.h"

#include <boost/json.hpp>

#include "base/text.h"

namespace sesame::feedback {
namespace {

using boost::json::object;

std::string text_of(const object& from, std::string_view name) {
  const boost::json::value* value = from.if_contains(name);
  return value != nullptr && value->is_string() ? field_text(value->get_string()) : "";
}

const object* object_of(const object& from, std::string_view name) {
  const boost::json::value* value = from.if_contains(name);
  return value != nullptr ? value->if_object() : nullptr;
}

// The array `name` holds addresses, or objects with "emailAddress".
void add_recipients(Report& report, const object& body, std::string_view name, DsnAction action) {
  const boost::json::value* list = body.if_contains(name);
  if (list == nullptr || !list->is_array()) return;
  for (const boost::json::value& entry : list->get_array()) {
    if (report.recipients.size() == max_reported_recipients) return;
    RecipientReport recipient;
    recipient.action = action;
    if (entry.is_string()) recipient.address = field_text(entry.get_string());
    if (const object* fields = entry.if_object()) {
      recipient.address = text_of(*fields, "emailAddress");
      recipient.status = text_of(*fields, "status");
      recipient.diagnostic_code = text_of(*fields, "diagnosticCode");
    } else {
      recipient.diagnostic_code = text_of(body, "smtpResponse");
    }
    const replies::SpokenCodes said = replies::find_codes(recipient.diagnostic_code);
    if (recipient.status.empty()) recipient.status = said.enhanced_status;
    recipient.cause = replies::find_cause({.reply_code = said.reply_code,
                                           .enhanced_status = recipient.status,
                                           .text = recipient.diagnostic_code,
                                           .remote_host = ""});
    report.recipients.push_back(std::move(recipient));
  }
}

// What names nobody is about the message as a whole.
void add_failed(Report& report, const object& body, std::string_view member, DsnAction action) {
  add_recipients(report, body, member, action);
  if (report.recipients.empty()) report.recipients.emplace_back().action = action;
}

bool read_body(Report& report, const std::string& type, const object& top) {
  if (const object* bounce = object_of(top, "bounce"); bounce != nullptr && type == "Bounce") {
    report.kind = ReportKind::bounce;
    report.reporting_mta = text_of(*bounce, "reportingMTA");
    add_failed(report, *bounce, "bouncedRecipients", DsnAction::failed);
  } else if (const object* complaint = object_of(top, "complaint"); complaint != nullptr && type == "Complaint") {
    report.kind = ReportKind::complaint;
    report.complaint.feedback_type = ascii_lower(text_of(*complaint, "complaintFeedbackType"));
    report.complaint.user_agent = text_of(*complaint, "userAgent");
    report.complaint.arrival_date = text_of(*complaint, "arrivalDate");
    add_recipients(report, *complaint, "complainedRecipients", DsnAction::failed);
  } else if (const object* delivery = object_of(top, "delivery"); delivery != nullptr && type == "Delivery") {
    report.kind = ReportKind::delivered;
    report.reporting_mta = text_of(*delivery, "reportingMTA");
    add_recipients(report, *delivery, "recipients", DsnAction::delivered);
  } else if (const object* delay = object_of(top, "deliveryDelay"); delay != nullptr && type == "DeliveryDelay") {
    report.kind = ReportKind::delayed;
    report.reporting_mta = text_of(*delay, "reportingMTA");
    add_failed(report, *delay, "delayedRecipients", DsnAction::delayed);
  } else {
    return false;
  }
  return true;
}

}  // namespace

std::optional<Report> read_ses_notification(const Mail& mail) {
  if (!trim(mail.text()).starts_with('{')) return std::nullopt;
  // Mail systems break its only line where it grows too long, inside of strings too.
  std::string text(trim(mail.text()));
  std::erase(text, '\n');
  if (!text.contains("\"notificationType\"") && !text.contains("\"eventType\"")) return std::nullopt;
  boost::json::parse_options options;
  options.max_depth = 16;
  boost::json::stream_parser parser({}, options);
  boost::system::error_code bad;
  parser.write_some(text.data(), text.size(), bad);  // what follows the object ("If you wish to stop …") stays unread
  if (bad || !parser.done()) return std::nullopt;
  const boost::json::value value = parser.release();
  if (!value.is_object()) return std::nullopt;
  const object& top = value.get_object();
  std::string type = text_of(top, "notificationType");
  if (type.empty()) type = text_of(top, "eventType");
  Report report;
  if (!read_body(report, type, top)) return std::nullopt;
  if (const object* sent = object_of(top, "mail")) report.message_id = text_of(*sent, "messageId");
  return report;
}

}  // namespace sesame::feedback
