// Counters by quarter of an hour, and how much waits.
#include "api/query.h"
#include "api/sesame/api.h"
#include "base/time_text.h"
#include "store/queue_store.h"

namespace sesame::api {
namespace {

namespace json = boost::json;

constexpr std::uint64_t max_days = 14;     // older counters are forgotten
constexpr std::size_t max_points = 20000;  // receivers: up to 500 in each quarter of an hour

struct StatisticsRequest {
  store::MetricDimension dimension = store::MetricDimension::account;
  std::optional<std::string> name;
  std::chrono::days days{1};
};

ApiResult<StatisticsRequest> read_request(const Call& call) {
  StatisticsRequest request;
  Validation validation;
  const std::string by = text_parameter(call, "by").value_or("account");
  if (by == "identity") request.dimension = store::MetricDimension::identity;
  if (by == "receiver") request.dimension = store::MetricDimension::receiver_domain;
  validation.must(by == "account" || by == "identity" || by == "receiver", "by",
                  "Member must satisfy enum value set: [account, identity, receiver]");
  request.name = text_parameter(call, "name");
  request.days = std::chrono::days(number_parameter(call, "days", 1, max_days, validation).value_or(1));
  if (const auto error = validation.error()) return std::unexpected(*error);
  return request;
}

json::object point_shape(const store::MetricPoint& point) {
  return {{"at", format_rfc3339_seconds(point.at)},
          {"name", point.name},
          {"sends", point.counts.sends},
          {"deliveries", point.counts.deliveries},
          {"permanent_bounces", point.counts.permanent_bounces},
          {"transient_bounces", point.counts.transient_bounces},
          {"complaints", point.counts.complaints},
          {"rejects", point.counts.rejects},
          {"deferrals", point.counts.deferrals}};
}

}  // namespace

net::Task<Outcome> SesameApi::statistics(Call call, Arguments) {
  const auto request = read_request(call);
  if (!request) co_return std::unexpected(request.error());
  const Time since = deps_.clock.now() - request->days;
  const auto points =
      co_await deps_.queue.metrics(call.caller.account_id, request->dimension, request->name, since, max_points);
  if (!points) co_return std::unexpected(to_api_error(points.error(), "Statistics"));
  const auto depth = co_await deps_.queue.depth();
  if (!depth) co_return std::unexpected(to_api_error(depth.error(), "Statistics"));
  json::array shapes;
  for (const store::MetricPoint& point : *points) shapes.push_back(point_shape(point));
  json::object queue{
      {"recipients", depth->recipients_queued}, {"messages", depth->messages_unfinished}, {"oldest_accepted", nullptr}};
  if (const auto oldest = depth->oldest_accepted) queue["oldest_accepted"] = format_rfc3339_ms(*oldest);
  co_return json::object{{"points", std::move(shapes)},
                         {"complete", points->size() < max_points},
                         {"since", format_rfc3339_ms(since)},
                         {"queue", std::move(queue)}};
}

}  // namespace sesame::api
