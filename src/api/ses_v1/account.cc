// The account (spec 1.5, 4.1).
#include "api/ses_v1/actions.h"

namespace sesame::api::ses_v1 {

net::Task<Done> get_send_quota(const SesV1Deps& deps, Call call, XmlWriter& answer) {
  constexpr double unlimited = -1;  // spec 4.1
  const Time since = deps.clock.now() - std::chrono::hours(24);
  const auto sent = co_await deps.queue.recipients_since(call.caller.account_id, since);
  if (!sent) co_return std::unexpected(to_query_error(sent.error(), "quota"));
  answer.number("Max24HourSend", unlimited);
  answer.number("MaxSendRate", unlimited);
  answer.number("SentLast24Hours", double(*sent));
  co_return Done{};
}

// Nothing pauses an account.
net::Task<Done> get_account_sending_enabled(const SesV1Deps&, Call, XmlWriter& answer) {
  answer.flag("Enabled", true);
  co_return Done{};
}

}  // namespace sesame::api::ses_v1
