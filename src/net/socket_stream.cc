// The stream over sockets: TCP, and Unix sockets of this machine, which differ in their endpoints alone.
//
// Deadlines: one timer per stream, moved only when a deadline comes nearer. When it fires early it is set again to the
// deadline of that moment, so a session that moves its deadline with every command costs one timer event per deadline,
// not one per command. Whatever makes an operation end, the reason is then read from the state: cancelled by us, past
// the deadline, or the coroutine itself was cancelled.
#include "net/socket_stream.h"

#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstring>

#include "net/layered_stream.h"
#include "net/system_error.h"
#include "net/unix_socket.h"

namespace sesame::net {
namespace {

using tcp = asio::ip::tcp;
using Socket = asio::generic::stream_protocol::socket;
using SocketEndpoint = asio::generic::stream_protocol::endpoint;
using boost::system::error_code;

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

// Shared with the timer's handler and with cancellations on their way to the stream's thread.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  explicit Connection(Socket connected) : socket(std::move(connected)), timer_(socket.get_executor()) {}

  Socket socket;

  void set_deadline(Deadline deadline) {
    deadline_ = deadline;
    if (deadline_ < armed_for_) arm();
  }

  void cancel() {  // any thread
    cancelled_.store(true, std::memory_order_relaxed);
    asio::post(socket.get_executor(), [self = shared_from_this()] { self->abort_operation(); });
  }

  void close() {
    timer_.cancel();
    error_code ignored;
    socket.close(ignored);
  }

  // Why no further operation may begin, if so.
  std::optional<NetError> refusal() const {
    if (cancelled_.load(std::memory_order_relaxed)) return NetError{NetErrc::cancelled, "cancelled"};
    if (std::chrono::steady_clock::now() >= deadline_) return NetError{NetErrc::timed_out, "deadline passed"};
    return std::nullopt;
  }

  NetError failure(const error_code& error, std::string_view doing) const {
    if (error == asio::error::operation_aborted) {
      if (const std::optional<NetError> reason = refusal()) return *reason;
    }
    return net_error(error, doing);
  }

 private:
  void arm() {
    armed_for_ = deadline_;
    timer_.expires_at(armed_for_);
    timer_.async_wait([self = shared_from_this()](const error_code& error) {
      if (!error) self->on_timer();
    });
  }

  void on_timer() {
    armed_for_ = Deadline::max();
    if (std::chrono::steady_clock::now() >= deadline_) {
      abort_operation();
    } else if (deadline_ != Deadline::max()) {
      arm();
    }
  }

  void abort_operation() {
    error_code ignored;  // closed already: nothing is under way
    socket.cancel(ignored);
  }

  asio::steady_timer timer_;
  Deadline deadline_ = Deadline::max();
  Deadline armed_for_ = Deadline::max();  // max: not armed
  std::atomic<bool> cancelled_ = false;
};

class SocketStream final : public LayeredStream {
 public:
  SocketStream(std::shared_ptr<Connection> connection, Endpoint remote, Endpoint local)
      : connection_(std::move(connection)), remote_(std::move(remote)), local_(std::move(local)) {}
  ~SocketStream() override { connection_->close(); }

  void set_deadline(Deadline deadline) override { connection_->set_deadline(deadline); }
  Endpoint remote() const override { return remote_; }
  Endpoint local() const override { return local_; }
  void cancel() override { connection_->cancel(); }

 protected:
  Task<Result<std::size_t, NetError>> raw_read_some(std::span<char> into) override {
    if (auto reason = connection_->refusal()) co_return std::unexpected(std::move(*reason));
    const auto buffer = asio::buffer(into.data(), into.size());
    const auto [error, count] = co_await connection_->socket.async_read_some(buffer, as_result);
    if (error) co_return std::unexpected(connection_->failure(error, "read"));
    co_return count;
  }

  // One operation per round instead of a composed one, so that the deadline is looked at between them.
  Task<Result<void, NetError>> raw_write_all(std::string_view octets) override {
    while (!octets.empty()) {
      if (auto reason = connection_->refusal()) co_return std::unexpected(std::move(*reason));
      const auto buffer = asio::buffer(octets);
      const auto [error, count] = co_await connection_->socket.async_write_some(buffer, as_result);
      if (error) co_return std::unexpected(connection_->failure(error, "write"));
      octets.remove_prefix(count);
    }
    co_return Result<void, NetError>{};
  }

  void raw_close_sending() override {
    error_code ignored;  // not connected any more
    connection_->socket.shutdown(Socket::shutdown_send, ignored);
  }

 private:
  std::shared_ptr<Connection> connection_;
  Endpoint remote_;
  Endpoint local_;
};

Result<void, NetError> prepare_socket(Socket& socket, const Endpoint& to, std::optional<IpAddress> source) {
  error_code error;
  socket.open(to_tcp(to).protocol(), error);
  if (error) return std::unexpected(net_error(error, "open socket"));
  if (source) {
    socket.bind(tcp::endpoint(*source, 0), error);
    if (error) return std::unexpected(net_error(error, "bind " + source->to_string()));
  }
  return {};
}

Endpoint endpoint_of(const SocketEndpoint& socket_endpoint) {
  tcp::endpoint endpoint;
  if (socket_endpoint.size() > endpoint.capacity()) return {};
  std::memcpy(endpoint.data(), socket_endpoint.data(), socket_endpoint.size());
  endpoint.resize(socket_endpoint.size());
  return from_tcp(endpoint);
}

std::unique_ptr<Stream> make_tcp_stream(std::shared_ptr<Connection> connection) {
  error_code gone;  // a peer that has left already shows at the first read
  connection->socket.set_option(tcp::no_delay(true), gone);
  const SocketEndpoint remote = connection->socket.remote_endpoint(gone);
  const SocketEndpoint local = connection->socket.local_endpoint(gone);
  return std::make_unique<SocketStream>(std::move(connection), endpoint_of(remote), endpoint_of(local));
}

// `to` is what the error says the attempt was to.
Task<Result<void, NetError>> connect(Connection& connection, SocketEndpoint target, Deadline deadline, std::string to) {
  connection.set_deadline(deadline);
  if (auto reason = connection.refusal()) co_return std::unexpected(std::move(*reason));
  const auto [error] = co_await connection.socket.async_connect(target, as_result);
  if (!error) co_return Result<void, NetError>{};
  connection.close();
  co_return std::unexpected(connection.failure(error, "connect " + to));
}

}  // namespace

std::unique_ptr<Stream> make_socket_stream(tcp::socket socket) {
  return make_tcp_stream(std::make_shared<Connection>(std::move(socket)));
}

Task<Result<std::unique_ptr<Stream>, NetError>> connect_tcp(Endpoint to, Deadline deadline,
                                                            std::optional<IpAddress> source) {
  const Executor executor = co_await asio::this_coro::executor;
  const auto connection = std::make_shared<Connection>(Socket(executor));
  const auto prepared = prepare_socket(connection->socket, to, source);
  if (!prepared) co_return std::unexpected(prepared.error());
  const tcp::endpoint target = to_tcp(to);
  const auto connected = co_await connect(*connection, target, deadline, to_string(to));
  if (!connected) co_return std::unexpected(connected.error());
  co_return make_tcp_stream(connection);
}

Task<Result<std::unique_ptr<Stream>, NetError>> connect_unix(std::string path, Deadline deadline) {
  if (path.empty() || path.size() > max_unix_path_octets || path.contains('\0')) {
    co_return std::unexpected(NetError{NetErrc::other, "connect: not a path of a Unix socket"});
  }
  const Executor executor = co_await asio::this_coro::executor;
  const auto connection = std::make_shared<Connection>(Socket(executor));
  const asio::local::stream_protocol::endpoint target(path);
  error_code error;
  connection->socket.open(target.protocol(), error);
  if (error) co_return std::unexpected(net_error(error, "open socket"));
  const auto connected = co_await connect(*connection, target, deadline, path);
  if (!connected) co_return std::unexpected(connected.error());
  std::unique_ptr<Stream> stream = std::make_unique<SocketStream>(connection, Endpoint{}, Endpoint{});
  co_return std::move(stream);
}

}  // namespace sesame::net
