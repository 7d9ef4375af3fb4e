#include "app/descriptor_limit.h"

#include <sys/resource.h>

#include <cerrno>
#include <limits>
#include <system_error>

#include "base/log.h"

namespace sesame::app {
namespace {

constexpr std::size_t besides_sockets = 200;  // databases, event loops, the resolver's own sockets

std::size_t as_count(rlim_t limit) {
  return limit == RLIM_INFINITY ? std::numeric_limits<std::size_t>::max() : static_cast<std::size_t>(limit);
}

}  // namespace

std::size_t raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;  // EFAULT, EINVAL: not with these arguments
  rlimit raised = limit;
  raised.rlim_cur = limit.rlim_max;
  if (::setrlimit(RLIMIT_NOFILE, &raised) == 0) return as_count(raised.rlim_cur);
  log::warning("app", "the limit of open files cannot be raised",
               {{"limit", as_count(limit.rlim_cur)}, {"reason", std::generic_category().message(errno)}});
  return as_count(limit.rlim_cur);
}

void warn_if_too_low(std::size_t limit, std::size_t sockets) {
  if (limit >= sockets + besides_sockets) return;
  log::warning("app", "the limit of open files (RLIMIT_NOFILE) is below what all sessions together may need",
               {{"limit", limit}, {"needed", sockets + besides_sockets}});
}

}  // namespace sesame::app
