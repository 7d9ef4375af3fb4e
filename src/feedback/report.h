// feedback/report.h: what a message that came to a return path says.
//
// Source: RFC 3464 (delivery status notifications, also as message/global-delivery-status, RFC 6533), RFC 5965 (abuse
// reports), RFC 3834 (automatic responses). Pure; bounded by message/mime_reader.h; never fails: what is none of these
// is `other`.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace sesame::feedback {

enum class DsnAction { failed, delayed, delivered, relayed, expanded };  // RFC 3464 §2.3.3

// One per-recipient group (RFC 3464 §2.3). Texts are one line of UTF-8 of at most 1000 octets (base/text.h); empty when
// the field is missing.
struct RecipientStatus {
  std::string final_recipient;  // the address, without its type
  std::string original_recipient;
  DsnAction action = DsnAction::failed;
  std::string status;           // "5.1.1"; the comment after it is dropped
  std::string diagnostic_code;  // "smtp; 550 5.1.1 …"
  std::string remote_mta;       // "dns; mx.example.net"
};

struct DeliveryStatus {
  std::string reporting_mta;
  std::vector<RecipientStatus> recipients;  // at most max_recipient_groups
};
constexpr std::size_t max_recipient_groups = 200;

struct AbuseReport {
  std::string feedback_type;  // "abuse", "fraud", …
  std::string user_agent;
  std::string arrival_date;
  std::vector<std::string> original_recipients;  // Original-Rcpt-To; often missing
};

struct AutoReply {
  std::string from;  // the author address
  std::string subject;
};

struct OtherMail {
  std::string subject;
};

using Report = std::variant<DeliveryStatus, AbuseReport, AutoReply, OtherMail>;

Report read_report(std::string_view message);

}  // namespace sesame::feedback
