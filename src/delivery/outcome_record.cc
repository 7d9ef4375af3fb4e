#include "delivery/outcome_record.h"

#include <boost/json.hpp>

#include "base/time_text.h"
#include "replies/cause.h"

namespace sesame::delivery {
namespace {

using store::EventKind;
using store::RecipientState;

boost::json::object delivery_detail(const store::DueRecipient& recipient, const Decision& decision,
                                    const AttemptPlace& place, Time now) {
  return {{"remote_host", place.remote_host}, {"remote_ip", place.remote_ip},
          {"reply", decision.text},           {"tls", place.tls.version},
          {"tls_problem", place.tls.problem}, {"processing_ms", (now - recipient.accepted).count()}};
}

boost::json::object delay_detail(const store::DueRecipient& recipient, const Decision& decision,
                                 const AttemptPlace& place) {
  return {{"remote_host", place.remote_host},
          {"remote_ip", place.remote_ip},
          {"reply", decision.text},
          {"status", decision.enhanced_status},
          {"next_attempt", format_rfc3339_ms(decision.next_attempt)},
          {"expires", format_rfc3339_ms(recipient.expires)}};
}

replies::Cause cause_of(const Decision& decision, const AttemptPlace& place) {
  return replies::find_cause({.reply_code = decision.reply_code,
                              .enhanced_status = decision.enhanced_status,
                              .text = decision.text,
                              .remote_host = place.remote_host});
}

boost::json::object bounce_detail(const Decision& decision, const AttemptPlace& place) {
  const replies::Cause cause = cause_of(decision, place);
  const replies::BounceKind kind = replies::bounce_kind(cause);
  return {{"source", "session"},
          {"bounce_type", kind.type},
          {"bounce_subtype", kind.subtype},
          {"action", "failed"},
          {"status", decision.enhanced_status},
          {"diagnostic_code", "smtp; " + decision.text},
          {"reporting_mta", place.remote_host.empty() ? "" : "dns; " + place.remote_host},
          {"remote_ip", place.remote_ip},
          {"reason", replies::to_text(cause.reason)},
          {"repair", replies::repair_of(cause.reason)}};
}

// What the store does beside keeping it.
void judge_bounce(const Decision& decision, const AttemptPlace& place, store::Event& event) {
  const replies::Cause cause = cause_of(decision, place);
  const std::string_view type = replies::bounce_kind(cause).type;
  if (type != "Undetermined") {
    event.counts = type == "Permanent" ? store::Metric::permanent_bounce : store::Metric::transient_bounce;
  }
  const bool given_up_at_once = decision.state == RecipientState::bounced && type == "Permanent";
  if (given_up_at_once && replies::suppresses(cause)) event.suppresses = store::SuppressionReason::bounce;
}

}  // namespace

store::RecipientOutcome to_outcome(const store::DueRecipient& recipient, const Decision& decision,
                                   const AttemptPlace& place, Time now) {
  store::RecipientOutcome outcome;
  outcome.recipient_id = recipient.recipient_id;
  outcome.state = decision.state;
  outcome.next_attempt = decision.next_attempt;
  outcome.attempt = {now,
                     place.remote_host,
                     place.remote_ip,
                     place.source_ip,
                     store::to_text(place.tls),
                     decision.reply_code,
                     decision.enhanced_status,
                     decision.text};
  return outcome;
}

store::Event to_event(const store::DueRecipient& recipient, const Decision& decision, const AttemptPlace& place,
                      Time now) {
  store::Event event;
  event.account_id = recipient.account_id;
  event.api_message_id = recipient.api_message_id;
  event.at = now;
  event.recipient = recipient.forward_path;
  boost::json::object detail;
  switch (decision.state) {
    case RecipientState::delivered:
      event.kind = EventKind::delivery;
      event.counts = store::Metric::delivery;
      detail = delivery_detail(recipient, decision, place, now);
      break;
    case RecipientState::queued:
      event.kind = EventKind::delivery_delay;
      event.counts = store::Metric::deferral;
      detail = delay_detail(recipient, decision, place);
      break;
    case RecipientState::bounced:
    case RecipientState::expired:
    case RecipientState::suppressed:  // never tried, so never decided; as are the next two
    case RecipientState::not_rendered:
    case RecipientState::rejected:
      event.kind = EventKind::bounce;
      detail = bounce_detail(decision, place);
      judge_bounce(decision, place, event);
      break;
  }
  event.detail = boost::json::serialize(detail);
  return event;
}

}  // namespace sesame::delivery
