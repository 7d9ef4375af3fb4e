// The account (spec 1.5, 4.1).
#include "api/ses_v1/actions.h"
#include "api/ses_v1/form.h"
#include "base/time_text.h"
#include "submission/pipeline.h"

namespace sesame::api::ses_v1 {
namespace {

constexpr double unlimited = -1;                 // spec 4.1
constexpr std::chrono::days statistics_age{14};  // of the oldest data point
// More than there are intervals in that time.
constexpr std::size_t max_points = 2000;

}  // namespace

net::Task<Done> get_send_quota(const SesV1Deps& deps, Call call, XmlWriter& answer) {
  const Time since = deps.clock.now() - std::chrono::hours(24);
  const auto sent = co_await deps.queue.recipients_since(call.caller.account_id, since);
  if (!sent) co_return std::unexpected(to_query_error(sent.error(), "quota"));
  const submission::QuotaLimits& limits = deps.pipeline.quota_limits();
  answer.number("Max24HourSend", limits.per_day ? double(*limits.per_day) : unlimited);
  answer.number("MaxSendRate", limits.per_second.value_or(unlimited));
  answer.number("SentLast24Hours", double(*sent));
  co_return Done{};
}

// Hard bounces only; those of addresses that were suppressed do not count (spec 3.5).
net::Task<Done> get_send_statistics(const SesV1Deps& deps, Call call, XmlWriter& answer) {
  const Time since = deps.clock.now() - statistics_age;
  const auto points = co_await deps.queue.metrics(call.caller.account_id, store::MetricDimension::account, std::nullopt,
                                                  since, max_points);
  if (!points) co_return std::unexpected(to_query_error(points.error(), "statistics"));
  answer.open("SendDataPoints");
  for (const store::MetricPoint& point : *points) {
    answer.open("member");
    answer.text("Timestamp", format_rfc3339_seconds(point.at));
    answer.text("DeliveryAttempts", std::to_string(point.counts.sends));
    answer.text("Bounces", std::to_string(point.counts.permanent_bounces));
    answer.text("Complaints", std::to_string(point.counts.complaints));
    answer.text("Rejects", std::to_string(point.counts.rejects));
    answer.close();
  }
  answer.close();
  co_return Done{};
}

net::Task<Done> get_account_sending_enabled(const SesV1Deps& deps, Call call, XmlWriter& answer) {
  const auto account = co_await deps.configuration.account(call.caller.account_id);
  if (!account) co_return std::unexpected(to_query_error(account.error()));
  answer.flag("Enabled", account->sending_enabled);
  co_return Done{};
}

net::Task<Done> update_account_sending_enabled(const SesV1Deps& deps, Call call, XmlWriter&) {
  const Form form(call.parameters);
  Problems problems;
  const bool enabled = FormReader(form, problems).flag("Enabled").value_or(false);
  if (const auto error = problems.error()) co_return std::unexpected(*error);
  const auto set = co_await deps.configuration.set_account_sending(call.caller.account_id, enabled);
  if (!set) co_return std::unexpected(to_query_error(set.error()));
  co_return Done{};
}

}  // namespace sesame::api::ses_v1
