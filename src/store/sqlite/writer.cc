#include "store/sqlite/writer.h"

#include <algorithm>

#include "base/log.h"

namespace sesame::store::sqlite {
namespace {

constexpr std::int64_t page_octets = 8192;
// Measured: fewer, larger checkpoints stall commits for 60 to 125 ms; smaller ones write pages more often.
constexpr std::int64_t checkpoint_frames = (std::int64_t{8} << 20) / page_octets;
// Readers that overlap without a gap keep the log from beginning anew; past this size the checkpoint waits for them.
constexpr std::int64_t restart_frames = (std::int64_t{64} << 20) / page_octets;

constexpr JobQueue::Batch batch_bounds = {
    .jobs = 512, .octets = std::size_t{16} << 20, .several = 4, .enough = 64, .window = std::chrono::milliseconds(1)};

}  // namespace

Writer::Writer(std::unique_ptr<Database> db, JobQueue::Limits limits, CommitHooks hooks)
    : db_(std::move(db)), hooks_(std::move(hooks)), queue_(limits), thread_([this] { serve(); }) {}

Writer::~Writer() {
  queue_.stop();
  thread_.join();
}

void Writer::serve() {
  for (;;) {
    Jobs writes, between;
    const Jobs batch = queue_.take(batch_bounds);
    if (batch.empty()) return;
    for (const auto& job : batch) {
      Jobs& kind = job->place() == Place::between ? between : writes;
      kind.push_back(job);
    }
    if (!writes.empty()) commit(writes);
    for (const auto& job : writes) job->finish();
    for (const auto& job : between) {
      read_at_one_moment(*job, *db_);
      job->finish();
    }
    checkpoint_when_due();
  }
}

void Writer::commit(const Jobs& writes) {
  const bool may_repeat =
      std::ranges::all_of(writes, [](const auto& job) { return job->place() == Place::repeatable; });
  if (may_repeat && commit_with(Isolation::none, writes)) return;
  commit_with(Isolation::each, writes);
}

bool Writer::commit_with(Isolation isolation, const Jobs& writes) {
  std::vector<Job*> succeeded;
  try {
    db_->execute("begin immediate");
    for (const auto& job : writes) {
      const bool well = isolation == Isolation::each ? perform_isolated(*job) : perform_guarded(*job, *db_);
      if (well) succeeded.push_back(job.get());
      if (well || isolation == Isolation::each) continue;
      db_->roll_back();
      hooks_.after_rollback();
      return false;
    }
    hooks_.before_commit(*db_);
    db_->execute("commit");
  } catch (const EngineFailure& failure) {
    db_->roll_back();
    hooks_.after_rollback();
    log::error("store", "commit failed", {{"operations", writes.size()}, {"reason", failure.error().detail}});
    for (const auto& job : writes) job->fail(failure.error());
    return true;
  }
  for (Job* job : succeeded) job->committed();
  hooks_.after_commit();
  return true;
}

// Throws when SQLite gave up the whole transaction (disk full, I/O error), which undoes the neighbours too.
bool Writer::perform_isolated(Job& job) {
  db_->execute("savepoint operation");
  StoreError error;
  bool succeeded = false;
  try {
    succeeded = job.perform(*db_);
  } catch (const EngineFailure& failure) {
    error = failure.error();
    job.fail(error);
  } catch (const std::exception& failure) {
    error = {StoreErrc::unavailable, failure.what()};
    job.fail(error);
  }
  if (!db_->in_transaction()) throw EngineFailure(error);
  if (!succeeded) db_->execute("rollback to operation");
  db_->execute("release operation");
  return succeeded;
}

void Writer::checkpoint_when_due() {
  const std::int64_t frames = db_->wal_frames();
  if (frames < checkpointed_frames_) checkpointed_frames_ = 0;  // the log began anew
  if (frames - checkpointed_frames_ < checkpoint_frames) return;
  try {
    db_->checkpoint(frames >= restart_frames);
    checkpointed_frames_ = frames;
  } catch (const EngineFailure& failure) {
    // Nothing is lost: the log keeps what could not be copied, and the next checkpoint tries again.
    log::warning("store", "checkpoint failed", {{"reason", failure.error().detail}});
  }
}

}  // namespace sesame::store::sqlite
