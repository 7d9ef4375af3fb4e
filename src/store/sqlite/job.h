// sqlite/job.h: an operation on its way to a database thread and its result on the way back.
//
// A coroutine makes a TypedJob, waits for it in a JobQueue and takes the result. A database thread takes jobs from the
// queue, performs them and calls finish(), which resumes the coroutine on its own executor. The executor is kept alive
// (tracked work) until then.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "net/task.h"
#include "store/error.h"
#include "store/sqlite/database.h"
#include "store/waiting.h"

namespace sesame::store::sqlite {

enum class Place {
  transaction,  // inside the writer's transaction, performed once
  repeatable,   // the same, but it may be performed again after what it did was undone
  between,      // on the writer's connection between its transactions: sees all that is committed, must not write
};

class Job {
 public:
  Job(Place place, std::size_t octets) : place_(place), octets_(octets) {}
  virtual ~Job() = default;

  // On the database thread. True: the result is a value. May throw EngineFailure.
  virtual bool perform(Database& db) = 0;
  // On the database thread, after the commit that made a value durable.
  virtual void committed() = 0;
  virtual void fail(const StoreError& error) = 0;

  Place place() const { return place_; }
  std::size_t octets() const { return octets_; }  // what it carries, for the bound of the queue

  // Resumes who waits. The last use of the job on the database thread.
  void finish();

 protected:
  // For who was resumed: until the database thread has let go of the caller's executor. The caller may destroy its
  // context as soon as it has the result, and posting to a context touches it for a moment after the handler runs.
  void wait_until_let_go() const { let_go_.wait(false); }

 private:
  friend class JobQueue;
  std::atomic<bool> let_go_ = false;
  Place place_;
  std::size_t octets_;
  std::move_only_function<void()> resume_;
};

// Operation: StoreResult<T>(Database&). AfterCommit: void(const StoreResult<T>&), called only with a value.
template <class Operation, class AfterCommit>
class TypedJob final : public Job {
 public:
  using Outcome = std::invoke_result_t<Operation&, Database&>;

  TypedJob(Operation operation, AfterCommit after_commit, Place place, std::size_t octets)
      : Job(place, octets), operation_(std::move(operation)), after_commit_(std::move(after_commit)) {}

  bool perform(Database& db) override {
    outcome_ = operation_(db);
    return outcome_.has_value();
  }
  void committed() override { after_commit_(outcome_); }
  void fail(const StoreError& error) override { outcome_ = std::unexpected(error); }
  Outcome take() {
    wait_until_let_go();
    return std::move(outcome_);
  }

 private:
  Operation operation_;
  AfterCommit after_commit_;
  Outcome outcome_ = std::unexpected(StoreError{});
};

struct NothingAfterCommit {
  template <class Outcome>
  void operator()(const Outcome&) const {}
};

// Whatever it throws becomes its error. True: the result is a value.
bool perform_guarded(Job& job, Database& db) noexcept;
// Runs a job that only reads, in a transaction of its own: all its statements see the same moment, and the file is
// locked once for all of them. Whatever it throws becomes its error.
void read_at_one_moment(Job& job, Database& db) noexcept;

// Thread-safe, bounded. First in, first out.
class JobQueue {
 public:
  struct Limits {
    std::size_t jobs = 16384;
    std::size_t octets = std::size_t{256} << 20;
  };
  // What one batch may hold, and how long to wait for more when `several` are there but fewer than `enough`.
  struct Batch {
    std::size_t jobs = 1;
    std::size_t octets = 0;
    std::size_t several = 0, enough = 0;
    std::chrono::microseconds window{0};
  };

  explicit JobQueue(Limits limits) : limits_(limits) {}

  // Ends when the job is finished. Refused at once, with its error set, when the queue is full or stopped.
  net::Task<void> settled(std::shared_ptr<Job> job);

  // Blocks until there is something to do. At least one job, or none when the queue is stopped and empty.
  std::vector<std::shared_ptr<Job>> take(const Batch& batch);

  WaitingLine waiting() const;

  // Refuses new jobs; take() still hands out what is queued.
  void stop();

 private:
  bool push(std::shared_ptr<Job>& job);

  const Limits limits_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::condition_variable gathered_;
  std::deque<std::shared_ptr<Job>> jobs_;  // this and all below: under mutex_
  std::size_t octets_ = 0;
  std::size_t enough_ = 0;  // what the thread in take() waits to see gathered; 0: nobody does
  bool stopped_ = false;
};

}  // namespace sesame::store::sqlite
