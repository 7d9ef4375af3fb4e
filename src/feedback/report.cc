#include "feedback/report.h"

namespace sesame::feedback {

std::string_view to_text(ReportKind kind) {
  switch (kind) {
    case ReportKind::bounce: return "bounce";
    case ReportKind::delayed: return "delayed";
    case ReportKind::delivered: return "delivered";
    case ReportKind::complaint: return "complaint";
    case ReportKind::auto_reply: return "auto_reply";
    case ReportKind::none: return "none";
  }
  return "none";
}

std::string_view to_text(DsnAction action) {
  switch (action) {
    case DsnAction::failed: return "failed";
    case DsnAction::delayed: return "delayed";
    case DsnAction::delivered: return "delivered";
    case DsnAction::relayed: return "relayed";
    case DsnAction::expanded: return "expanded";
  }
  return "failed";
}

bool is_against_the_sender(const Complaint& complaint) {
  const std::string& type = complaint.feedback_type;
  return type != "auth-failure" && type != "not-spam" && type != "dkim" && type != "spf" && type != "dmarc";
}

}  // namespace sesame::feedback
