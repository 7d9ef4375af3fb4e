// net/task_group.h: owner of spawned coroutines. Nothing is fire-and-forget.
#pragma once

#include <memory>
#include <string>

#include "net/task.h"

namespace sesame::net {

// Tasks run on the executor given at spawn, which must be one of a Runtime's or a strand. Thread-safe.
//
// stop() refuses new work, cancels every task (terminal cancellation: the awaited operation ends with operation_aborted
// or `cancelled`) and waits until all have ended. The group must be stopped before it is destroyed, and not by one of
// its own tasks.
class TaskGroup {
 public:
  explicit TaskGroup(std::string name);
  ~TaskGroup();
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  // False (and the task is dropped) once stop() has begun. An exception that escapes is logged and ends that task only.
  bool spawn(Executor executor, Task<void> task);

  std::size_t size() const;
  bool stopping() const;

  // Without cancelling: refuses new work and waits until the tasks end by themselves or `deadline` passes; true if all
  // ended. For graceful shutdown, followed by stop().
  Task<bool> drain(Deadline deadline);
  Task<void> stop();

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace sesame::net
