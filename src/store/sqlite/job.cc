#include "store/sqlite/job.h"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/execution.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace sesame::store::sqlite {

namespace asio = boost::asio;

void Job::finish() {
  {
    auto resume = std::exchange(resume_, nullptr);
    resume();
  }
  let_go_ = true;
  let_go_.notify_one();
}

bool perform_guarded(Job& job, Database& db) noexcept {
  try {
    return job.perform(db);
  } catch (const EngineFailure& failure) {
    job.fail(failure.error());
  } catch (const std::exception& failure) {
    job.fail({StoreErrc::unavailable, failure.what()});
  }
  return false;
}

void read_at_one_moment(Job& job, Database& db) noexcept {
  try {
    db.execute("begin");
    perform_guarded(job, db);
    db.execute("commit");
  } catch (const EngineFailure& failure) {
    job.fail(failure.error());
    db.roll_back();
  }
}

net::Task<void> JobQueue::settled(std::shared_ptr<Job> job) {
  const auto start = [this](auto handler, std::shared_ptr<Job> job) {
    // Tracked work keeps the caller's context running until the handler has been posted to it.
    net::Executor executor =
        asio::prefer(net::Executor(asio::get_associated_executor(handler)), asio::execution::outstanding_work.tracked);
    job->resume_ = [executor = std::move(executor), handler = std::move(handler)]() mutable {
      asio::post(executor, std::move(handler));
    };
    if (!push(job)) job->finish();
  };
  return asio::async_initiate<const asio::use_awaitable_t<>, void()>(start, asio::use_awaitable, std::move(job));
}

WaitingLine JobQueue::waiting() const {
  const std::lock_guard lock(mutex_);
  return {jobs_.size(), limits_.jobs, octets_, limits_.octets};
}

bool JobQueue::push(std::shared_ptr<Job>& job) {
  bool is_enough = false;
  {
    const std::lock_guard lock(mutex_);
    if (stopped_) {
      job->fail({StoreErrc::unavailable, "the store is stopping"});
      return false;
    }
    const bool is_alone = jobs_.empty();
    if (!is_alone && (jobs_.size() >= limits_.jobs || octets_ + job->octets() > limits_.octets)) {
      job->fail({StoreErrc::full, "too many operations are waiting"});
      return false;
    }
    octets_ += job->octets();
    jobs_.push_back(job);
    is_enough = enough_ != 0 && jobs_.size() >= enough_;
  }
  // Without the lock, or who is woken would wait for it at once.
  changed_.notify_one();
  if (is_enough) gathered_.notify_one();
  return true;
}

std::vector<std::shared_ptr<Job>> JobQueue::take(const Batch& batch) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return stopped_ || !jobs_.empty(); });
  if (jobs_.size() >= batch.several && batch.window.count() > 0) {
    enough_ = batch.enough;
    gathered_.wait_for(lock, batch.window, [&] { return stopped_ || jobs_.size() >= batch.enough; });
    enough_ = 0;
  }
  std::vector<std::shared_ptr<Job>> taken;
  std::size_t octets = 0;
  while (!jobs_.empty() && taken.size() < batch.jobs) {
    Job& next = *jobs_.front();
    if (!taken.empty() && octets + next.octets() > batch.octets) break;
    octets += next.octets();
    octets_ -= next.octets();
    taken.push_back(std::move(jobs_.front()));
    jobs_.pop_front();
  }
  return taken;
}

void JobQueue::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  changed_.notify_all();
  gathered_.notify_all();
}

}  // namespace sesame::store::sqlite
