// The account (spec 1.5, 4.1).
#include "api/ses_v2/api.h"

namespace sesame::api {

net::Task<Outcome> SesV2::get_account(Call call, Arguments) {
  constexpr double unlimited = -1;  // spec 4.1
  const Time since = deps_.clock.now() - std::chrono::hours(24);
  const auto sent = co_await deps_.queue.recipients_since(call.caller.account_id, since);
  if (!sent) co_return std::unexpected(to_api_error(sent.error(), "Account"));
  const boost::json::object quota{
      {"Max24HourSend", unlimited}, {"MaxSendRate", unlimited}, {"SentLast24Hours", double(*sent)}};
  co_return boost::json::object{{"DedicatedIpAutoWarmupEnabled", false},
                                {"EnforcementStatus", "HEALTHY"},
                                {"ProductionAccessEnabled", true},
                                {"SendingEnabled", true},
                                {"SendQuota", quota}};
}

}  // namespace sesame::api
