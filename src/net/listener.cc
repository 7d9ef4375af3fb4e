#include "net/listener.h"

#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <map>
#include <mutex>
#include <optional>

#include "base/log.h"
#include "net/socket_stream.h"
#include "net/system_error.h"

namespace sesame::net {
namespace {

using tcp = asio::ip::tcp;
using boost::system::error_code;

error_code set_reuse_port(tcp::acceptor& acceptor) {
  const int on = 1;
  if (::setsockopt(acceptor.native_handle(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) == 0) return {};
  return error_code(errno, boost::system::system_category());
}

enum class Sharing { exclusive, shared };

error_code open_and_bind(tcp::acceptor& acceptor, const tcp::endpoint& where, Sharing sharing) {
  error_code error;
  acceptor.open(where.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error && where.address().is_v6()) acceptor.set_option(asio::ip::v6_only(true), error);
  if (!error && sharing == Sharing::shared) error = set_reuse_port(acceptor);
  if (!error) acceptor.bind(where, error);
  return error;
}

// The kernel's buffer of a fresh connection takes a line without waiting; a peer for whom it does not is not waited
// for.
void refuse(tcp::socket& socket, std::string_view overload_text) {
  error_code ignored;
  socket.non_blocking(true, ignored);
  socket.write_some(asio::buffer(overload_text), ignored);
  socket.shutdown(tcp::socket::shutdown_send, ignored);
}

// A customer's line or host has a whole /64 (RFC 6177 §2), so its addresses are one client.
IpAddress client_of(const IpAddress& address) {
  if (!address.is_v6()) return address;
  auto octets = address.to_v6().to_bytes();
  std::fill(octets.begin() + 8, octets.end(), 0);
  return asio::ip::address_v6(octets);
}

enum class Entry { granted, full, full_for_client };

// The sessions there are, and of whom. Thread-safe: every accepting thread asks here, and two of them at the same
// moment do not get one place.
class Places {
 public:
  explicit Places(const ListenerOptions& options)
      : most_(options.max_sessions), most_per_client_(options.max_sessions_per_client) {}

  // nullopt: a client to whom only the limit for all applies. Unless granted, nothing is counted.
  Entry enter(const std::optional<IpAddress>& client) {
    const std::lock_guard lock(mutex_);
    if (taken_ >= most_) return Entry::full;
    if (client) {
      std::size_t& of_client = by_client_[*client];
      if (of_client >= most_per_client_) return Entry::full_for_client;
      ++of_client;
    }
    ++taken_;
    return Entry::granted;
  }
  void leave(const std::optional<IpAddress>& client) {
    const std::lock_guard lock(mutex_);
    --taken_;
    if (!client) return;
    const auto found = by_client_.find(*client);
    if (--found->second == 0) by_client_.erase(found);
  }
  ListenerUse use() const {
    const std::lock_guard lock(mutex_);
    std::size_t most_of_one = 0;
    for (const auto& [client, sessions] : by_client_) most_of_one = std::max(most_of_one, sessions);
    return {taken_, most_, most_of_one, most_per_client_};
  }
  std::size_t taken() const {
    const std::lock_guard lock(mutex_);
    return taken_;
  }

 private:
  const std::size_t most_, most_per_client_;
  mutable std::mutex mutex_;
  std::size_t taken_ = 0;
  std::map<IpAddress, std::size_t> by_client_;
};

// A session's place, given back however the session ends. A session that is never begun may outlive the listener in the
// queue of its executor, so it shares the count.
class Place {
 public:
  Place(std::shared_ptr<Places> places, std::optional<IpAddress> client)
      : places_(std::move(places)), client_(client) {}
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  ~Place() { places_->leave(client_); }

 private:
  const std::shared_ptr<Places> places_;
  const std::optional<IpAddress> client_;
};

}  // namespace

struct Listener::Impl {
  struct Door {
    Executor executor;
    tcp::acceptor acceptor;
  };

  Impl(Runtime& on, ListenerOptions with) : runtime(on), options(std::move(with)) {}

  Runtime& runtime;
  const ListenerOptions options;
  std::vector<std::unique_ptr<Door>> doors;
  Endpoint local;
  SessionHandler handler;
  const std::shared_ptr<Places> places = std::make_shared<Places>(options);
  TaskGroup accepting{"listener"};
  TaskGroup sessions{"sessions"};

  Result<void, NetError> open(const Endpoint& where);
  error_code add_door(std::size_t index, const tcp::endpoint& where, Sharing sharing);
  Task<void> accept_loop(Door& door);
  void admit(const Executor& executor, tcp::socket socket);
  void turn_away(tcp::socket& socket, std::string_view why, std::size_t limit);
  Task<void> run_session(std::unique_ptr<Stream> stream, std::unique_ptr<Place> place);
  Task<void> close(Door& door);
};

error_code Listener::Impl::add_door(std::size_t index, const tcp::endpoint& where, Sharing sharing) {
  const Executor executor = runtime.executor(index);
  auto door = std::make_unique<Door>(Door{executor, tcp::acceptor(executor)});
  error_code error = open_and_bind(door->acceptor, where, sharing);
  if (!error) door->acceptor.listen(tcp::acceptor::max_listen_connections, error);
  if (error) return error;
  if (doors.empty()) local = from_tcp(door->acceptor.local_endpoint(error));
  doors.push_back(std::move(door));
  return error;
}

Result<void, NetError> Listener::Impl::open(const Endpoint& where) {
  const tcp::endpoint target = to_tcp(where);
  const std::string doing = "listen on " + to_string(where);
  error_code error;
  if (where.port == 0) {
    error = add_door(0, target, Sharing::exclusive);
  } else {
    // Two processes that both say SO_REUSEPORT share a port in silence; only an exclusive bind tells.
    tcp::acceptor probe(runtime.executor(0));
    error = open_and_bind(probe, target, Sharing::exclusive);
    error_code ignored;
    probe.close(ignored);
    for (std::size_t i = 0; !error && i < runtime.size(); ++i) error = add_door(i, target, Sharing::shared);
  }
  if (error) return std::unexpected(net_error(error, doing));
  return {};
}

Task<void> Listener::Impl::accept_loop(Door& door) {
  constexpr std::chrono::milliseconds pause_when_exhausted(100);
  for (;;) {
    // A single door serves all threads; otherwise the kernel has chosen the thread already.
    const Executor executor = doors.size() == 1 ? runtime.next() : door.executor;
    auto [error, socket] = co_await door.acceptor.async_accept(executor, asio::as_tuple(asio::use_awaitable));
    if (!error) {
      admit(executor, std::move(socket));
      continue;
    }
    if (error == asio::error::operation_aborted || !door.acceptor.is_open()) co_return;
    if (error == asio::error::connection_aborted) continue;  // it left while it stood in the queue
    log::warning("net", "accept failed", {{"listener", to_string(local)}, {"reason", error.message()}});
    co_await sleep_until(after(pause_when_exhausted));  // no descriptors or memory: others must end first
  }
}

void Listener::Impl::turn_away(tcp::socket& socket, std::string_view why, std::size_t limit) {
  log::warning("net", why, {{"listener", to_string(local)}, {"limit", limit}});
  refuse(socket, options.overload_text);
}

void Listener::Impl::admit(const Executor& executor, tcp::socket socket) {
  error_code gone;
  const IpAddress peer = socket.remote_endpoint(gone).address();
  if (gone) return;  // it left while it stood in the queue
  std::optional<IpAddress> client;
  if (options.loopback_is_one_client || !is_loopback(peer)) client = client_of(peer);
  switch (places->enter(client)) {
    case Entry::full: return turn_away(socket, "too many sessions", options.max_sessions);
    case Entry::full_for_client:
      return turn_away(socket, "too many sessions of one client", options.max_sessions_per_client);
    case Entry::granted: break;
  }
  auto place = std::make_unique<Place>(places, client);
  sessions.spawn(executor, run_session(make_socket_stream(std::move(socket)), std::move(place)));
}

Task<void> Listener::Impl::run_session(std::unique_ptr<Stream> stream, std::unique_ptr<Place> place) {
  const std::unique_ptr<Place> held = std::move(place);  // given back before the task group counts the session out
  co_await handler(std::move(stream));
}

Task<void> Listener::Impl::close(Door& door) {
  error_code ignored;
  door.acceptor.close(ignored);
  co_return;
}

Listener::Listener(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
Listener::~Listener() = default;

Result<std::unique_ptr<Listener>, NetError> Listener::bind(Runtime& runtime, Endpoint where, ListenerOptions options) {
  auto impl = std::make_shared<Impl>(runtime, std::move(options));
  const Result<void, NetError> opened = impl->open(where);
  if (!opened) return std::unexpected(opened.error());
  return std::unique_ptr<Listener>(new Listener(std::move(impl)));
}

Endpoint Listener::local() const { return impl_->local; }

void Listener::start(SessionHandler handler) {
  impl_->handler = std::move(handler);
  for (const auto& door : impl_->doors) impl_->accepting.spawn(door->executor, impl_->accept_loop(*door));
}

std::size_t Listener::sessions() const { return impl_->places->taken(); }

ListenerUse Listener::use() const { return impl_->places->use(); }

void Listener::stop_accepting() {
  for (const auto& door : impl_->doors) {
    asio::post(door->executor, [impl = impl_, &acceptor = door->acceptor] {
      error_code ignored;
      acceptor.close(ignored);  // ends the accept under way
    });
  }
}

Task<void> Listener::stop(Deadline deadline) {
  for (const auto& door : impl_->doors) {
    Task<void> closing = impl_->close(*door);
    co_await on_executor(door->executor, std::move(closing));
  }
  co_await impl_->accepting.stop();
  co_await impl_->sessions.drain(deadline);
  co_await impl_->sessions.stop();
}

}  // namespace sesame::net
