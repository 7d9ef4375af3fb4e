// `sesame feedback`: reads what the service keeps, whether it runs or not.
#include "feedback/kept_mail.h"

#include <fmt/format.h>

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <cstdio>

#include "app/commands/commands.h"
#include "app/commands/offline.h"
#include "app/data_dir.h"
#include "app/terminal.h"

namespace sesame::app {
namespace {

using feedback::KeptMailEntry;

boost::json::object to_json(const KeptMailEntry& entry) {
  return {{"name", entry.name},
          {"received", entry.received},
          {"octets", entry.octets},
          {"mail_from", entry.reverse_path},
          {"return_path", entry.return_path},
          {"from", entry.from},
          {"subject", entry.subject}};
}

void show_line(const KeptMailEntry& entry) {
  fmt::print("{}  {:>8}  {}  {}  {}\n", entry.name, entry.octets, harmless(entry.return_path), harmless(entry.from),
             harmless(entry.subject));
}

}  // namespace

int feedback_list(const FeedbackArguments& arguments) {
  const auto config = load_config(arguments.config_file, process_environment());
  if (!config) return complain(config.error(), exit_usage);
  const auto entries = feedback::list_kept_mail(kept_mail_directory(*config));
  if (!entries) return complain(entries.error(), exit_unknown);
  for (const KeptMailEntry& entry : *entries) {
    if (arguments.json) {
      fmt::print("{}\n", boost::json::serialize(to_json(entry)));
    } else {
      show_line(entry);
    }
  }
  return exit_good;
}

int feedback_show(const FeedbackArguments& arguments) {
  const auto config = load_config(arguments.config_file, process_environment());
  if (!config) return complain(config.error(), exit_usage);
  const std::filesystem::path directory = kept_mail_directory(*config);
  const auto mail = feedback::read_kept_mail(directory, arguments.name);
  if (!mail) {
    const bool missing = mail.error() == feedback::KeptMailErrc::no_such_mail;
    return complain(fmt::format("{} {}", missing ? "no mail is kept as" : "cannot read", arguments.name),
                    missing ? exit_bad_news : exit_unknown);
  }
  const bool written = std::fwrite(mail->data(), 1, mail->size(), stdout) == mail->size() && std::fflush(stdout) == 0;
  return written ? exit_good : complain("standard output cannot be written", exit_unknown);
}

}  // namespace sesame::app
