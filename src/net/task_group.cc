// Each task has an entry with the signal that cancels it. A signal may only be emitted on the thread its coroutine runs
// on, so both the start and the cancellation of a task are posted to its executor, under the lock and hence in order.
#include "net/task_group.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <list>
#include <mutex>
#include <vector>

#include "base/log.h"

namespace sesame::net {

struct TaskGroup::Impl : std::enable_shared_from_this<TaskGroup::Impl> {
  struct Entry {
    explicit Entry(Executor on) : executor(std::move(on)) {}
    Executor executor;
    asio::cancellation_signal signal;
  };
  using Entries = std::list<std::shared_ptr<Entry>>;
  using Waiter = std::shared_ptr<asio::steady_timer>;

  const std::string name;
  mutable std::mutex mutex;
  bool stopping = false;
  Entries entries;
  std::vector<Waiter> waiters;

  explicit Impl(std::string group_name) : name(std::move(group_name)) {}

  bool spawn(Executor executor, Task<void> task);
  void ended(Entries::iterator entry, const std::exception_ptr& error);
  void report(const std::exception_ptr& error) const;
  void refuse_new();
  void cancel_all();
  bool add_waiter(const Waiter& waiter);  // false: nothing to wait for
  bool empty() const;
};

bool TaskGroup::Impl::spawn(Executor executor, Task<void> task) {
  const std::lock_guard lock(mutex);
  if (stopping) return false;
  const auto position = entries.insert(entries.end(), std::make_shared<Entry>(executor));
  auto start = [self = shared_from_this(), position, entry = *position, task = std::move(task)]() mutable {
    auto on_end = [self, position](const std::exception_ptr& error) { self->ended(position, error); };
    asio::co_spawn(entry->executor, std::move(task),
                   asio::bind_cancellation_slot(entry->signal.slot(), std::move(on_end)));
  };
  asio::post(executor, std::move(start));
  return true;
}

void TaskGroup::Impl::ended(Entries::iterator entry, const std::exception_ptr& error) {
  if (error) report(error);
  std::vector<Waiter> to_wake;
  std::shared_ptr<Entry> last_use;  // the signal must outlive the lock, not the map entry
  {
    const std::lock_guard lock(mutex);
    last_use = std::move(*entry);
    entries.erase(entry);
    if (entries.empty()) to_wake.swap(waiters);
  }
  for (const Waiter& waiter : to_wake) {
    // An expiry in the past ends the wait that is under way and any that is about to begin.
    asio::post(waiter->get_executor(), [waiter] { waiter->expires_at(Deadline::min()); });
  }
}

void TaskGroup::Impl::report(const std::exception_ptr& error) const {
  try {
    std::rethrow_exception(error);
  } catch (const boost::system::system_error& e) {
    if (e.code() == asio::error::operation_aborted) return;  // how a cancelled coroutine unwinds
    log::error("net", "a task ended by an exception", {{"group", name}, {"what", e.what()}});
  } catch (const std::exception& e) {
    log::error("net", "a task ended by an exception", {{"group", name}, {"what", e.what()}});
  } catch (...) {
    log::error("net", "a task ended by an exception", {{"group", name}, {"what", "not a std::exception"}});
  }
}

void TaskGroup::Impl::refuse_new() {
  const std::lock_guard lock(mutex);
  stopping = true;
}

void TaskGroup::Impl::cancel_all() {
  const std::lock_guard lock(mutex);
  for (const auto& entry : entries) {
    asio::post(entry->executor, [entry] { entry->signal.emit(asio::cancellation_type::terminal); });
  }
}

bool TaskGroup::Impl::add_waiter(const Waiter& waiter) {
  const std::lock_guard lock(mutex);
  if (entries.empty()) return false;
  waiters.push_back(waiter);
  return true;
}

bool TaskGroup::Impl::empty() const {
  const std::lock_guard lock(mutex);
  return entries.empty();
}

TaskGroup::TaskGroup(std::string name) : impl_(std::make_shared<Impl>(std::move(name))) {}

TaskGroup::~TaskGroup() {
  if (!impl_->empty()) log::error("net", "task group destroyed before it was stopped", {{"group", impl_->name}});
}

bool TaskGroup::spawn(Executor executor, Task<void> task) { return impl_->spawn(std::move(executor), std::move(task)); }

std::size_t TaskGroup::size() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->entries.size();
}

bool TaskGroup::stopping() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->stopping;
}

Task<bool> TaskGroup::drain(Deadline deadline) {
  const std::shared_ptr<Impl> impl = impl_;
  impl->refuse_new();
  const Executor executor = co_await asio::this_coro::executor;
  const auto waiter = std::make_shared<asio::steady_timer>(executor, deadline);
  if (!impl->add_waiter(waiter)) co_return true;
  co_await waiter->async_wait(asio::as_tuple(asio::use_awaitable));
  co_return impl->empty();
}

Task<void> TaskGroup::stop() {
  impl_->refuse_new();
  impl_->cancel_all();
  co_await drain(Deadline::max());
}

}  // namespace sesame::net
