#include "sandbox/reports.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "base/text.h"
#include "base/time_text.h"
#include "message/charset.h"
#include "message/encoded_word.h"
#include "message/header_section.h"
#include "message/header_writer.h"

namespace sesame::sandbox {
namespace {

std::string printable(std::string_view octets) {
  std::string out(octets);
  std::ranges::replace_if(out, [](char c) { return c < ' ' || c > '~'; }, '?');
  return out;
}

// Values are ours, or addresses, or printable(): none of them can fail.
void field(std::string& out, std::string_view name, std::string_view value) {
  const auto written = message::append_field(out, name, value);
  if (!written) throw std::logic_error(fmt::format("the field {} cannot be written", name));
}

std::string message_id(const Received& received, RandomSource& random) {
  return fmt::format("{}@{}", random.uuid(), received.simulator_domain);
}

bool is_quotable(std::string_view raw_field) {
  const auto is_text = [](char c) { return (c >= ' ' && c <= '~') || c == '\t' || c == '\r' || c == '\n'; };
  if (!std::ranges::all_of(raw_field, is_text)) return false;
  return std::ranges::all_of(split(raw_field, '\n'),
                             [](std::string_view line) { return line.size() <= message::max_line_octets; });
}

// The original's header section, as far as it is 7-bit and within the limit.
std::string quoted_header(std::string_view content) {
  std::string quoted;
  for (const message::HeaderField& original : message::parse_message(content).fields) {
    if (quoted.size() + original.raw.size() > max_quoted_header_octets) break;
    if (is_quotable(original.raw)) quoted += original.raw;
  }
  return quoted;
}

struct ReportParts {
  std::string report_type, from_name, subject, explanation;
  std::string machine_type, machine_fields;  // the second part: its media type and its fields
};

// RFC 6522 §3: what a person reads, what a machine reads, what it is about.
std::string compose_report(const Received& received, const ReportParts& parts, RandomSource& random) {
  const std::string boundary = "=_" + random.text("0123456789abcdefghijklmnopqrstuvwxyz", 24);
  std::string out;
  field(out, "Date", format_rfc5322(received.arrival));
  field(out, "From", fmt::format("{0} <{0}@{1}>", parts.from_name, received.simulator_domain));
  field(out, "To", smtp::format_path(received.return_path));
  field(out, "Subject", parts.subject);
  field(out, "Message-ID", fmt::format("<{}>", message_id(received, random)));
  field(out, "Auto-Submitted", "auto-replied");
  field(out, "MIME-Version", "1.0");
  field(out, "Content-Type",
        fmt::format("multipart/report; report-type={}; boundary=\"{}\"", parts.report_type, boundary));
  out += fmt::format("\r\n--{}\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n{}", boundary, parts.explanation);
  out += fmt::format("\r\n--{}\r\nContent-Type: {}\r\n\r\n{}", boundary, parts.machine_type, parts.machine_fields);
  out +=
      fmt::format("\r\n--{}\r\nContent-Type: text/rfc822-headers\r\n\r\n{}", boundary, quoted_header(received.content));
  out += fmt::format("\r\n--{}--\r\n", boundary);
  return out;
}

}  // namespace

std::string compose_bounce(const Received& received, RandomSource& random) {
  const std::string recipient = smtp::format_mailbox(received.recipient);
  std::string status;
  field(status, "Reporting-MTA", "dns; " + received.reporting_host);
  field(status, "Received-From-MTA", "dns; " + printable(received.helo_domain));
  field(status, "Arrival-Date", format_rfc5322(received.arrival));
  status += "\r\n";
  field(status, "Final-Recipient", "rfc822; " + recipient);
  field(status, "Action", "failed");
  field(status, "Status", "5.1.1");
  field(status, "Diagnostic-Code", "smtp; 550 5.1.1 user unknown");
  field(status, "Last-Attempt-Date", format_rfc5322(received.arrival));
  return compose_report(
      received,
      {"delivery-status", "MAILER-DAEMON", "Undelivered Mail Returned to Sender",
       fmt::format("Your message could not be delivered.\r\n\r\n{}: 550 5.1.1 user unknown\r\n", recipient),
       "message/delivery-status", std::move(status)},
      random);
}

std::string compose_complaint(const Received& received, RandomSource& random) {
  std::string feedback;
  field(feedback, "Feedback-Type", "abuse");
  field(feedback, "User-Agent", "Sesame-Simulator/1.0");
  field(feedback, "Version", "1");
  field(feedback, "Original-Mail-From", smtp::format_path(received.return_path));
  field(feedback, "Original-Rcpt-To", smtp::format_path(received.recipient));
  field(feedback, "Arrival-Date", format_rfc5322(received.arrival));
  field(feedback, "Reporting-MTA", "dns; " + received.reporting_host);
  field(feedback, "Source-IP", printable(received.ip));
  return compose_report(received,
                        {"feedback-report", "complaints", "Complaint about message from " + printable(received.ip),
                         fmt::format("This is an abuse report for a message that {} received and does not want.\r\n",
                                     smtp::format_mailbox(received.recipient)),
                         "message/feedback-report", std::move(feedback)},
                        random);
}

Result<std::string, message::BuildError> compose_auto_reply(const Received& received, RandomSource& random) {
  const message::ParsedMessage original = message::parse_message(received.content);
  const auto value_of = [&](std::string_view name) {
    const message::HeaderField* found = original.first(name);
    return found == nullptr ? std::string() : message::unfold(found->value.substr(0, message::max_line_octets));
  };
  message::MessageParts parts;
  parts.date = received.arrival;
  parts.from.address = {received.recipient.local_part, received.recipient.domain};
  parts.to = {message::Mailbox{"", {received.return_path.local_part, received.return_path.domain}}};
  std::string subject = message::replace_invalid_utf8(message::decode_encoded_words(value_of("Subject")));
  std::ranges::replace_if(subject, [](char c) { return (c >= 0 && c < ' ') || c == 127; }, ' ');
  parts.subject = "Auto: " + subject;  // RFC 3834 §3.1.5
  parts.message_id = message_id(received, random);
  parts.extra_fields = {{"Auto-Submitted", "auto-replied"}};
  if (const std::string about = value_of("Message-ID"); about.starts_with('<') && is_quotable(about)) {
    parts.extra_fields.push_back({"In-Reply-To", about});
    parts.extra_fields.push_back({"References", about});
  }
  parts.text = "I am out of the office and will read your message when I am back.\r\n";
  return message::build_message(parts, random);
}

bool wants_auto_reply(std::string_view content) {
  const message::ParsedMessage message = message::parse_message(content);
  const message::HeaderField* field = message.first("Auto-Submitted");
  return field == nullptr || ascii_iequals(message::unfold(field->value), "no");
}

}  // namespace sesame::sandbox
