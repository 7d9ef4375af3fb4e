#include <fmt/format.h>

#include <functional>

#include "app/commands/offline.h"
#include "app/commands/queue_access.h"
#include "app/json_path.h"
#include "app/terminal.h"
#include "base/text.h"

namespace sesame::app {
namespace {

using boost::json::value;

constexpr std::string_view messages = "/v2/sesame/messages";
constexpr std::size_t most_per_page = 1000;

std::string path_of(const std::string& api_message_id) {
  return fmt::format("{}/{}", messages, percent_encode(api_message_id));
}

void show_json(const value& answer) { fmt::print("{}\n", boost::json::serialize(answer)); }

const boost::json::array& list_at(const value& answer, std::string_view path) {
  static const boost::json::array none;
  const auto* list = at(answer, path).if_array();
  return list == nullptr ? none : *list;
}

std::int64_t number_at(const value& answer, std::string_view path) {
  const value& found = at(answer, path);
  return found.is_int64() ? found.as_int64() : 0;
}

// One line for each recipient: id, state, when it is tried next, address.
void show_summary(const value& message) {
  for (const value& recipient : list_at(message, "recipients")) {
    const std::string next = text_at(recipient, "next_attempt");
    fmt::print("{}  {:<9}  {:<24}  {:>2} tried  {}\n", text_at(message, "api_message_id"), text_at(recipient, "state"),
               next.empty() ? "-" : next, number_at(recipient, "attempt_count"),
               harmless(text_at(recipient, "address")));
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
    fmt::print("to         {}: {}{}{}\n", harmless(text_at(recipient, "address")), text_at(recipient, "state"),
               next.empty() ? "" : ", next try ", next);
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

int queue_retry(const QueueArguments& arguments) { return interfere(arguments, "retry", "due now"); }
int queue_drop(const QueueArguments& arguments) { return interfere(arguments, "drop", "given up"); }

}  // namespace sesame::app
