#include "feedback/forwarding.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/log.h"
#include "base/text.h"
#include "base/time_text.h"
#include "message/address_list.h"

namespace sesame::feedback {
namespace {

namespace json = boost::json;

constexpr std::size_t max_line_octets = 900;  // of what is quoted; with its field name within RFC 5322's 998

// The texts of an event's detail; absent ones are empty.
class Detail {
 public:
  explicit Detail(const store::Event& event) {
    boost::system::error_code problem;
    const json::value value = json::parse(event.detail, problem);
    if (!problem && value.is_object()) detail_ = value.get_object();
  }
  std::string text(std::string_view member) const {
    const json::value* value = detail_.if_contains(member);
    if (value == nullptr || !value->is_string()) return "";
    return seven_bit(value->get_string());
  }

 private:
  // The fields of reports are ASCII (RFC 3464 §2.1.1).
  static std::string seven_bit(std::string_view text) {
    std::string line = printable_utf8(text, max_line_octets);
    for (char& c : line) {
      if (static_cast<unsigned char>(c) >= 0x80) c = '?';
    }
    return line;
  }

  json::object detail_;
};

std::string field(std::string_view name, std::string_view value) {
  return value.empty() ? "" : fmt::format("{}: {}\r\n", name, value);
}

std::string recipients_named(const store::Event& event, const store::MessageRecord& message) {
  if (!event.recipient.empty()) return "  " + event.recipient + "\r\n";
  std::string list;
  for (const std::string& recipient : message.message.envelope.recipients) list += "  " + recipient + "\r\n";
  return list;
}

// What people read.
std::string bounce_text(const store::Event& event, const store::MessageRecord& message, const Detail& detail) {
  const std::string_view verb = event.recipient.empty() ? "may not have reached some of" : "could not be delivered to";
  std::string text = fmt::format("Your message {}:\r\n\r\n{}\r\n", verb, recipients_named(event, message));
  const std::string reason = detail.text("diagnostic_code");
  if (!reason.empty()) text += fmt::format("The reason given:\r\n\r\n  {}\r\n", reason);
  return text;
}

std::string complaint_text(const store::Event& event, const store::MessageRecord& message) {
  return fmt::format("Your message was reported as unwanted by, or on behalf of:\r\n\r\n{}",
                     recipients_named(event, message));
}

std::string delivery_status(const store::Event& event, const store::MessageRecord& message, const Detail& detail,
                            const ReportNames& names) {
  std::string text = fmt::format("Reporting-MTA: dns; {}\r\nArrival-Date: {}\r\n", names.reporting_mta,
                                 format_rfc5322(message.message.accepted));
  std::vector<std::string> recipients = message.message.envelope.recipients;
  if (!event.recipient.empty()) recipients = {event.recipient};
  const std::string status = detail.text("status");
  const bool is_transient = detail.text("bounce_type") == "Transient";
  for (const std::string& recipient : recipients) {
    text += fmt::format("\r\nFinal-Recipient: rfc822; {}\r\nAction: failed\r\n", recipient);
    text += field("Status", !status.empty() ? status : is_transient ? "4.0.0" : "5.0.0");
    text += field("Remote-MTA", detail.text("reporting_mta"));
    text += field("Diagnostic-Code", detail.text("diagnostic_code"));
  }
  return text;
}

std::string feedback_report(const store::Event& event, const store::MessageRecord& message, const Detail& detail) {
  const std::string type = detail.text("feedback_type");
  std::string text = field("Feedback-Type", type.empty() ? "abuse" : type);
  text += "User-Agent: Sesame/1\r\nVersion: 1\r\n";
  text += field("Arrival-Date", format_rfc5322(message.message.accepted));
  text += field("Original-Rcpt-To", event.recipient);
  return text;
}

struct Kind {
  std::string_view subject, report_type, part_type;
};
constexpr Kind bounce_kind{"Delivery Status Notification (Failure)", "delivery-status", "message/delivery-status"};
constexpr Kind complaint_kind{"Complaint about a message you sent", "feedback-report", "message/feedback-report"};

std::string head(const Kind& kind, const std::string& to, const ReportNames& names, Time now) {
  const std::string& domain = names.names.service_domain;
  return fmt::format(
      "From: Mail Delivery Subsystem <MAILER-DAEMON@{}>\r\nTo: {}\r\nSubject: {}\r\nDate: {}\r\nMessage-ID: <{}@{}>\r\n"
      "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
      "Content-Type: multipart/report; report-type={};\r\n boundary=\"{}\"\r\n\r\n",
      domain, to, kind.subject, format_rfc5322(now), names.api_message_id, names.names.message_id_domain(),
      kind.report_type, names.boundary);
}

std::string part(const ReportNames& names, std::string_view type, std::string_view octets) {
  const std::string_view encoding = is_ascii(octets) ? "7bit" : "8bit";
  std::string text =
      fmt::format("--{}\r\nContent-Type: {}\r\nContent-Transfer-Encoding: {}\r\n\r\n", names.boundary, type, encoding);
  text.append(octets);
  return text + "\r\n";
}

store::Event send_event(const store::NewMessage& message) {
  const json::object detail{{"mail_from", ""},
                            {"recipients", json::array{message.envelope.recipients.front()}},
                            {"identity", message.identity}};
  store::Event event;
  event.account_id = message.account_id;
  event.api_message_id = message.api_message_id;
  event.kind = store::EventKind::send;
  event.at = message.accepted;
  event.detail = json::serialize(detail);
  return event;
}

}  // namespace

std::string forwarded_report(const store::Event& event, const store::MessageRecord& message, const std::string& to,
                             const ReportNames& names, Time now) {
  const Detail detail(event);
  const bool is_complaint = event.kind == store::EventKind::complaint;
  const Kind& kind = is_complaint ? complaint_kind : bounce_kind;
  std::string report = head(kind, to, names, now);
  report += part(names, "text/plain; charset=utf-8",
                 is_complaint ? complaint_text(event, message) : bounce_text(event, message, detail));
  report +=
      part(names, kind.part_type,
           is_complaint ? feedback_report(event, message, detail) : delivery_status(event, message, detail, names));
  report += part(names, "text/rfc822-headers", message.message.header_section);
  report += fmt::format("--{}--\r\n", names.boundary);
  return report;
}

net::Task<store::StoreResult<std::string>> Forwarder::address_for(const store::NewMessage& message) {
  for (const std::string& address : {message.feedback_address, message.author_address}) {
    if (message::parse_mailbox(address)) co_return address;
  }
  const auto account = co_await deps_.control.find_account(message.account_id);
  if (account) co_return account->notice_address;
  if (account.error().code == store::StoreErrc::not_found) co_return std::string();
  co_return std::unexpected(account.error());
}

net::Task<bool> Forwarder::forward(store::Event event, store::MessageRecord about) {
  const auto address = co_await address_for(about.message);
  if (!address) {
    log::error("feedback", "account cannot be looked up", {{"detail", address.error().detail}});
    co_return false;
  }
  const auto to = message::parse_mailbox(*address);
  if (!to) {
    log::warning("feedback", "nobody to forward to", {{"api_message_id", event.api_message_id}});
    co_return true;
  }
  const Time now = deps_.clock.now();
  const std::string wire_address = message::to_wire(to->address);
  const ReportNames names{deps_.ids.mint(), "=_" + hex_encode(deps_.random.octets(16)), deps_.reporting_mta,
                          deps_.names};
  store::NewMessage report;
  report.api_message_id = names.api_message_id;
  report.account_id = event.account_id;
  report.author_address = "MAILER-DAEMON@" + deps_.names.service_domain;
  report.subject = event.kind == store::EventKind::complaint ? complaint_kind.subject : bounce_kind.subject;
  report.accepted_through = store::accepted_through_service;
  report.envelope = {.reverse_path = "", .recipients = {wire_address}};
  report.content = forwarded_report(event, about, wire_address, names, now);
  report.needs_eightbitmime = !is_ascii(report.content);
  report.accepted = now;
  report.expires = now + deps_.max_delivery;
  std::vector<store::Event> events{send_event(report)};
  const auto queued = co_await deps_.queue.enqueue(std::move(report), std::move(events));
  if (!queued) {
    log::error("feedback", "feedback cannot be forwarded",
               {{"api_message_id", event.api_message_id}, {"detail", queued.error().detail}});
    co_return false;
  }
  deps_.queued();
  log::info("feedback", "forwarded", {{"api_message_id", event.api_message_id}, {"as", names.api_message_id}});
  co_return true;
}

}  // namespace sesame::feedback
