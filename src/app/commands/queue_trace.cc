// `sesame queue trace`: the service keeps what is said, and tells it as it comes.
#include <fmt/format.h>

#include "app/commands/offline.h"
#include "app/commands/queue_access.h"
#include "app/commands/tail.h"
#include "app/json_path.h"
#include "app/terminal.h"
#include "app/wait_for.h"
#include "base/text.h"

namespace sesame::app {
namespace {

using boost::json::value;

// "90s", "10m", "1h" in seconds.
std::optional<std::uint64_t> seconds_of(std::string_view text) {
  if (text.empty()) return std::nullopt;
  const auto count = parse_decimal(text.substr(0, text.size() - 1));
  const std::string_view units = "smh";
  const std::size_t unit = units.find(text.back());
  if (!count || *count > 86'400 || unit == units.npos) return std::nullopt;
  constexpr std::uint64_t seconds[] = {1, 60, 3600};
  return *count * seconds[unit];
}

void show_session(const value& session) {
  fmt::print("{}  {}  {} [{}]\n", text_at(session, "at"), text_at(session, "api_message_id"),
             harmless(text_at(session, "remote_host")), text_at(session, "remote_ip"));
  for (const value& line : list_at(session, "dialogue")) {
    if (line.is_string()) fmt::print("    {}\n", harmless(std::string(line.as_string())));
  }
}

// What went wrong, and how the command ends for it.
struct Trouble {
  std::string text;
  int status = exit_good;
};

std::optional<Trouble> trouble_of(const Result<ApiReply, std::string>& reply) {
  if (!reply) return Trouble{reply.error(), exit_unknown};
  if (reply->ok()) return std::nullopt;
  return Trouble{fmt::format("{}: {}", reply->error_type, reply->message()),
                 reply->status >= 500 ? exit_unknown : exit_bad_news};
}

// Until the trace is over or something goes wrong.
net::Task<void> show_sessions(ApiClient& api, std::string path, bool as_json, std::optional<Trouble>& trouble) {
  std::int64_t last = 0;
  for (bool is_on = true; is_on;) {
    const std::string target = fmt::format("{}?after={}&wait={}", path, last, poll_wait.count());
    const auto reply = co_await api.call("GET", target, std::nullopt, poll_wait + poll_margin);
    trouble = trouble_of(reply);
    if (trouble) co_return;
    is_on = flag_at(reply->body, "on");
    for (const value& session : list_at(reply->body, "sessions")) {
      as_json ? fmt::print("{}\n", boost::json::serialize(session)) : show_session(session);
      last = number_at(session, "number");
    }
    std::fflush(stdout);
  }
}

}  // namespace

int queue_trace(const QueueArguments& arguments) {
  const auto lasts = seconds_of(arguments.lasts);
  if (!lasts) return complain("--for: give a number with s, m or h, such as 10m", exit_usage);
  auto access = service_access(arguments);
  if (!access) return complain(access.error(), exit_usage);
  ApiClient api(std::move(*access));
  net::Runtime runtime(1);
  const std::string path = fmt::format("/v2/sesame/traces/{}/{}", arguments.scope, percent_encode(arguments.value));
  const auto begun = wait_for(runtime, api.call("PUT", fmt::format("{}?seconds={}", path, *lasts)));
  std::optional<Trouble> trouble = trouble_of(begun);
  if (trouble) return complain(trouble->text, trouble->status);
  const bool ended = run_until_interrupted(runtime, show_sessions(api, path, arguments.json, trouble));
  // Whoever has seen enough does not want the service to go on.
  if (!ended) trouble = trouble_of(wait_for(runtime, api.call("DELETE", path)));
  return trouble ? complain(trouble->text, trouble->status) : exit_good;
}

}  // namespace sesame::app
