// check/beside.h: questions that do not wait for each other.
#pragma once

#include <vector>

#include "net/task.h"

namespace sesame::check {

// Runs all on the caller's executor and returns when every one has ended. A cancellation reaches each. What they write
// to must outlive the call; the executor must be serial. The first exception, if any, passes through.
net::Task<void> beside(std::vector<net::Task<void>> tasks);

}  // namespace sesame::check
