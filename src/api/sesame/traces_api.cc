#include "api/sesame/traces_api.h"

#include <algorithm>
#include <boost/json.hpp>

#include "api/json.h"
#include "api/query.h"
#include "base/log.h"
#include "base/text.h"
#include "base/time_text.h"

namespace sesame::api {
namespace {

namespace json = boost::json;
using delivery::TracedSession;
using delivery::TraceScope;
using delivery::TraceSubject;
using delivery::TraceView;

constexpr EnumWords<TraceScope, 2> scope_words{{{"domain", TraceScope::domain}, {"message", TraceScope::message}}};
constexpr std::size_t max_value = 255;  // a domain
constexpr std::size_t max_line = 2048;  // what follows of a longer one is not shown
constexpr std::uint64_t usual_seconds = 600;
constexpr std::uint64_t most_number = std::numeric_limits<std::int64_t>::max();
constexpr std::uint64_t most_seconds = std::chrono::seconds(delivery::TraceBook::longest).count();

ApiResult<TraceSubject> read_subject(const Call& call, const Arguments& arguments) {
  TraceSubject subject{call.caller.account_id, TraceScope::domain, arguments[1]};
  if (arguments[0] == "message") {
    subject.scope = TraceScope::message;
  } else if (arguments[0] == "domain") {
    subject.value = ascii_lower(subject.value);
  } else {
    return refuse(ErrorName::bad_request, "The scope is one of domain and message.");
  }
  if (subject.value.size() > max_value) return refuse(ErrorName::bad_request, "That cannot be traced.");
  return subject;
}

ApiError no_trace() { return {ErrorName::not_found, "There is no such trace."}; }

json::array lines_of(const std::string& dialogue) {
  json::array lines;
  for (const std::string_view line : split(dialogue, '\n')) {
    if (!line.empty()) lines.emplace_back(printable_utf8(line, max_line));
  }
  return lines;
}

json::object session_shape(const TracedSession& session) {
  return {{"number", session.number},
          {"at", format_rfc3339_ms(session.at)},
          {"api_message_id", session.api_message_id},
          {"domain", session.domain},
          {"remote_host", session.remote_host},
          {"remote_ip", session.remote_ip},
          {"source_ip", session.source_ip},
          {"dialogue", lines_of(session.dialogue)}};
}

bool is_over(net::Deadline deadline) { return std::chrono::steady_clock::now() >= deadline; }

json::object trace_shape(const TraceView& trace) {
  return {{"scope", word_of(scope_words, trace.subject.scope)},
          {"value", trace.subject.value},
          {"until", format_rfc3339_ms(trace.until)},
          {"on", trace.is_on},
          {"forgotten", trace.forgotten}};
}

json::object full_shape(const TraceView& trace) {
  json::array sessions;
  for (const TracedSession& session : trace.sessions) sessions.push_back(session_shape(session));
  json::object shape = trace_shape(trace);
  shape["sessions"] = std::move(sessions);
  return shape;
}

}  // namespace

net::Task<http::Response> TracesApi::handle(Call call) {
  static constexpr auto routes = std::to_array<Route<TracesApi>>({
      {"GET", "/v2/sesame/traces", &TracesApi::list},
      {"GET", "/v2/sesame/traces/{scope}/{value}", &TracesApi::get},
      {"PUT", "/v2/sesame/traces/{scope}/{value}", &TracesApi::put},
      {"DELETE", "/v2/sesame/traces/{scope}/{value}", &TracesApi::remove},
  });
  http::Response response = co_await route<TracesApi>(*this, routes, std::move(call));
  co_return response;
}

net::Task<Outcome> TracesApi::list(Call call, Arguments) {
  json::array traces;
  for (const TraceView& trace : deps_.traces.list(call.caller.account_id, deps_.clock.now())) {
    traces.push_back(trace_shape(trace));
  }
  co_return json::object{{"traces", std::move(traces)}};
}

net::Task<Outcome> TracesApi::get(Call call, Arguments arguments) {
  const auto subject = read_subject(call, arguments);
  if (!subject) co_return std::unexpected(subject.error());
  Validation validation;
  const std::uint64_t after = number_parameter(call, "after", 0, most_number, validation).value_or(0);
  const net::Deadline deadline = wait_parameter(call, validation);
  if (const auto error = validation.error()) co_return std::unexpected(*error);
  events::Feed& changes = deps_.traces.changes();
  for (;;) {
    // Read before the book, so that nothing added between the two is waited for.
    const std::uint64_t seen = changes.generation();
    const Time now = deps_.clock.now();
    const auto trace = deps_.traces.find(*subject, after, now);
    if (!trace) co_return std::unexpected(no_trace());
    if (!trace->sessions.empty() || !trace->is_on || is_over(deadline) || changes.closed()) {
      co_return full_shape(*trace);
    }
    co_await changes.wait(seen, std::min(deadline, net::after(trace->until - now)));
  }
}

net::Task<Outcome> TracesApi::put(Call call, Arguments arguments) {
  const auto subject = read_subject(call, arguments);
  if (!subject) co_return std::unexpected(subject.error());
  Validation validation;
  const std::uint64_t lasts = number_parameter(call, "seconds", 1, most_seconds, validation).value_or(usual_seconds);
  if (const auto error = validation.error()) co_return std::unexpected(*error);
  const Time now = deps_.clock.now();
  if (!deps_.traces.start(*subject, now + std::chrono::seconds(lasts), now)) {
    co_return refuse(ErrorName::limit_exceeded, "There are too many traces already.");
  }
  log::info("api", "sessions are traced", {{"what", subject->value}, {"by", call.caller.access_key_id}});
  co_return json::object();
}

net::Task<Outcome> TracesApi::remove(Call call, Arguments arguments) {
  const auto subject = read_subject(call, arguments);
  if (!subject) co_return std::unexpected(subject.error());
  if (!deps_.traces.end(*subject)) co_return std::unexpected(no_trace());
  co_return json::object();
}

}  // namespace sesame::api
