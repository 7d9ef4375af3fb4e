// The account (spec 1.5, 3.5, 4.1).
#include "api/ses_v2/api.h"
#include "api/ses_v2/configuration_shapes.h"
#include "delivery/dedicated_pools.h"
#include "submission/pipeline.h"

namespace sesame::api {
namespace {

namespace json = boost::json;

constexpr double unlimited = -1;  // spec 4.1

ApiResult<bool> read_sending_enabled(const std::string& text) {
  const auto body = parse_body(text);
  if (!body) return std::unexpected(body.error());
  Validation validation;
  const bool enabled = ObjectReader(*body, validation).flag("SendingEnabled").value_or(false);
  if (const auto error = validation.error()) return std::unexpected(*error);
  return enabled;
}

// Absent is none.
ApiResult<store::SuppressionReasons> read_account_reasons(const std::string& text) {
  const auto body = parse_body(text);
  if (!body) return std::unexpected(body.error());
  Validation validation;
  const ObjectReader input(*body, validation);
  const auto options = input.object("ValidationAttributes");
  const auto reasons = read_reasons(input, validation);
  if (const auto error = validation.error()) return std::unexpected(*error);
  if (options && !options->empty()) return refuse(ErrorName::bad_request, "ValidationAttributes is not supported.");
  return reasons.value_or(store::SuppressionReasons{.bounce = false, .complaint = false});
}

}  // namespace

net::Task<Outcome> SesV2::get_account(Call call, Arguments) {
  const Time since = deps_.clock.now() - std::chrono::hours(24);
  const auto sent = co_await deps_.queue.recipients_since(call.caller.account_id, since);
  if (!sent) co_return std::unexpected(to_api_error(sent.error(), "Account"));
  const auto account = co_await deps_.configuration.account(call.caller.account_id);
  if (!account) co_return std::unexpected(to_api_error(account.error()));
  const submission::QuotaLimits& limits = deps_.pipeline.quota_limits();
  const json::object quota{{"Max24HourSend", limits.per_day ? double(*limits.per_day) : unlimited},
                           {"MaxSendRate", limits.per_second.value_or(unlimited)},
                           {"SentLast24Hours", double(*sent)}};
  const auto auto_warmup = co_await deps_.pools.auto_warmup(call.caller.account_id);
  if (!auto_warmup) co_return std::unexpected(ApiError{ErrorName::internal_failure, auto_warmup.error().text});
  co_return json::object{{"DedicatedIpAutoWarmupEnabled", *auto_warmup},
                         {"EnforcementStatus", "HEALTHY"},
                         {"ProductionAccessEnabled", true},
                         {"SendingEnabled", account->sending_enabled},
                         {"SendQuota", quota},
                         {"SuppressionAttributes", {{"SuppressedReasons", reasons_shape(account->suppression)}}}};
}

net::Task<Outcome> SesV2::put_account_sending(Call call, Arguments) {
  const auto enabled = read_sending_enabled(call.body);
  if (!enabled) co_return std::unexpected(enabled.error());
  const auto set = co_await deps_.configuration.set_account_sending(call.caller.account_id, *enabled);
  if (!set) co_return std::unexpected(to_api_error(set.error()));
  co_return json::object();
}

net::Task<Outcome> SesV2::put_account_suppression(Call call, Arguments) {
  const auto reasons = read_account_reasons(call.body);
  if (!reasons) co_return std::unexpected(reasons.error());
  const auto set = co_await deps_.configuration.set_account_suppression(call.caller.account_id, *reasons);
  if (!set) co_return std::unexpected(to_api_error(set.error()));
  co_return json::object();
}

}  // namespace sesame::api
