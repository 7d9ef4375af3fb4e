// net/runtime.h: the I/O threads: one io_context and one thread each; sessions are pinned to the context they start on.
#pragma once

#include <memory>
#include <vector>

#include "net/task.h"

namespace sesame::net {

class Runtime {
 public:
  explicit Runtime(std::size_t threads);
  ~Runtime();  // stops the contexts and joins; everything spawned must have ended before
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;

  std::size_t size() const;
  Executor executor(std::size_t index);
  Executor next();  // round robin

  // Runs `task` on the first context and blocks the calling (non I/O) thread until it ends. Exceptions pass through.
  void run_blocking(Task<void> task);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// A bounded pool for work that may block or burn CPU (store, key operations). `threads` >= 1. Destroy it before the
// Runtime whose coroutines use it: its threads hand results back into the Runtime's contexts.
class WorkerPool {
 public:
  explicit WorkerPool(std::size_t threads);
  ~WorkerPool();  // finishes what is queued
  Executor executor();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sesame::net
