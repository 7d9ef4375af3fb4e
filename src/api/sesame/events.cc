// Events as they are committed: a long poll.
#include "api/query.h"
#include "api/sesame/api.h"
#include "api/sesame/message_shapes.h"

namespace sesame::api {
namespace {

struct EventsRequest {
  std::int64_t after = 0;
  bool from_now = false;  // after=latest
  std::size_t limit = SesameApi::default_page;
  net::Deadline deadline;
};

ApiResult<EventsRequest> read_request(const Call& call) {
  constexpr std::uint64_t most = std::numeric_limits<std::int64_t>::max();
  EventsRequest request;
  Validation validation;
  request.from_now = text_parameter(call, "after") == "latest";
  if (!request.from_now) request.after = std::int64_t(number_parameter(call, "after", 0, most, validation).value_or(0));
  request.limit = number_parameter(call, "limit", 1, SesameApi::max_page, validation).value_or(request.limit);
  request.deadline = wait_parameter(call, validation);
  if (const auto error = validation.error()) return std::unexpected(*error);
  return request;
}

}  // namespace

net::Task<Outcome> SesameApi::list_events(Call call, Arguments) {
  auto request = read_request(call);
  if (!request) co_return std::unexpected(request.error());
  if (request->from_now) {
    const auto latest = co_await deps_.queue.last_event_sequence();
    if (!latest) co_return std::unexpected(to_api_error(latest.error(), "List"));
    request->after = *latest;
  }
  for (;;) {
    // Read before the store, so that nothing committed between the two is waited for.
    const std::uint64_t seen = deps_.feed.generation();
    const auto events = co_await deps_.queue.events_after(call.caller.account_id, request->after, request->limit);
    if (!events) co_return std::unexpected(to_api_error(events.error(), "List"));
    // What woke us may have been another account's.
    const bool patience_ends = std::chrono::steady_clock::now() >= request->deadline || deps_.feed.closed();
    const bool answer = !events->empty() || patience_ends;
    if (answer) {
      auto list = event_shapes(*events);
      if (!list) co_return std::unexpected(list.error());
      const std::int64_t last = events->empty() ? request->after : events->back().sequence;
      co_return boost::json::object{{"events", std::move(*list)}, {"last", last}};
    }
    co_await deps_.feed.wait(seen, request->deadline);
  }
}

}  // namespace sesame::api
