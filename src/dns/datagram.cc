#include "dns/datagram.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/detail/socket_option.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace sesame::dns {
namespace {

namespace asio = boost::asio;
using asio::ip::udp;
using boost::system::error_code;
using net::NetErrc;
using net::NetError;

using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

NetErrc classify(const error_code& error) {
  if (error == asio::error::connection_refused) return NetErrc::refused;
  if (error == asio::error::operation_aborted) return NetErrc::cancelled;
  if (error == asio::error::address_in_use) return NetErrc::address_in_use;
  if (error == asio::error::access_denied || error == asio::error::no_permission) return NetErrc::no_permission;
  if (error == asio::error::network_unreachable || error == asio::error::host_unreachable) return NetErrc::reset;
  return NetErrc::other;
}

NetError failure(const error_code& error) { return {classify(error), error.message()}; }

}  // namespace

// Shared with the timer's handler, which may run after the receive it was set for: `turn` tells.
struct DatagramSocket::State {
  explicit State(const net::Executor& executor) : socket(executor), timer(executor) {}

  udp::socket socket;
  asio::steady_timer timer;
  std::uint64_t turn = 0;
  bool timed_out = false;
};

DatagramSocket::DatagramSocket(std::shared_ptr<State> state) : state_(std::move(state)) {}
DatagramSocket::DatagramSocket(DatagramSocket&&) noexcept = default;
DatagramSocket& DatagramSocket::operator=(DatagramSocket&&) noexcept = default;

DatagramSocket::~DatagramSocket() {
  if (!state_) return;
  error_code ignored;
  state_->timer.cancel();
  state_->socket.close(ignored);
}

Result<DatagramSocket, NetError> DatagramSocket::bind(net::Executor executor, net::Endpoint where, bool reuse_port) {
  auto state = std::make_shared<State>(executor);
  const udp::endpoint endpoint(where.address, where.port);
  error_code error;
  state->socket.open(endpoint.protocol(), error);
  if (!error && endpoint.protocol() == udp::v6()) state->socket.set_option(asio::ip::v6_only(true), error);
  if (!error && reuse_port) state->socket.set_option(ReusePort(true), error);
  if (!error) state->socket.bind(endpoint, error);
  if (!error) state->socket.non_blocking(true, error);
  if (error) return std::unexpected(failure(error));
  return DatagramSocket(std::move(state));
}

Result<DatagramSocket, NetError> DatagramSocket::connect(net::Executor executor, net::Endpoint to) {
  auto state = std::make_shared<State>(executor);
  const udp::endpoint endpoint(to.address, to.port);
  error_code error;
  state->socket.open(endpoint.protocol(), error);
  if (!error) state->socket.connect(endpoint, error);
  if (!error) state->socket.non_blocking(true, error);
  if (error) return std::unexpected(failure(error));
  return DatagramSocket(std::move(state));
}

net::Endpoint DatagramSocket::local() const {
  error_code ignored;
  const udp::endpoint endpoint = state_->socket.local_endpoint(ignored);
  return {endpoint.address(), endpoint.port()};
}

net::Task<Result<Datagram, NetError>> DatagramSocket::receive(std::span<char> into, net::Deadline deadline) {
  const std::shared_ptr<State> state = state_;
  const std::uint64_t turn = ++state->turn;
  state->timed_out = false;
  if (deadline != net::Deadline::max()) {
    state->timer.expires_at(deadline);
    state->timer.async_wait([weak = std::weak_ptr(state), turn](const error_code& error) {
      const std::shared_ptr<State> self = weak.lock();
      if (error || !self || self->turn != turn) return;
      self->timed_out = true;
      error_code ignored;
      self->socket.cancel(ignored);
    });
  }
  udp::endpoint from;
  const asio::mutable_buffer buffer(into.data(), into.size());
  const auto [error, octets] =
      co_await state->socket.async_receive_from(buffer, from, asio::as_tuple(asio::use_awaitable));
  ++state->turn;
  state->timer.cancel();
  if (error && state->timed_out) co_return std::unexpected(NetError{NetErrc::timed_out, "no datagram in time"});
  if (error) co_return std::unexpected(failure(error));
  Datagram datagram{octets, {from.address(), from.port()}};
  co_return datagram;
}

Result<void, NetError> DatagramSocket::send(std::string_view octets, std::optional<net::Endpoint> to) {
  error_code error;
  const asio::const_buffer buffer(octets.data(), octets.size());
  if (to) {
    state_->socket.send_to(buffer, udp::endpoint(to->address, to->port), 0, error);
  } else {
    state_->socket.send(buffer, 0, error);
  }
  if (error && error != asio::error::would_block) return std::unexpected(failure(error));
  return {};
}

}  // namespace sesame::dns
