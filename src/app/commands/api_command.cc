#include "app/commands/api_command.h"

#include <fmt/format.h>

#include "app/wait_for.h"
#include "net/runtime.h"

namespace sesame::app {

int api_command(const ApiArguments& arguments, const std::string& method, const std::string& target,
                std::optional<boost::json::value> body, const std::function<void(const boost::json::value&)>& show) {
  auto access = api_access(arguments);
  if (!access) {
    fmt::print(stderr, "sesame: {}\n", access.error());
    return exit_unknown;
  }
  ApiClient api(std::move(*access));
  net::Runtime runtime(1);
  const auto reply = wait_for(runtime, api.call(method, target, std::move(body)));
  if (!reply) {
    fmt::print(stderr, "sesame: {}\n", reply.error());
    return exit_unknown;
  }
  if (!reply->ok()) {
    fmt::print(stderr, "sesame: {}: {}\n", reply->error_type, reply->message());
    return reply->status >= 500 ? exit_unknown : exit_bad_news;
  }
  show(reply->body);
  return exit_good;
}

}  // namespace sesame::app
