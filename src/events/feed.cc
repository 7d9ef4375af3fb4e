#include "events/feed.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <list>
#include <mutex>

namespace sesame::events {

// Each waiter has a timer on its own executor; it is cancelled there, never from the thread that wakes the waiter.
struct Feed::Impl {
  using Waiters = std::list<std::shared_ptr<boost::asio::steady_timer>>;

  std::mutex mutex;
  std::uint64_t generation = 0;
  bool closed = false;
  Waiters waiters;

  static void wake(const Waiters& woken) {
    for (const auto& timer : woken) {
      boost::asio::post(timer->get_executor(), [timer] { timer->cancel(); });
    }
  }
};

Feed::Feed() : impl_(std::make_shared<Impl>()) {}
Feed::~Feed() = default;

void Feed::committed() {
  Impl::Waiters woken;
  {
    const std::lock_guard lock(impl_->mutex);
    ++impl_->generation;
    woken.swap(impl_->waiters);
  }
  Impl::wake(woken);
}

void Feed::close() {
  Impl::Waiters woken;
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->closed = true;
    woken.swap(impl_->waiters);
  }
  Impl::wake(woken);
}

bool Feed::closed() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->closed;
}

std::uint64_t Feed::generation() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->generation;
}

net::Task<bool> Feed::wait(std::uint64_t seen, net::Deadline deadline) {
  const auto impl = impl_;
  const auto executor = co_await boost::asio::this_coro::executor;
  auto timer = std::make_shared<boost::asio::steady_timer>(executor, deadline);
  {
    const std::lock_guard lock(impl->mutex);
    if (impl->generation != seen) co_return true;
    if (impl->closed) co_return false;
    impl->waiters.push_back(timer);
  }
  const auto token = boost::asio::as_tuple(boost::asio::use_awaitable);
  co_await timer->async_wait(token);
  const std::lock_guard lock(impl->mutex);
  impl->waiters.remove(timer);
  co_return impl->generation != seen;
}

}  // namespace sesame::events
