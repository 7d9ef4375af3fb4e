#include <fmt/format.h>

#include "app/commands/api_access.h"
#include "app/commands/tail.h"
#include "app/json_path.h"

namespace sesame::app {
namespace {

void print_event(const boost::json::value& event) {
  fmt::print("{}  {:<14}  {}  {}  {}\n", text_at(event, "at"), text_at(event, "kind"), text_at(event, "api_message_id"),
             text_at(event, "recipient"), boost::json::serialize(at(event, "detail")));
  std::fflush(stdout);
}

// Prints what comes after `after`; the sequence to go on from, or what went wrong.
net::Task<Result<std::int64_t, std::string>> print_after(ApiClient& api, std::int64_t after, int wait) {
  const std::string target = fmt::format("/v2/sesame/events?after={}&wait={}", after, wait);
  auto reply = co_await api.call("GET", target, std::nullopt, std::chrono::seconds(wait) + poll_margin);
  if (!reply) co_return std::unexpected(reply.error());
  if (!reply->ok()) co_return std::unexpected(fmt::format("{} {}", reply->status, reply->message()));
  if (const auto* events = at(reply->body, "events").if_array()) {
    for (const boost::json::value& event : *events) print_event(event);
  }
  const boost::json::value& last = at(reply->body, "last");
  co_return last.is_int64() ? last.as_int64() : after;
}

net::Task<void> tail(ApiClient& api, TailArguments arguments, std::string& problem) {
  std::int64_t after = arguments.after.value_or(0);
  if (!arguments.after && !arguments.once) {
    auto reply = co_await api.call("GET", "/v2/sesame/events?after=latest");
    if (reply && reply->ok() && at(reply->body, "last").is_int64()) after = at(reply->body, "last").as_int64();
  }
  for (;;) {
    auto next = co_await print_after(api, after, arguments.once ? 0 : int(poll_wait.count()));
    if (!next) {
      problem = next.error();
      co_return;
    }
    if (arguments.once && *next == after) co_return;
    after = *next;
  }
}

}  // namespace

int events_tail(const TailArguments& arguments) {
  auto access = api_access(arguments.api);
  std::string problem = access ? "" : access.error();
  if (access) {
    ApiClient api(std::move(*access));
    net::Runtime runtime(1);
    run_until_interrupted(runtime, tail(api, arguments, problem));
  }
  if (problem.empty()) return exit_good;
  fmt::print(stderr, "sesame: {}\n", problem);
  return exit_unknown;
}

}  // namespace sesame::app
