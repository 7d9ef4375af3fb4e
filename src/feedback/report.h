// feedback/report.h: what a message that came to a return path says. Values only; classify.h makes them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "replies/cause.h"

namespace sesame::feedback {

enum class ReportKind : std::uint8_t {
  bounce,      // at least one recipient did not and will not get the message
  delayed,     // nobody failed, at least one is still being tried
  delivered,   // a success notice: delivered, relayed or expanded
  complaint,   // RFC 5965, 6591, 9477, and mail that asks to be unsubscribed
  auto_reply,  // written by a program for its owner: vacation, read receipt, challenge, acknowledgement
  none,        // none of these
};
std::string_view to_text(ReportKind kind);  // "auto_reply"

enum class DsnAction : std::uint8_t { failed, delayed, delivered, relayed, expanded };  // RFC 3464 §2.3.3
std::string_view to_text(DsnAction action);

// All texts are one line of UTF-8 of at most max_field_octets (printable_utf8 of base/text.h), empty when not said.
constexpr std::size_t max_field_octets = 1000;
constexpr std::size_t max_reported_recipients = 200;

struct RecipientReport {
  // Final-Recipient, as SES has it; Original-Recipient where the final one is no mailbox of the Internet, or a name
  // inside of the original's domain; without a delivery status what the notice names. Empty when nobody says.
  std::string address;
  std::string original_address;  // as the sender wrote it (RFC 3464 §2.3.1), when that is another
  DsnAction action = DsnAction::failed;
  std::string status;           // "5.1.1": the Status field, or a more particular one in the diagnostic
  std::string diagnostic_code;  // "smtp; 550 5.1.1 …"
  std::string remote_mta;       // "dns; mx.example.net"
  replies::Cause cause;

  replies::BounceKind bounce_kind() const { return replies::bounce_kind(cause); }
};

struct Complaint {
  std::string feedback_type;  // "abuse", "auth-failure", "fraud", "not-spam", "opt-out", "virus", "other", … lower case
  std::string user_agent;
  std::string arrival_date;
  std::string feedback_id;  // CFBL-Feedback-ID of the returned message (RFC 9477 §3.2)
};
// Did a recipient complain of the message? Not in reports about authentication, nor when it was no spam after all.
bool is_against_the_sender(const Complaint& complaint);

struct Report {
  ReportKind kind = ReportKind::none;
  std::string message_id;     // Message-ID field of the returned message, with its angle brackets
  std::string reporting_mta;  // "dns; mx.example.net"
  std::vector<RecipientReport> recipients;
  Complaint complaint;  // of kind complaint
  std::string from;     // author address of the mail itself
  std::string subject;  // of the mail itself
};

}  // namespace sesame::feedback
