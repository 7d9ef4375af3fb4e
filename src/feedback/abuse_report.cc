#include "feedback/abuse_report.h"

#include <algorithm>
#include <boost/json.hpp>

#include "base/text.h"
#include "feedback/address_scan.h"
#include "feedback/delivery_status.h"
#include "feedback/signs.h"

namespace sesame::feedback {
namespace {

constexpr std::size_t max_json_octets = 256 << 10;

void add_recipient(Report& report, std::string address) {
  const auto same = [&](const RecipientReport& r) { return r.address == address; };
  if (address.empty() || report.recipients.size() == max_reported_recipients) return;
  if (std::ranges::any_of(report.recipients, same)) return;
  RecipientReport recipient;
  recipient.address = std::move(address);
  report.recipients.push_back(std::move(recipient));
}

// Who got the message, as far as it says so itself: fields of feedback loops, To, what the last hop added.
void add_returned_recipients(Report& report, const Mail& mail) {
  for (const char* name :
       {"X-HmXmrOriginalRecipient", "X-Rcpt-To", "X-Envelope-To", "To", "X-Original-To", "Delivered-To"}) {
    for (const message::HeaderField* field : mail.returned().all(name)) {
      for (const FoundAddress& found : find_addresses(field->value, max_reported_recipients)) {
        add_recipient(report, field_text(found.address));
      }
    }
    if (!report.recipients.empty()) return;
  }
}

void read_feedback_fields(Report& report, const std::string& octets) {
  const auto start = std::min(octets.find_first_not_of("\r\n \t"), octets.size());
  const message::ParsedMessage fields = message::parse_message(std::string_view(octets).substr(start));
  const auto text = [&](const char* name) {
    const message::HeaderField* field = fields.first(name);
    return field == nullptr ? std::string() : field_text(message::unfold(field->value));
  };
  report.complaint.feedback_type = ascii_lower(text("Feedback-Type"));
  report.complaint.user_agent = text("User-Agent");
  report.complaint.arrival_date = text("Arrival-Date");
  if (report.complaint.arrival_date.empty()) report.complaint.arrival_date = text("Received-Date");
  report.reporting_mta = text("Reporting-MTA");
  for (const char* name : {"Original-Rcpt-To", "Removal-Recipient"}) {
    for (const message::HeaderField* field : fields.all(name)) {
      for (const FoundAddress& found : find_addresses(field->value, max_reported_recipients)) {
        add_recipient(report, field_text(found.address));
      }
    }
    if (!report.recipients.empty()) return;
  }
}

std::string json_text(const boost::json::object& object, std::string_view name) {
  const boost::json::value* value = object.if_contains(name);
  if (value == nullptr || !value->is_string()) return "";
  return field_text(value->get_string());
}

// XARF: {"ReporterInfo": {…}, "Report": {"ReportType": "Spam", "SmtpRcptToAddress": …}}; version 4 is flat.
bool read_xarf(Report& report, const std::string& octets) {
  boost::system::error_code bad;
  boost::json::parse_options options;
  options.max_depth = 16;
  const boost::json::value value = boost::json::parse(octets, bad, {}, options);
  if (bad || !value.is_object()) return false;
  const boost::json::object& top = value.get_object();
  const boost::json::value* nested = top.if_contains("Report");
  const boost::json::object& body = nested != nullptr && nested->is_object() ? nested->get_object() : top;
  std::string type = ascii_lower(json_text(body, "ReportType"));
  if (type.empty()) type = ascii_lower(json_text(body, "type"));
  if (type.empty()) return false;
  report.complaint.feedback_type = type == "spam" ? "abuse" : type;
  report.complaint.arrival_date = json_text(body, "Date");
  for (const char* name : {"SmtpRcptToAddress", "smtp_to", "Recipient"}) {
    if (report.recipients.empty()) add_recipient(report, typed_address(json_text(body, name)));
  }
  return true;
}

bool is_xarf(const Mail& mail) {
  return mail.has("X-XARF") || mail.has("X-ARF") ||
         ascii_iequals(mail.root().content_type.parameter("report-type"), "xarf");
}

// Feedback loops without a machine's part, and requests to be unsubscribed (RFC 2369 mailto).
bool read_by_subject(Report& report, const Mail& mail) {
  switch (subject_sign(mail.subject())) {
    case Sign::complaint: report.complaint.feedback_type = "abuse"; break;
    case Sign::authentication_report: report.complaint.feedback_type = "auth-failure"; break;
    case Sign::opt_out:
      report.complaint.feedback_type = "opt-out";
      add_recipient(report, field_text(mail.from_address()));
      return true;
    default: return false;
  }
  return !mail.returned().fields.empty();
}

}  // namespace

std::optional<Report> read_abuse_report(const Mail& mail) {
  Report report;
  report.kind = ReportKind::complaint;
  const message::MimePart* json = mail.part({"application/json", "application/xarf+json", "text/json"});
  if (const message::MimePart* part = mail.part({"message/feedback-report"})) {
    read_feedback_fields(report, part->octets());
  } else if (json != nullptr && is_xarf(mail)) {
    const std::string octets = json->octets();
    if (octets.size() > max_json_octets || !read_xarf(report, octets)) return std::nullopt;
  } else if (!read_by_subject(report, mail)) {
    return std::nullopt;
  }
  if (report.recipients.empty()) add_returned_recipients(report, mail);
  if (const auto* id = mail.returned().first("CFBL-Feedback-ID")) {
    report.complaint.feedback_id = field_text(message::unfold(id->value));
  }
  return report;
}

}  // namespace sesame::feedback
