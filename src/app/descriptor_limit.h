// app/descriptor_limit.h: how many files and sockets the process may have open (RLIMIT_NOFILE, getrlimit(2)).
#pragma once

#include <cstddef>

namespace sesame::app {

// Raises the soft limit, which many systems set to 1024 for the sake of select(2), to the hard one. Returns the limit
// in force; a failure to raise it is logged.
std::size_t raise_descriptor_limit();

// Logs a warning naming the limit when `sockets` and what the process needs besides do not fit in it.
void warn_if_too_low(std::size_t limit, std::size_t sockets);

}  // namespace sesame::app
