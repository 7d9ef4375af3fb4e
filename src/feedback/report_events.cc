#include "feedback/report_events.h"

#include <algorithm>
#include <boost/json.hpp>

#include "base/result.h"
#include "base/text.h"
#include "events/bounce_kind.h"

namespace sesame::feedback {
namespace {

bool same_octets(std::string_view a, std::string_view b) { return a == b; }

bool same_but_for_the_domains_case(std::string_view a, std::string_view b) {
  const auto at = a.rfind('@');
  return at != a.npos && at == b.rfind('@') && a.substr(0, at) == b.substr(0, at) &&
         ascii_iequals(a.substr(at), b.substr(at));
}

// The message's recipient that `address` means; "" if none. Hosts on the way may have changed its case, so the closest
// likeness wins.
std::string recipient_named(const store::MessageRecord& message, std::string_view address) {
  for (const auto same : {same_octets, same_but_for_the_domains_case, ascii_iequals}) {
    for (const store::RecipientRecord& recipient : message.recipients) {
      if (same(recipient.forward_path, address)) return recipient.forward_path;
    }
  }
  return "";
}

std::string recipient_named(const store::MessageRecord& message, const RecipientStatus& status) {
  std::string named = recipient_named(message, status.original_recipient);
  return named.empty() ? recipient_named(message, status.final_recipient) : named;
}

// For a report that names nobody we know; "" means the message as a whole.
std::string sole_recipient(const store::MessageRecord& message) {
  return message.recipients.size() == 1 ? message.recipients.front().forward_path : "";
}

// What one report gives rise to, within its bounds.
class ReportEvents {
 public:
  ReportEvents(const store::MessageRecord& message, Time now) : message_(message), now_(now) {}

  void add(store::EventKind kind, std::string recipient, const boost::json::object& detail) {
    const auto told = [&](const store::Event& e) { return e.kind == kind && e.recipient == recipient; };
    if (events_.size() == max_report_events || std::ranges::any_of(events_, told)) return;
    store::Event event;
    event.account_id = message_.message.account_id;
    event.api_message_id = message_.message.api_message_id;
    event.kind = kind;
    event.at = now_;
    event.recipient = std::move(recipient);
    event.detail = boost::json::serialize(detail);
    events_.push_back(std::move(event));
  }

  std::vector<store::Event> take() { return std::move(events_); }

 private:
  const store::MessageRecord& message_;
  const Time now_;
  std::vector<store::Event> events_;
};

// Success was told when the next hop took the message: nothing new for the sender.
bool is_news(DsnAction action) { return action == DsnAction::failed || action == DsnAction::delayed; }

void add_status(ReportEvents& events, const DeliveryStatus& report, const RecipientStatus& status,
                std::string recipient) {
  if (status.action == DsnAction::delayed) {
    events.add(store::EventKind::delivery_delay, std::move(recipient),
               {{"source", "dsn"},
                {"reply", status.diagnostic_code},
                {"status", status.status},
                {"remote_host", report.reporting_mta}});
    return;
  }
  const events::BounceKind kind = events::bounce_kind(status.status);
  events.add(store::EventKind::bounce, std::move(recipient),
             {{"source", "dsn"},
              {"bounce_type", kind.type},
              {"bounce_subtype", kind.subtype},
              {"action", "failed"},
              {"status", status.status},
              {"diagnostic_code", status.diagnostic_code},
              {"reporting_mta", report.reporting_mta},
              {"remote_ip", ""}});
}

void add_delivery_status(ReportEvents& events, const DeliveryStatus& report, const store::MessageRecord& message) {
  const RecipientStatus* stranger = nullptr;
  for (const RecipientStatus& status : report.recipients) {
    if (!is_news(status.action)) continue;
    std::string recipient = recipient_named(message, status);
    if (!recipient.empty()) {
      add_status(events, report, status, std::move(recipient));
    } else if (stranger == nullptr) {
      stranger = &status;
    }
  }
  // Last: what is said of a recipient by name counts before what may be meant for it.
  if (stranger != nullptr) add_status(events, report, *stranger, sole_recipient(message));
}

void add_complaint(ReportEvents& events, const AbuseReport& report, const store::MessageRecord& message) {
  const boost::json::object detail{{"feedback_type", report.feedback_type},
                                   {"user_agent", report.user_agent},
                                   {"arrival_date", report.arrival_date}};
  bool anybody_named = false;
  for (const std::string& address : report.original_recipients) {
    std::string recipient = recipient_named(message, address);
    if (recipient.empty()) continue;
    anybody_named = true;
    events.add(store::EventKind::complaint, std::move(recipient), detail);
  }
  if (!anybody_named) events.add(store::EventKind::complaint, sole_recipient(message), detail);
}

void add_auto_reply(ReportEvents& events, const AutoReply& reply, const store::MessageRecord& message) {
  std::string recipient = recipient_named(message, reply.from);
  if (recipient.empty()) recipient = sole_recipient(message);
  events.add(store::EventKind::auto_reply, std::move(recipient), {{"subject", reply.subject}});
}

// Came to a genuine return path and is in no known form: kept visible, decides nothing.
void add_unrecognised(ReportEvents& events, const OtherMail& other, const store::MessageRecord& message) {
  events.add(store::EventKind::bounce, sole_recipient(message),
             {{"source", "unrecognised"},
              {"bounce_type", "Undetermined"},
              {"bounce_subtype", "Undetermined"},
              {"action", ""},
              {"status", ""},
              {"diagnostic_code", other.subject},
              {"reporting_mta", ""},
              {"remote_ip", ""}});
}

}  // namespace

std::vector<store::Event> to_events(const Report& report, const store::MessageRecord& message, Time now) {
  ReportEvents events(message, now);
  std::visit(overloaded{
                 [&](const DeliveryStatus& status) { add_delivery_status(events, status, message); },
                 [&](const AbuseReport& complaint) { add_complaint(events, complaint, message); },
                 [&](const AutoReply& reply) { add_auto_reply(events, reply, message); },
                 [&](const OtherMail& other) { add_unrecognised(events, other, message); },
             },
             report);
  return events.take();
}

}  // namespace sesame::feedback
