#include "net/idle_gate.h"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

namespace sesame::net {
namespace {

NetError turned_away() { return NetError{NetErrc::cancelled, "the service stops"}; }

template <class F>
class OnExit {
 public:
  explicit OnExit(F action) : action_(std::move(action)) {}
  ~OnExit() { action_(); }
  OnExit(const OnExit&) = delete;
  OnExit& operator=(const OnExit&) = delete;

 private:
  F action_;
};

}  // namespace

std::optional<IdleGate::Readers::iterator> IdleGate::enter(Stream& stream, Executor executor) {
  const std::lock_guard lock(mutex_);
  if (closed_) return std::nullopt;
  return readers_.insert(readers_.end(), std::make_shared<Reader>(std::move(executor), &stream));
}

void IdleGate::leave(Readers::iterator reader) {
  (*reader)->stream = nullptr;
  const std::lock_guard lock(mutex_);
  readers_.erase(reader);
}

Task<Result<std::size_t, NetError>> IdleGate::read_some(Stream& stream, std::span<char> into) {
  Executor executor = co_await asio::this_coro::executor;
  const auto position = enter(stream, std::move(executor));
  if (!position) co_return std::unexpected(turned_away());
  const std::shared_ptr<Reader> reader = **position;
  const OnExit leaving([this, position] { leave(*position); });  // also when the coroutine unwinds
  auto got = co_await stream.read_some(into);
  if (!got && reader->turned_away) co_return std::unexpected(turned_away());
  co_return got;
}

void IdleGate::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  for (const std::shared_ptr<Reader>& reader : readers_) {
    asio::post(reader->executor, [reader] {
      if (reader->stream == nullptr) return;  // its request came first
      reader->turned_away = true;
      reader->stream->set_deadline(std::chrono::steady_clock::now());
    });
  }
}

bool IdleGate::closed() const {
  const std::lock_guard lock(mutex_);
  return closed_;
}

}  // namespace sesame::net
