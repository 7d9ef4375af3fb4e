#include <fmt/format.h>

#include <functional>

#include "api/sesame/message_shapes.h"
#include "app/commands/offline.h"
#include "app/commands/queue_access.h"
#include "app/json_path.h"
#include "app/terminal.h"
#include "base/text.h"

namespace sesame::app {
namespace {

using boost::json::value;

constexpr std::string_view messages = "/v2/sesame/messages";
constexpr std::string_view pauses = "/v2/sesame/pauses";
constexpr std::size_t most_per_page = 1000;

std::string path_of(const std::string& api_message_id) {
  return fmt::format("{}/{}", messages, percent_encode(api_message_id));
}

void show_json(const value& answer) { fmt::print("{}\n", boost::json::serialize(answer)); }

// One line for each recipient: id, state, when it is tried next, address.
void show_summary(const value& message) {
  for (const value& recipient : list_at(message, "recipients")) {
    const std::string next = text_at(recipient, "next_attempt");
    const bool is_held = !text_at(recipient, "held_by").empty();
    fmt::print("{}  {:<9}  {:<24}  {:>2} tried  {}\n", text_at(message, "api_message_id"),
               is_held ? "paused" : text_at(recipient, "state"), next.empty() ? "-" : next,
               number_at(recipient, "attempt_count"), harmless(text_at(recipient, "address")));
  }
}

void show_attempt(const value& attempt) {
  const std::string host = text_at(attempt, "remote_host");
  fmt::print("    {}  {}{}{}\n", text_at(attempt, "at"), harmless(host), host.empty() ? "" : ": ",
             harmless(text_at(attempt, "text")));
}

void show_message(const value& message) {
  fmt::print("message    {}\n", text_at(message, "api_message_id"));
  fmt::print("accepted   {} through {}, expires {}\n", text_at(message, "accepted"),
             text_at(message, "accepted_through"), text_at(message, "expires"));
  fmt::print("mail from  {}\n", harmless(text_at(message, "envelope.mail_from")));
  fmt::print("from       {}\n", harmless(text_at(message, "from")));
  fmt::print("subject    {}\n", harmless(text_at(message, "subject")));
  for (const value& recipient : list_at(message, "recipients")) {
    const std::string next = text_at(recipient, "next_attempt");
    const std::string held_by = text_at(recipient, "held_by");
    fmt::print("to         {}: {}{}{}{}{}\n", harmless(text_at(recipient, "address")), text_at(recipient, "state"),
               next.empty() ? "" : ", next try ", next, held_by.empty() ? "" : ", paused: ", harmless(held_by));
    for (const value& attempt : list_at(recipient, "attempts")) show_attempt(attempt);
  }
}

// Asks once and shows the answer; the exit status.
int ask(QueueAccess& queue, const std::string& method, const std::string& target,
        const std::function<void(const value&)>& show) {
  const auto reply = queue.call(method, target);
  if (!reply) return complain(reply.error(), exit_unknown);
  if (!reply->ok()) {
    return complain(fmt::format("{}: {}", reply->error_type, reply->message()),
                    reply->status >= 500 ? exit_unknown : exit_bad_news);
  }
  show(reply->body);
  return exit_good;
}

std::string list_target(const QueueArguments& arguments, std::size_t limit, const std::string& next) {
  std::string target = fmt::format("{}?limit={}", messages, limit);
  if (arguments.state != "all") target += "&state=" + percent_encode(arguments.state);
  if (!arguments.recipient.empty()) target += "&recipient=" + percent_encode(arguments.recipient);
  if (!next.empty()) target += "&next_token=" + percent_encode(next);
  return target;
}

std::string pause_path(const QueueArguments& arguments) {
  std::string path = fmt::format("{}/{}", pauses, arguments.scope);
  if (!arguments.value.empty()) path += "/" + percent_encode(arguments.value);
  return path;
}

void show_pause(const value& pause) {
  fmt::print("{}  {:<17}  {}{}{}\n", text_at(pause, "since"), text_at(pause, "scope"),
             harmless(text_at(pause, "value")), text_at(pause, "note").empty() ? "" : "  ",
             harmless(text_at(pause, "note")));
}

int interfere(const QueueArguments& arguments, std::string_view verb, std::string_view done) {
  auto queue = open_queue(arguments);
  if (!queue) return complain(queue.error(), exit_usage);
  std::int64_t recipients = 0;
  const int status =
      ask(**queue, "POST", fmt::format("{}/{}", path_of(arguments.api_message_id), verb), [&](const value& answer) {
        recipients = number_at(answer, "recipients");
        if (arguments.json) return show_json(answer);
        fmt::print("{}: {} {}\n", done, recipients, recipients == 1 ? "recipient" : "recipients");
      });
  if (status == exit_good && recipients == 0) return exit_bad_news;
  return status;
}

}  // namespace

std::vector<std::string> queue_list_states() {
  std::vector<std::string> states;
  for (const auto& [word, state] : api::recipient_state_words) states.emplace_back(word);
  states.emplace_back("all");
  return states;
}

int queue_list(const QueueArguments& arguments) {
  auto queue = open_queue(arguments);
  if (!queue) return complain(queue.error(), exit_usage);
  std::string next;
  for (std::size_t left = arguments.limit; left > 0;) {
    std::size_t shown = 0;
    const int status =
        ask(**queue, "GET", list_target(arguments, std::min(left, most_per_page), next), [&](const value& page) {
          next = text_at(page, "next_token");
          shown = list_at(page, "messages").size();
          for (const value& message : list_at(page, "messages")) {
            arguments.json ? show_json(message) : show_summary(message);
          }
        });
    if (status != exit_good) return status;
    left -= std::min(left, shown);
    if (next.empty() || shown == 0) break;
  }
  return exit_good;
}

int queue_show(const QueueArguments& arguments) {
  auto queue = open_queue(arguments);
  if (!queue) return complain(queue.error(), exit_usage);
  return ask(**queue, "GET", path_of(arguments.api_message_id), arguments.json ? show_json : show_message);
}

int queue_pause(const QueueArguments& arguments) {
  auto queue = open_queue(arguments);
  if (!queue) return complain(queue.error(), exit_usage);
  std::string target = pause_path(arguments);
  if (!arguments.note.empty()) target += "?note=" + percent_encode(arguments.note);
  return ask(**queue, "PUT", target, [](const value&) {});
}

int queue_resume(const QueueArguments& arguments) {
  auto queue = open_queue(arguments);
  if (!queue) return complain(queue.error(), exit_usage);
  return ask(**queue, "DELETE", pause_path(arguments), [](const value&) {});
}

int queue_paused(const QueueArguments& arguments) {
  auto queue = open_queue(arguments);
  if (!queue) return complain(queue.error(), exit_usage);
  return ask(**queue, "GET", std::string(pauses), [&](const value& answer) {
    for (const value& pause : list_at(answer, "pauses")) arguments.json ? show_json(pause) : show_pause(pause);
  });
}

int queue_retry(const QueueArguments& arguments) { return interfere(arguments, "retry", "due now"); }
int queue_drop(const QueueArguments& arguments) { return interfere(arguments, "drop", "given up"); }

}  // namespace sesame::app
