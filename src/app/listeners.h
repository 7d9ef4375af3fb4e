// app/listeners.h: every socket the service listens on, bound before anything else is opened or changed.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/config.h"
#include "net/listener.h"
#include "zone/authority.h"
#include "zone/server.h"

namespace sesame::app {

// One listening address of a door.
struct DoorView {
  const char* door;     // "http", "submission", "submission_tls", "feedback", "receiver" or "dns": its TCP connections
  std::string address;  // with its port
  net::ListenerUse use;
};

struct Listeners {
  std::vector<std::unique_ptr<net::Listener>> http, submission, submission_tls, feedback, receiver;
  std::vector<std::unique_ptr<zone::Server>> dns;

  // Thread-safe.
  std::vector<DoorView> doors() const;

  // Closes the doors of the sessions and returns; the name servers answer on. Thread-safe.
  void stop_accepting();
  // Closes everything; connections that do not end by themselves are cancelled at `deadline`.
  net::Task<void> stop(net::Deadline deadline);
};

// How many sockets may be open at once with these keys: those of the listeners and their sessions at their limits, and
// deliveries. `receivers`: listeners of the sandbox's own.
std::size_t sockets_at_most(const Config& config, std::size_t receivers);

// The error is one line naming the key and the address. `receiver`: the sandbox's own, none in production.
Result<Listeners, std::string> bind_listeners(const Config& config, const std::vector<net::Endpoint>& receiver,
                                              net::Runtime& runtime, const zone::Authority& authority);

}  // namespace sesame::app
