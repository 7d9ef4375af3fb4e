// net/listener.h: accepts TCP connections and hands each to a handler coroutine owned by a TaskGroup.
#pragma once

#include <functional>
#include <limits>
#include <memory>
#include <vector>

#include "net/endpoint.h"
#include "net/runtime.h"
#include "net/stream.h"
#include "net/task_group.h"

namespace sesame::net {

// Called on the I/O thread the session is pinned to.
using SessionHandler = std::function<Task<void>(std::unique_ptr<Stream>)>;

struct ListenerOptions {
  std::size_t max_sessions = 1000;  // beyond it a connection gets `overload_text` (if any) and is closed
  std::string overload_text;        // for example "421 4.3.2 Too many connections\r\n"
  // The same for one client, which is an IPv4 address or the /64 of an IPv6 one: nobody alone takes every session.
  std::size_t max_sessions_per_client = std::numeric_limits<std::size_t>::max();
  bool loopback_is_one_client = false;  // false: max_sessions_per_client does not bind this machine itself
};

// What is taken of the limits of a listener.
struct ListenerUse {
  std::size_t sessions = 0, max_sessions = 0;
  // Of the client with the most; those to whom the limit does not apply are not counted.
  std::size_t of_one_client = 0, max_of_one_client = 0;
};

// Binds in bind(), so that an address in use is known before anything else is started; accepts only
// after start(). One SO_REUSEPORT socket per runtime thread, except for port 0 (tests), which binds one and deals its
// sessions out in turn. An IPv6 address takes IPv6 only. stop() must be awaited before destruction if start() was
// called.
class Listener {
 public:
  static Result<std::unique_ptr<Listener>, NetError> bind(Runtime& runtime, Endpoint where, ListenerOptions options);
  ~Listener();

  Endpoint local() const;  // with the port the system chose, if it was 0
  void start(SessionHandler handler);
  std::size_t sessions() const;
  ListenerUse use() const;  // thread-safe, as sessions() is

  // Closes the door and returns; sessions go on. Thread-safe, also before start(). stop() must still be awaited.
  void stop_accepting();
  // stop_accepting(); then waits for sessions to end until `deadline`; then cancels the rest and waits.
  Task<void> stop(Deadline deadline);

 private:
  struct Impl;
  explicit Listener(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

}  // namespace sesame::net
