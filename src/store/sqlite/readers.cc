#include "store/sqlite/readers.h"

namespace sesame::store::sqlite {

Readers::Readers(std::vector<std::unique_ptr<Database>> connections, JobQueue::Limits limits)
    : connections_(std::move(connections)), queue_(limits) {
  for (const auto& connection : connections_) {
    threads_.emplace_back([this, db = connection.get()] { serve(*db); });
  }
}

Readers::~Readers() {
  queue_.stop();
  for (std::thread& thread : threads_) thread.join();
}

void Readers::serve(Database& db) {
  for (;;) {
    const auto batch = queue_.take({});
    if (batch.empty()) return;
    for (const auto& job : batch) {
      read_at_one_moment(*job, db);
      job->finish();
    }
  }
}

}  // namespace sesame::store::sqlite
