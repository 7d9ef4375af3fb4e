#include "feedback/report.h"

#include <algorithm>

#include "base/text.h"
#include "message/address_list.h"
#include "message/encoded_word.h"
#include "message/mime_reader.h"

namespace sesame::feedback {
namespace {

constexpr std::size_t max_text_octets = 1000;  // of a field kept for people

// For events and logs.
std::string field_text(const message::HeaderField& field) {
  return printable_utf8(message::unfold(field.value), max_text_octets);
}

std::string field(const message::ParsedMessage& group, std::string_view name) {
  const message::HeaderField* found = group.first(name);
  return found == nullptr ? "" : field_text(*found);
}

// "rfc822; <ann@example.com>" -> "ann@example.com" (RFC 3464 §2.3.1, §2.3.2; brackets are common although not allowed).
std::string typed_address(const std::string& value) {
  const auto semicolon = value.find(';');
  std::string_view address = trim(semicolon == value.npos ? value : std::string_view(value).substr(semicolon + 1));
  if (address.starts_with('<') && address.ends_with('>')) address = address.substr(1, address.size() - 2);
  return std::string(trim(address));
}

// The status code at the start of a Status field; comments after it are dropped (RFC 3464 §2.3.4).
std::string status_code(const std::string& value) { return value.substr(0, value.find_first_of(" (\t")); }

std::optional<DsnAction> action_of(const std::string& value) {
  const std::string word = ascii_lower(value.substr(0, value.find_first_of(" (\t")));
  if (word == "failed") return DsnAction::failed;
  if (word == "delayed") return DsnAction::delayed;
  if (word == "delivered") return DsnAction::delivered;
  if (word == "relayed") return DsnAction::relayed;
  if (word == "expanded") return DsnAction::expanded;
  return std::nullopt;
}

// Without a usable Action the class of the status decides.
DsnAction action_from_status(const std::string& status) {
  if (status.starts_with('2')) return DsnAction::delivered;
  return status.starts_with('4') ? DsnAction::delayed : DsnAction::failed;
}

RecipientStatus read_recipient(const message::ParsedMessage& group) {
  RecipientStatus recipient;
  recipient.final_recipient = typed_address(field(group, "Final-Recipient"));
  recipient.original_recipient = typed_address(field(group, "Original-Recipient"));
  recipient.status = status_code(field(group, "Status"));
  recipient.diagnostic_code = field(group, "Diagnostic-Code");
  recipient.remote_mta = field(group, "Remote-MTA");
  const auto action = action_of(field(group, "Action"));
  recipient.action = action ? *action : action_from_status(recipient.status);
  return recipient;
}

// Groups of fields separated by empty lines: first the one about the message, then one per recipient.
DeliveryStatus read_delivery_status(const std::string& octets) {
  DeliveryStatus status;
  std::string_view rest = octets;
  while (!rest.empty() && status.recipients.size() < max_recipient_groups) {
    const message::ParsedMessage group = message::parse_message(rest);
    if (status.reporting_mta.empty()) status.reporting_mta = field(group, "Reporting-MTA");
    if (group.first("Final-Recipient") != nullptr || group.first("Original-Recipient") != nullptr) {
      status.recipients.push_back(read_recipient(group));
    }
    std::string_view next = group.body;
    const auto text_at = next.find_first_not_of("\r\n");
    if (text_at == next.npos || next.size() == rest.size()) break;
    rest = next.substr(text_at);
  }
  return status;
}

AbuseReport read_abuse_report(const std::string& octets) {
  const message::ParsedMessage fields = message::parse_message(octets);
  AbuseReport report;
  report.feedback_type = ascii_lower(field(fields, "Feedback-Type"));
  report.user_agent = field(fields, "User-Agent");
  report.arrival_date = field(fields, "Arrival-Date");
  for (const message::HeaderField* recipient : fields.all("Original-Rcpt-To")) {
    if (report.original_recipients.size() < max_recipient_groups) {
      report.original_recipients.push_back(typed_address(field_text(*recipient)));
    }
  }
  return report;
}

// RFC 3834 §5; the other two are what programs that predate it write.
bool is_auto_reply(const message::ParsedMessage& entity) {
  const std::string submitted = ascii_lower(field(entity, "Auto-Submitted"));
  if (!submitted.empty() && !submitted.starts_with("no")) return true;
  const std::string precedence = ascii_lower(field(entity, "Precedence"));
  return precedence == "auto_reply" || entity.first("X-Autoreply") != nullptr ||
         entity.first("X-Autorespond") != nullptr;
}

std::string subject_of(const message::ParsedMessage& entity) {
  const message::HeaderField* subject = entity.first("Subject");
  if (subject == nullptr) return "";
  return printable_utf8(message::decode_encoded_words(message::unfold(subject->value)), max_text_octets);
}

}  // namespace

Report read_report(std::string_view octets) {
  const message::MimeMessage mail = message::read_mime(octets);
  for (const char* type : {"message/delivery-status", "message/global-delivery-status"}) {
    const message::MimePart* part = mail.first(type);
    if (part == nullptr) continue;
    DeliveryStatus status = read_delivery_status(part->octets());
    if (!status.recipients.empty()) return status;
  }
  if (const message::MimePart* part = mail.first("message/feedback-report")) return read_abuse_report(part->octets());
  const message::ParsedMessage& entity = mail.root.entity;
  if (is_auto_reply(entity)) {
    AutoReply reply;
    if (const auto* from = entity.first("From")) {
      if (const auto authors = message::parse_mailbox_list(from->value)) {
        reply.from = message::to_wire(authors->front().address);
      }
    }
    reply.subject = subject_of(entity);
    return reply;
  }
  return OtherMail{subject_of(entity)};
}

}  // namespace sesame::feedback
