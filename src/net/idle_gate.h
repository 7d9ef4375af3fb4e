// net/idle_gate.h: lets a graceful stop end the sessions that only wait for their peer's next request.
#pragma once

#include <list>
#include <memory>
#include <mutex>

#include "net/stream.h"

namespace sesame::net {

// A session reads its next request through the gate and everything else directly. Closing the gate ends the reads in
// it, so that only sessions with work in hand are waited for. Thread-safe; must outlive its readers.
class IdleGate {
 public:
  // As stream.read_some(). Once the gate is closed: `cancelled`, and the stream's deadline is in the past; a last line
  // may be written under a new one. Also gives `cancelled`, with the same allowance, when the coroutine itself is
  // cancelled.
  Task<Result<std::size_t, NetError>> read_some(Stream& stream, std::span<char> into);

  void close();
  bool closed() const;

 private:
  struct Reader {
    Executor executor;
    Stream* stream = nullptr;  // null once it has left; touched on its executor only
    bool turned_away = false;
  };
  using Readers = std::list<std::shared_ptr<Reader>>;

  std::optional<Readers::iterator> enter(Stream& stream, Executor executor);
  void leave(Readers::iterator reader);

  mutable std::mutex mutex_;
  bool closed_ = false;
  Readers readers_;
};

}  // namespace sesame::net
