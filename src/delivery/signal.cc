#include "delivery/signal.h"

#include "replies/cause.h"

namespace sesame::delivery {
namespace {

using replies::Reason;

Signal signal_of(const smtp::Reply& reply, std::string_view remote_host) {
  const std::string text = reply.to_text();
  const std::string status = reply.enhanced_status ? smtp::format_enhanced_status(*reply.enhanced_status) : "";
  const replies::Cause cause = replies::find_cause(
      {.reply_code = reply.code, .enhanced_status = status, .text = text, .remote_host = remote_host});
  const bool is_transient = reply.reply_class() == smtp::ReplyClass::transient_failure;
  switch (cause.reason) {
    case Reason::rate_limited:
    case Reason::too_many_connections: return Signal::throttled;
    case Reason::bad_reputation:
    case Reason::blocklisted: return is_transient ? Signal::throttled : Signal::neutral;
    case Reason::unknown:
    case Reason::policy:
    case Reason::sender_rejected:
    case Reason::system_error:
    case Reason::network:
    case Reason::system_full:
    case Reason::protocol_error:
      return reply.code == 421 || (is_transient && status.starts_with("4.7.")) ? Signal::throttled : Signal::neutral;
    default: return Signal::neutral;
  }
}

}  // namespace

Signal signal_of(const AttemptOutcome& outcome, std::string_view remote_host) {
  if (std::holds_alternative<DeliveredOutcome>(outcome)) return Signal::taken;
  const auto* refused = std::get_if<ReplyOutcome>(&outcome);
  return refused == nullptr ? Signal::neutral : signal_of(refused->reply, remote_host);
}

}  // namespace sesame::delivery
