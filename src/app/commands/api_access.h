// app/commands/api_access.h: how a command that is a client of the API gets endpoint and keys.
#pragma once

#include "app/api_client.h"
#include "app/commands/commands.h"

namespace sesame::app {

// --endpoint, else AWS_ENDPOINT_URL, else the sandbox's; keys from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, else
// the sandbox's. The error is one line for the user.
Result<ApiAccess, std::string> api_access(const ApiArguments& arguments);

}  // namespace sesame::app
