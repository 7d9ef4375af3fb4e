#include "feedback/report_events.h"

#include <algorithm>
#include <boost/json.hpp>

#include "base/text.h"

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

// The sender's own spelling first: only that is known here for certain.
std::string recipient_named(const store::MessageRecord& message, const RecipientReport& report) {
  std::string named = recipient_named(message, report.original_address);
  return named.empty() ? recipient_named(message, report.address) : named;
}

// For a report that names nobody we know; "" means the message as a whole.
std::string sole_recipient(const store::MessageRecord& message) {
  return message.recipients.size() == 1 ? message.recipients.front().forward_path : "";
}

// What one report gives rise to, within its bounds.
class ReportEvents {
 public:
  ReportEvents(const store::MessageRecord& message, Time now) : message_(message), now_(now) {}

  // Fills in the rest of `event`, which has its kind, recipient and what the store does with it.
  void add(store::Event event, const boost::json::object& detail) {
    const auto told = [&](const store::Event& e) { return e.kind == event.kind && e.recipient == event.recipient; };
    if (events_.size() == max_report_events || std::ranges::any_of(events_, told)) return;
    event.account_id = message_.message.account_id;
    event.api_message_id = message_.message.api_message_id;
    event.at = now_;
    event.detail = boost::json::serialize(detail);
    events_.push_back(std::move(event));
  }

  std::vector<store::Event> take() { return std::move(events_); }

 private:
  const store::MessageRecord& message_;
  const Time now_;
  std::vector<store::Event> events_;
};

store::Event event_of(store::EventKind kind, std::string recipient) {
  store::Event event;
  event.kind = kind;
  event.recipient = std::move(recipient);
  return event;
}

// Success was told when the next hop took the message: nothing new for the sender.
bool is_news(DsnAction action) { return action == DsnAction::failed || action == DsnAction::delayed; }

void add_delay(ReportEvents& events, const Report& report, const RecipientReport& said, std::string recipient) {
  events.add(event_of(store::EventKind::delivery_delay, std::move(recipient)),
             {{"source", "dsn"},
              {"reply", said.diagnostic_code},
              {"status", said.status},
              {"remote_host", report.reporting_mta},
              {"reason", replies::to_text(said.cause.reason)}});
}

// `meant`: the report speaks of this recipient, by name or because it names nobody; not of somebody it forwards to.
void add_bounce(ReportEvents& events, const Report& report, const RecipientReport& said, std::string recipient,
                bool meant) {
  replies::BounceKind kind = said.bounce_kind();
  if (recipient.empty() && kind == replies::BounceKind{"Permanent", "General"}) kind.subtype = "NoEmail";
  store::Event event = event_of(store::EventKind::bounce, std::move(recipient));
  if (kind.type != "Undetermined") {
    event.counts = kind.type == "Permanent" ? store::Metric::permanent_bounce : store::Metric::transient_bounce;
  }
  if (meant && replies::suppresses(said.cause)) event.suppresses = store::SuppressionReason::bounce;
  events.add(std::move(event), {{"source", "dsn"},
                                {"bounce_type", kind.type},
                                {"bounce_subtype", kind.subtype},
                                {"action", "failed"},
                                {"status", said.status},
                                {"diagnostic_code", said.diagnostic_code},
                                {"reporting_mta", report.reporting_mta},
                                {"remote_ip", ""},
                                {"reason", replies::to_text(said.cause.reason)},
                                {"repair", replies::repair_of(said.cause.reason)}});
}

void add_status(ReportEvents& events, const Report& report, const RecipientReport& said, std::string recipient,
                bool meant) {
  if (said.action == DsnAction::delayed) {
    add_delay(events, report, said, std::move(recipient));
  } else {
    add_bounce(events, report, said, std::move(recipient), meant);
  }
}

void add_delivery_status(ReportEvents& events, const Report& report, const store::MessageRecord& message) {
  const RecipientReport* stranger = nullptr;
  for (const RecipientReport& said : report.recipients) {
    if (!is_news(said.action)) continue;
    std::string recipient = recipient_named(message, said);
    if (!recipient.empty()) {
      add_status(events, report, said, std::move(recipient), true);
    } else if (stranger == nullptr) {
      stranger = &said;
    }
  }
  // Last: what is said of a recipient by name counts before what may be meant for it.
  if (stranger != nullptr) add_status(events, report, *stranger, sole_recipient(message), stranger->address.empty());
}

void add_complaint(ReportEvents& events, const Report& report, const store::MessageRecord& message) {
  const Complaint& complaint = report.complaint;
  const boost::json::object detail{{"feedback_type", complaint.feedback_type},
                                   {"user_agent", complaint.user_agent},
                                   {"arrival_date", complaint.arrival_date},
                                   {"reporter", report.from.substr(report.from.rfind('@') + 1)}};
  const auto add = [&](std::string recipient) {
    store::Event event = event_of(store::EventKind::complaint, std::move(recipient));
    if (is_against_the_sender(complaint)) {
      event.counts = store::Metric::complaint;
      event.suppresses = store::SuppressionReason::complaint;
    }
    events.add(std::move(event), detail);
  };
  bool anybody_named = false;
  for (const RecipientReport& said : report.recipients) {
    std::string recipient = recipient_named(message, said);
    if (recipient.empty()) continue;
    anybody_named = true;
    add(std::move(recipient));
  }
  if (!anybody_named) add(sole_recipient(message));
}

void add_auto_reply(ReportEvents& events, const Report& report, const store::MessageRecord& message) {
  std::string recipient = recipient_named(message, report.from);
  if (recipient.empty()) recipient = sole_recipient(message);
  events.add(event_of(store::EventKind::auto_reply, std::move(recipient)), {{"subject", report.subject}});
}

// Came to a genuine return path and is in no known form: kept visible, decides nothing.
void add_unrecognised(ReportEvents& events, const Report& report, const store::MessageRecord& message,
                      std::string_view kept) {
  events.add(event_of(store::EventKind::bounce, sole_recipient(message)), {{"source", "unrecognised"},
                                                                           {"bounce_type", "Undetermined"},
                                                                           {"bounce_subtype", "Undetermined"},
                                                                           {"action", ""},
                                                                           {"status", ""},
                                                                           {"diagnostic_code", report.subject},
                                                                           {"reporting_mta", ""},
                                                                           {"remote_ip", ""},
                                                                           {"reason", ""},
                                                                           {"repair", ""},
                                                                           {"kept", kept}});
}

}  // namespace

std::vector<store::Event> to_events(const Report& report, const store::MessageRecord& message, Time now,
                                    std::string_view kept) {
  ReportEvents events(message, now);
  switch (report.kind) {
    case ReportKind::bounce:
    case ReportKind::delayed:
    case ReportKind::delivered: add_delivery_status(events, report, message); break;
    case ReportKind::complaint: add_complaint(events, report, message); break;
    case ReportKind::auto_reply: add_auto_reply(events, report, message); break;
    case ReportKind::none: add_unrecognised(events, report, message, kept); break;
  }
  return events.take();
}

}  // namespace sesame::feedback
