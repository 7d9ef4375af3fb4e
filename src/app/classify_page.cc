#include "app/classify_page.h"

#include <fmt/format.h>

#include "app/commands/commands.h"
#include "app/terminal.h"

namespace sesame::app {
namespace {

using feedback::RecipientReport;
using feedback::Report;
using feedback::ReportKind;

bool is_about_delivery(const Report& report) {
  return report.kind == ReportKind::bounce || report.kind == ReportKind::delayed ||
         report.kind == ReportKind::delivered;
}

// A bounce type is said of failures and delays only.
bool has_bounce_type(const Report& report, const RecipientReport& recipient) {
  return is_about_delivery(report) &&
         (recipient.action == feedback::DsnAction::failed || recipient.action == feedback::DsnAction::delayed);
}

boost::json::object to_json(const Report& report, const RecipientReport& recipient) {
  const bool failing = has_bounce_type(report, recipient);
  const replies::BounceKind kind = failing ? recipient.bounce_kind() : replies::BounceKind{};
  const replies::Reason reason = failing ? recipient.cause.reason : replies::Reason::unknown;
  return {{"address", recipient.address},
          {"original_address", recipient.original_address},
          {"action", is_about_delivery(report) ? feedback::to_text(recipient.action) : ""},
          {"status", recipient.status},
          {"diagnostic_code", recipient.diagnostic_code},
          {"bounce_type", kind.type},
          {"bounce_subtype", kind.subtype},
          {"remote_mta", recipient.remote_mta},
          {"reason", failing ? replies::to_text(reason) : ""},
          {"fault", failing ? replies::to_text(replies::fault_of(reason)) : ""},
          {"repair", replies::repair_of(reason)},
          {"suppresses", failing && replies::suppresses(recipient.cause)}};
}

std::string answer(const Report& report) {
  switch (report.kind) {
    case ReportKind::bounce: return "A bounce: the message was not delivered.";
    case ReportKind::delayed: return "A delay: delivery is still being tried.";
    case ReportKind::delivered: return "A success notice: the message was delivered or passed on.";
    case ReportKind::complaint: return fmt::format("A complaint ({}).", harmless(report.complaint.feedback_type));
    case ReportKind::auto_reply: return "An automatic reply: nothing about delivery.";
    case ReportKind::none: return "None of them: no report, and no automatic reply.";
  }
  return "";
}

std::string paragraph(const Report& report, const RecipientReport& recipient) {
  std::string page =
      fmt::format("\n{}\n", recipient.address.empty() ? "(recipient not named)" : harmless(recipient.address));
  const auto line = [&](std::string_view label, std::string_view text) {
    if (!text.empty()) page += fmt::format("  {:<12} {}\n", label, harmless(text, 1000));
  };
  line("sent to", recipient.original_address);
  if (!has_bounce_type(report, recipient)) return page;
  const replies::BounceKind kind = recipient.bounce_kind();
  line("action", feedback::to_text(recipient.action));
  line("type", fmt::format("{} / {}", kind.type, kind.subtype));
  line("reason", replies::to_text(recipient.cause.reason));
  line("status", recipient.status);
  line("said", recipient.diagnostic_code);
  line("by", recipient.remote_mta);
  line("repair", replies::repair_of(recipient.cause.reason));
  return page;
}

}  // namespace

int classify_status(const Report& report) {
  return report.kind == ReportKind::bounce || report.kind == ReportKind::complaint ? exit_bad_news : exit_good;
}

boost::json::object to_json(const Report& report) {
  boost::json::array recipients;
  for (const RecipientReport& recipient : report.recipients) recipients.push_back(to_json(report, recipient));
  boost::json::value complaint = nullptr;
  if (report.kind == ReportKind::complaint) {
    complaint = {{"feedback_type", report.complaint.feedback_type},
                 {"user_agent", report.complaint.user_agent},
                 {"arrival_date", report.complaint.arrival_date},
                 {"feedback_id", report.complaint.feedback_id}};
  }
  return {{"kind", feedback::to_text(report.kind)},
          {"message_id", report.message_id},
          {"reporting_mta", report.reporting_mta},
          {"recipients", std::move(recipients)},
          {"complaint", std::move(complaint)}};
}

std::string classify_page(const Report& report, bool colours) {
  const Colour colour = classify_status(report) == exit_good ? Colour::green : Colour::red;
  std::string page = coloured(colour, answer(report), colours) + "\n";
  if (!report.message_id.empty()) page += fmt::format("Message: {}\n", harmless(report.message_id));
  for (const RecipientReport& recipient : report.recipients) page += paragraph(report, recipient);
  return page;
}

}  // namespace sesame::app
