// sqlite/writer.h: group commit. The one thread that writes a database.
//
// Whatever gathered while the last commit ran goes into one transaction, so throughput follows the number of callers
// and not the disk's flush time. One that fails leaves its neighbours alone: each has a savepoint of its own, or, when
// all are repeatable, the rare failure undoes all of them and they are performed once more, each with a savepoint. (A
// savepoint copies every page that is changed under it: for a message of 10 KiB, 250 KiB.) Callers resume after the
// commit; if the commit fails they all get its error and nothing of the batch is stored.
//
// When several callers wait, the thread gives others a millisecond to join them: half the CPU for small batches.
#pragma once

#include <functional>
#include <memory>
#include <thread>

#include "store/sqlite/job.h"

namespace sesame::store::sqlite {

// What a store does once for all operations of a transaction. On the writer's thread, but for the first.
struct CommitHooks {
  // Before there is a writer's thread; what it throws keeps the store from opening.
  std::function<void(Database&)> opened = [](Database&) {};
  // The last of the transaction; what it throws undoes all of it.
  std::function<void(Database&)> before_commit = [](Database&) {};
  std::function<void()> after_rollback = [] {};
  // After what each operation does by itself (write()), before any caller hears of it.
  std::function<void()> after_commit = [] {};
};

class Writer {
 public:
  Writer(std::unique_ptr<Database> db, JobQueue::Limits limits, CommitHooks hooks = {});
  // Finishes what is queued. No caller may begin an operation any more.
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  // `operation` is StoreResult<T>(Database&), run on the writer's thread inside the transaction. An error it returns or
  // throws undoes what it did. `octets`: what it carries. `after_commit` (const StoreResult<T>&) runs on the writer's
  // thread once a value is durable and before any later operation begins. Errors: the operation's; full (too many wait,
  // or the disk is full); unavailable.
  template <class Operation, class AfterCommit = NothingAfterCommit>
  net::Task<std::invoke_result_t<Operation&, Database&>> write(Operation operation, std::size_t octets = 0,
                                                               AfterCommit after_commit = {}) {
    return put(std::move(operation), octets, std::move(after_commit), Place::transaction);
  }

  // The same for an `operation` that may run twice: after the first time was undone, the second does what the first
  // did.
  template <class Operation, class AfterCommit = NothingAfterCommit>
  net::Task<std::invoke_result_t<Operation&, Database&>> write_repeatable(Operation operation, std::size_t octets = 0,
                                                                          AfterCommit after_commit = {}) {
    return put(std::move(operation), octets, std::move(after_commit), Place::repeatable);
  }

  // The same thread, between transactions: `operation` sees all that is committed and must not write.
  template <class Operation>
  net::Task<std::invoke_result_t<Operation&, Database&>> between(Operation operation) {
    return put(std::move(operation), 0, NothingAfterCommit(), Place::between);
  }

  WaitingLine waiting() const { return queue_.waiting(); }  // thread-safe

 private:
  using Jobs = std::vector<std::shared_ptr<Job>>;
  enum class Isolation { none, each };

  template <class Operation, class AfterCommit>
  net::Task<std::invoke_result_t<Operation&, Database&>> put(Operation operation, std::size_t octets,
                                                             AfterCommit after_commit, Place place) {
    auto job = std::make_shared<TypedJob<Operation, AfterCommit>>(std::move(operation), std::move(after_commit), place,
                                                                  octets);
    co_await queue_.settled(job);
    co_return job->take();
  }

  void serve();
  void commit(const Jobs& writes);
  // False: without isolation, and an operation failed. Nothing is stored then and nobody has been told.
  bool commit_with(Isolation isolation, const Jobs& writes);
  bool perform_isolated(Job& job);
  void checkpoint_when_due();

  std::unique_ptr<Database> db_;
  const CommitHooks hooks_;
  JobQueue queue_;
  std::int64_t checkpointed_frames_ = 0;
  std::thread thread_;
};

}  // namespace sesame::store::sqlite
