// app/commands/tail.h: what the commands share that show what comes, by long polls, until somebody has seen enough.
#pragma once

#include <chrono>

#include "net/runtime.h"

namespace sesame::app {

inline constexpr std::chrono::seconds poll_wait{20};    // the service holds a question at most 25
inline constexpr std::chrono::seconds poll_margin{15};  // what an answer may take beyond

// Runs `task` until it ends or a SIGINT (Ctrl-C) or SIGTERM comes, which cancels it; true: it ended by itself.
// Exceptions of the task pass through.
bool run_until_interrupted(net::Runtime& runtime, net::Task<void> task);

}  // namespace sesame::app
