// sqlite/readers.h: reads beside the writer, on connections and threads of their own.
//
// A read begins after it was asked for, so it sees every write that had returned by then. Each runs in one read
// transaction: what it sees is of one moment.
#pragma once

#include <memory>
#include <thread>
#include <vector>

#include "store/sqlite/job.h"

namespace sesame::store::sqlite {

class Readers {
 public:
  // One thread for each connection.
  Readers(std::vector<std::unique_ptr<Database>> connections, JobQueue::Limits limits);
  ~Readers();  // finishes what is queued
  Readers(const Readers&) = delete;
  Readers& operator=(const Readers&) = delete;

  // `operation` is StoreResult<T>(Database&) and must not write.
  template <class Operation>
  net::Task<std::invoke_result_t<Operation&, Database&>> read(Operation operation) {
    auto job = std::make_shared<TypedJob<Operation, NothingAfterCommit>>(std::move(operation), NothingAfterCommit(),
                                                                         Place::between, 0);
    co_await queue_.settled(job);
    co_return job->take();
  }

  WaitingLine waiting() const { return queue_.waiting(); }  // thread-safe

 private:
  void serve(Database& db);

  std::vector<std::unique_ptr<Database>> connections_;
  JobQueue queue_;
  std::vector<std::thread> threads_;
};

}  // namespace sesame::store::sqlite
