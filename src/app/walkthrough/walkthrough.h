// app/walkthrough/walkthrough.h: the whole MAIL FROM procedure against a sandbox, through the public API only.
#pragma once

#include "app/api_client.h"
#include "app/walkthrough/report.h"
#include "base/random.h"
#include "net/task.h"

namespace sesame::app {

// True if every proof held. False: a proof did not hold, or the sandbox could not be asked; the report says which and
// why.
net::Task<bool> perform_walkthrough(ApiClient& api, Report& report, RandomSource& random);

}  // namespace sesame::app
