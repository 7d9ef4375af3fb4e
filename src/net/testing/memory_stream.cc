#include "net/testing/memory_stream.h"

#include <algorithm>
#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace sesame::net {
namespace {

// Something happened to one end: data came, room appeared, a deadline moved, a cancel. Waiting ends then or at the
// deadline, and the waiter looks again at what it waits for.
class Bell {
 public:
  explicit Bell(const Executor& executor) : timer_(executor) {}

  void ring() {
    rung_ = true;
    timer_.cancel();
  }

  Task<bool> wait(Deadline deadline) {  // false: the coroutine was cancelled
    rung_ = false;
    timer_.expires_at(deadline);
    const auto [error] = co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
    co_return !error || rung_;
  }

 private:
  asio::steady_timer timer_;
  bool rung_ = false;
};

struct Pipe {
  explicit Pipe(const MemoryPipeOptions& with) : options(with) {}
  MemoryPipeOptions options;
  std::string octets;
  std::size_t taken = 0;
  bool writer_done = false;
  bool reader_gone = false;

  std::size_t room() const { return options.capacity - std::min(options.capacity, octets.size()); }

  std::size_t take(std::span<char> into) {
    std::size_t count = std::min({into.size(), octets.size(), options.max_read});
    if (options.split_at && taken < *options.split_at) count = std::min(count, *options.split_at - taken);
    std::copy_n(octets.begin(), count, into.begin());
    octets.erase(0, count);
    taken += count;
    return count;
  }
};

struct EndState {
  explicit EndState(const Executor& e) : executor(e), bell(e) {}
  Executor executor;
  Bell bell;
  Deadline deadline = Deadline::max();
  std::atomic<bool> cancelled = false;
};

class MemoryStream final : public LayeredStream {
 public:
  MemoryStream(std::shared_ptr<Pipe> in, std::shared_ptr<Pipe> out, std::shared_ptr<EndState> own,
               std::shared_ptr<EndState> other, Endpoint local, Endpoint remote)
      : in_(std::move(in)),
        out_(std::move(out)),
        own_(std::move(own)),
        other_(std::move(other)),
        local_(local),
        remote_(remote) {}

  ~MemoryStream() override {
    in_->reader_gone = true;
    out_->writer_done = true;
    other_->bell.ring();
  }

  void set_deadline(Deadline deadline) override {
    own_->deadline = deadline;
    own_->bell.ring();
  }
  Endpoint remote() const override { return remote_; }
  Endpoint local() const override { return local_; }
  void cancel() override {
    own_->cancelled = true;
    asio::post(own_->executor, [own = own_] { own->bell.ring(); });
  }

 protected:
  Task<Result<std::size_t, NetError>> raw_read_some(std::span<char> into) override {
    while (in_->octets.empty()) {
      if (auto reason = refusal()) co_return std::unexpected(std::move(*reason));
      if (in_->writer_done) co_return std::unexpected(NetError{NetErrc::closed, "end of script"});
      const bool go_on = co_await own_->bell.wait(own_->deadline);
      if (!go_on) co_return std::unexpected(NetError{NetErrc::cancelled, "coroutine cancelled"});
    }
    if (auto reason = refusal()) co_return std::unexpected(std::move(*reason));
    const std::size_t count = in_->take(into);
    other_->bell.ring();
    co_return count;
  }

  Task<Result<void, NetError>> raw_write_all(std::string_view octets) override {
    while (!octets.empty()) {
      if (auto reason = refusal()) co_return std::unexpected(std::move(*reason));
      if (out_->reader_gone) co_return std::unexpected(NetError{NetErrc::reset, "the reader is gone"});
      const std::size_t count = std::min(octets.size(), out_->room());
      if (count == 0) {
        const bool go_on = co_await own_->bell.wait(own_->deadline);
        if (!go_on) co_return std::unexpected(NetError{NetErrc::cancelled, "coroutine cancelled"});
        continue;
      }
      out_->octets.append(octets.substr(0, count));
      octets.remove_prefix(count);
      other_->bell.ring();
    }
    co_return Result<void, NetError>{};
  }

  void raw_close_sending() override {
    out_->writer_done = true;
    other_->bell.ring();
  }

 private:
  std::optional<NetError> refusal() const {
    if (own_->cancelled) return NetError{NetErrc::cancelled, "cancelled"};
    if (std::chrono::steady_clock::now() >= own_->deadline) return NetError{NetErrc::timed_out, "deadline passed"};
    return std::nullopt;
  }

  std::shared_ptr<Pipe> in_;
  std::shared_ptr<Pipe> out_;
  std::shared_ptr<EndState> own_;
  std::shared_ptr<EndState> other_;
  Endpoint local_;
  Endpoint remote_;
};

// Reads from a script, appends to a string.
class ScriptedStream final : public LayeredStream {
 public:
  ScriptedStream(std::string input, std::string& output, const MemoryPipeOptions& options)
      : in_(options), output_(output) {
    in_.octets = std::move(input);
  }
  void set_deadline(Deadline) override {}
  Endpoint remote() const override { return MemoryStreamOptions{}.client; }
  Endpoint local() const override { return MemoryStreamOptions{}.server; }
  void cancel() override { cancelled_ = true; }

 protected:
  Task<Result<std::size_t, NetError>> raw_read_some(std::span<char> into) override {
    if (cancelled_) co_return std::unexpected(NetError{NetErrc::cancelled, "cancelled"});
    if (in_.octets.empty()) co_return std::unexpected(NetError{NetErrc::closed, "end of script"});
    co_return in_.take(into);
  }
  Task<Result<void, NetError>> raw_write_all(std::string_view octets) override {
    if (cancelled_) co_return std::unexpected(NetError{NetErrc::cancelled, "cancelled"});
    output_.append(octets);
    co_return Result<void, NetError>{};
  }
  void raw_close_sending() override {}

 private:
  Pipe in_;
  std::string& output_;
  std::atomic<bool> cancelled_ = false;
};

}  // namespace

MemoryStreams make_memory_streams(Executor executor, const MemoryStreamOptions& options) {
  const auto to_server = std::make_shared<Pipe>(options.to_server);
  const auto to_client = std::make_shared<Pipe>(options.to_client);
  const auto client = std::make_shared<EndState>(executor);
  const auto server = std::make_shared<EndState>(executor);
  MemoryStreams streams;
  streams.client = std::make_unique<MemoryStream>(to_client, to_server, client, server, options.client, options.server);
  streams.server = std::make_unique<MemoryStream>(to_server, to_client, server, client, options.server, options.client);
  return streams;
}

std::unique_ptr<Stream> make_scripted_stream(std::string input, std::string& output, const MemoryPipeOptions& options) {
  return std::make_unique<ScriptedStream>(std::move(input), output, options);
}

}  // namespace sesame::net
