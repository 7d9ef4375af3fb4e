#include <fmt/format.h>
#include <unistd.h>

#include "app/commands/api_access.h"
#include "app/walkthrough/walkthrough.h"
#include "base/random.h"
#include "net/runtime.h"

namespace sesame::app {
namespace {

net::Task<void> run(ApiClient& api, Report& report, RandomSource& random, bool& held) {
  held = co_await perform_walkthrough(api, report, random);
}

}  // namespace

int walkthrough(const ApiArguments& arguments) {
  auto access = api_access(arguments);
  if (!access) {
    fmt::print(stderr, "sesame: {}\n", access.error());
    return exit_unknown;
  }
  ApiClient api(std::move(*access));
  Report report(isatty(STDOUT_FILENO) == 1);
  SecureRandom random;
  net::Runtime runtime(1);
  bool held = false;
  runtime.run_blocking(run(api, report, random, held));
  return held ? exit_good : exit_bad_news;
}

}  // namespace sesame::app
