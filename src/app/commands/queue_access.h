// app/commands/queue_access.h: the queue of a service, whether it runs or not.
#pragma once

#include <memory>
#include <string>

#include "app/api_client.h"
#include "app/commands/commands.h"

namespace sesame::app {

// Calls /v2/sesame/messages and /v2/sesame/pauses, with the answers of api/sesame/messages_api.h and pauses_api.h.
class QueueAccess {
 public:
  virtual ~QueueAccess() = default;
  virtual Result<ApiReply, std::string> call(const std::string& method, const std::string& target) = 0;
};

// Without --config: the API of --endpoint or of the sandbox. With it: the service's API, with a key of its own, while
// the service runs; else its data, which nobody else can open meanwhile. The error is one line for the user.
Result<std::unique_ptr<QueueAccess>, std::string> open_queue(const QueueArguments& arguments);

// What is known of a running service only: its API, by the same arguments. The error is one line for the user.
Result<ApiAccess, std::string> service_access(const QueueArguments& arguments);

}  // namespace sesame::app
