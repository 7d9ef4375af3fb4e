#include "feedback/report_events.h"

#include <boost/json.hpp>

#include "base/result.h"
#include "base/text.h"
#include "events/bounce_kind.h"

namespace sesame::feedback {
namespace {

// The message's recipient that `address` means; "" if none.
std::string recipient_named(const store::MessageRecord& message, std::string_view address) {
  for (const store::RecipientRecord& recipient : message.recipients) {
    if (ascii_iequals(recipient.forward_path, address)) return recipient.forward_path;
  }
  return "";
}

std::string recipient_for(const store::MessageRecord& message, std::string_view first_choice,
                          std::string_view second_choice) {
  for (std::string_view address : {first_choice, second_choice}) {
    std::string named = recipient_named(message, address);
    if (!named.empty()) return named;
  }
  return message.recipients.size() == 1 ? message.recipients.front().forward_path : "";
}

store::Event event_of(const store::MessageRecord& message, store::EventKind kind, std::string recipient, Time now,
                      const boost::json::object& detail) {
  store::Event event;
  event.account_id = message.message.account_id;
  event.api_message_id = message.message.api_message_id;
  event.kind = kind;
  event.at = now;
  event.recipient = std::move(recipient);
  event.detail = boost::json::serialize(detail);
  return event;
}

void add_status(std::vector<store::Event>& events, const DeliveryStatus& report, const RecipientStatus& status,
                const store::MessageRecord& message, Time now) {
  std::string recipient = recipient_for(message, status.original_recipient, status.final_recipient);
  switch (status.action) {
    case DsnAction::failed: {
      const events::BounceKind kind = events::bounce_kind(status.status);
      events.push_back(event_of(message, store::EventKind::bounce, std::move(recipient), now,
                                {{"source", "dsn"},
                                 {"bounce_type", kind.type},
                                 {"bounce_subtype", kind.subtype},
                                 {"action", "failed"},
                                 {"status", status.status},
                                 {"diagnostic_code", status.diagnostic_code},
                                 {"reporting_mta", report.reporting_mta},
                                 {"remote_ip", ""}}));
      return;
    }
    case DsnAction::delayed:
      events.push_back(event_of(message, store::EventKind::delivery_delay, std::move(recipient), now,
                                {{"source", "dsn"},
                                 {"reply", status.diagnostic_code},
                                 {"status", status.status},
                                 {"remote_host", report.reporting_mta}}));
      return;
    case DsnAction::delivered:  // told when the next hop took it; nothing new for the sender
    case DsnAction::relayed:
    case DsnAction::expanded: return;
  }
}

void add_complaint(std::vector<store::Event>& events, const AbuseReport& report, const store::MessageRecord& message,
                   Time now) {
  const boost::json::object detail{{"feedback_type", report.feedback_type},
                                   {"user_agent", report.user_agent},
                                   {"arrival_date", report.arrival_date}};
  std::vector<std::string> named;
  for (const std::string& address : report.original_recipients) {
    std::string recipient = recipient_named(message, address);
    if (!recipient.empty()) named.push_back(std::move(recipient));
  }
  if (named.empty()) named.push_back(recipient_for(message, "", ""));
  for (std::string& recipient : named) {
    events.push_back(event_of(message, store::EventKind::complaint, std::move(recipient), now, detail));
  }
}

}  // namespace

std::vector<store::Event> to_events(const Report& report, const store::MessageRecord& message, Time now) {
  std::vector<store::Event> events;
  std::visit(
      overloaded{
          [&](const DeliveryStatus& status) {
            for (const RecipientStatus& recipient : status.recipients) {
              add_status(events, status, recipient, message, now);
            }
          },
          [&](const AbuseReport& complaint) { add_complaint(events, complaint, message, now); },
          [&](const AutoReply& reply) {
            events.push_back(event_of(message, store::EventKind::auto_reply, recipient_for(message, reply.from, ""),
                                      now, {{"subject", reply.subject}}));
          },
          // Came to a genuine return path and is in no known form: kept visible, decides nothing.
          [&](const OtherMail& other) {
            events.push_back(event_of(message, store::EventKind::bounce, recipient_for(message, "", ""), now,
                                      {{"source", "unrecognised"},
                                       {"bounce_type", "Undetermined"},
                                       {"bounce_subtype", "Undetermined"},
                                       {"action", ""},
                                       {"status", ""},
                                       {"diagnostic_code", other.subject},
                                       {"reporting_mta", ""},
                                       {"remote_ip", ""}}));
          },
      },
      report);
  return events;
}

}  // namespace sesame::feedback
