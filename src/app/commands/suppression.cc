// The account's suppression list from the shell, through the API (spec 3.5).
#include <fmt/format.h>

#include <fstream>
#include <iostream>
#include <iterator>

#include "app/commands/api_command.h"
#include "app/commands/suppression_file.h"
#include "app/csv.h"
#include "app/json_path.h"
#include "app/wait_for.h"
#include "base/text.h"
#include "net/runtime.h"

namespace sesame::app {
namespace {

namespace json = boost::json;

constexpr std::string_view addresses = "/v2/email/suppression/addresses";
constexpr std::size_t max_errors_shown = 20;

std::string path_of(const std::string& address) { return fmt::format("{}/{}", addresses, percent_encode(address)); }

json::object put_body(const SuppressionEntry& entry) {
  return {{"EmailAddress", entry.address}, {"Reason", entry.reason}};
}

// Seconds since 1970, with or without a fraction, as RFC 3339.
std::string time_text(const json::value& value) {
  const double seconds = value.is_double() ? value.get_double() : double(value.is_int64() ? value.get_int64() : 0);
  return format_time(seconds);
}

void show_entry(const json::value& entry) {
  fmt::print("{:<10} {:<24} {}\n", text_at(entry, "Reason"), time_text(at(entry, "LastUpdateTime")),
             text_at(entry, "EmailAddress"));
}

// Every entry of the list, page by page.
int each_entry(const SuppressionArguments& arguments, const std::function<void(const json::value&)>& show) {
  std::string next;
  do {
    std::string target = fmt::format("{}?PageSize=1000", addresses);
    if (!arguments.reason.empty()) target += "&Reason=" + percent_encode(arguments.reason);
    if (!next.empty()) target += "&NextToken=" + percent_encode(next);
    next.clear();
    const int listed = api_command(arguments.api, "GET", target, std::nullopt, [&](const json::value& page) {
      next = text_at(page, "NextToken");
      const auto* entries = at(page, "SuppressedDestinationSummaries").if_array();
      if (entries == nullptr) return;
      for (const json::value& entry : *entries) show(entry);
    });
    if (listed != exit_good) return listed;
  } while (!next.empty());
  return exit_good;
}

Result<std::string, std::string> read_input(const std::string& file) {
  std::ifstream opened;
  if (file != "-") {
    opened.open(file, std::ios::binary);
    if (!opened) return std::unexpected(fmt::format("{}: cannot be read", file));
  }
  std::istream& in = file == "-" ? std::cin : opened;
  std::string text;
  char buffer[64 * 1024];
  while (in.read(buffer, sizeof buffer) || in.gcount() > 0) {
    text.append(buffer, static_cast<std::size_t>(in.gcount()));
    if (text.size() > max_suppression_file) {
      return std::unexpected(fmt::format("{}: larger than {} MiB", file, max_suppression_file >> 20));
    }
  }
  if (in.bad()) return std::unexpected(fmt::format("{}: cannot be read", file));
  return text;
}

net::Task<int> put_all(ApiClient& api, const std::string& file, const std::vector<SuppressionEntry>& entries) {
  std::size_t refused = 0;
  for (const SuppressionEntry& entry : entries) {
    const auto reply = co_await api.call("PUT", std::string(addresses), put_body(entry));
    if (!reply) {
      fmt::print(stderr, "sesame: {}:{}: {}\n", file, entry.line, reply.error());
      co_return exit_unknown;
    }
    if (reply->ok()) continue;
    if (++refused <= max_errors_shown) {
      fmt::print(stderr, "sesame: {}:{}: {}\n", file, entry.line, reply->message());
    }
    if (reply->status >= 500) co_return exit_unknown;
  }
  fmt::print("{} added, {} refused\n", entries.size() - refused, refused);
  co_return refused == 0 ? exit_good : exit_bad_news;
}

}  // namespace

int suppression_list(const SuppressionArguments& arguments) { return each_entry(arguments, show_entry); }

int suppression_show(const SuppressionArguments& arguments) {
  return api_command(arguments.api, "GET", path_of(arguments.address), std::nullopt, [](const json::value& answer) {
    show_entry(at(answer, "SuppressedDestination"));
    const std::string message = text_at(answer, "SuppressedDestination.Attributes.MessageId");
    if (!message.empty()) fmt::print("because of {}\n", message);
  });
}

int suppression_add(const SuppressionArguments& arguments) {
  const std::string reason = arguments.reason.empty() ? "BOUNCE" : arguments.reason;
  return api_command(arguments.api, "PUT", std::string(addresses), put_body({0, arguments.address, reason}),
                     [](const json::value&) {});
}

int suppression_delete(const SuppressionArguments& arguments) {
  return api_command(arguments.api, "DELETE", path_of(arguments.address), std::nullopt, [](const json::value&) {});
}

int suppression_export(const SuppressionArguments& arguments) {
  fmt::print("{}", csv_line({"EmailAddress", "Reason", "LastUpdateTime"}));
  return each_entry(arguments, [](const json::value& entry) {
    fmt::print("{}", csv_line({text_at(entry, "EmailAddress"), text_at(entry, "Reason"),
                               time_text(at(entry, "LastUpdateTime"))}));
  });
}

// All or nothing as far as the file goes: nothing is added while a line of it is wrong.
int suppression_import(const SuppressionArguments& arguments) {
  const auto text = read_input(arguments.file);
  if (!text) {
    fmt::print(stderr, "sesame: {}\n", text.error());
    return exit_usage;
  }
  const SuppressionFile read = read_suppression_file(*text);
  for (const CsvError& error : read.errors) {
    fmt::print(stderr, "sesame: {}:{}: {}\n", arguments.file, error.line, error.what);
  }
  if (!read.errors.empty()) return exit_bad_news;
  auto access = api_access(arguments.api);
  if (!access) {
    fmt::print(stderr, "sesame: {}\n", access.error());
    return exit_unknown;
  }
  ApiClient api(std::move(*access));
  net::Runtime runtime(1);
  return wait_for(runtime, put_all(api, arguments.file, read.entries));
}

}  // namespace sesame::app
