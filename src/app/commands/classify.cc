// `sesame classify`: needs the message only; neither configuration nor service nor network.
#include <fmt/format.h>

#include <boost/json/serialize.hpp>
#include <cstdio>

#include "app/classify_page.h"
#include "app/commands/commands.h"
#include "app/commands/message_file.h"
#include "app/commands/offline.h"
#include "app/terminal.h"
#include "feedback/classify.h"

namespace sesame::app {

int classify(const ClassifyArguments& arguments) {
  const auto message = read_message_file(arguments.file);
  if (!message) return complain(message.error(), exit_usage);
  const feedback::Report report = feedback::classify(*message);
  if (arguments.json) {
    fmt::print("{}\n", boost::json::serialize(to_json(report)));
  } else {
    fmt::print("{}", classify_page(report, wants_colour(stdout)));
  }
  return classify_status(report);
}

}  // namespace sesame::app
