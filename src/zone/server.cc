#include "zone/server.h"

#include <array>

#include "base/log.h"
#include "base/random.h"
#include "dns/datagram.h"
#include "dns/tcp_frame.h"
#include "net/listener.h"
#include "net/stream.h"
#include "net/task_group.h"
#include "zone/rate_limit.h"
#include "zone/responder.h"

namespace sesame::zone {
namespace {

constexpr int bind_attempts = 20;  // until UDP and TCP agree on a free port
constexpr std::size_t max_query_octets = 4096;
constexpr std::chrono::milliseconds pause_after_failure{100};  // so that a broken socket does not spin

using net::NetError;

}  // namespace

struct Server::Impl : std::enable_shared_from_this<Server::Impl> {
  Impl(net::Runtime& runtime_used, const Authority& served, ServerOptions limits)
      : runtime(runtime_used),
        authority(served),
        options(limits),
        executor(runtime.next()),
        rate_limit(limits.responses_per_second, random),
        receiver("zone.udp"),
        answering("zone.answers") {}

  net::Runtime& runtime;
  const Authority& authority;
  const ServerOptions options;
  const net::Executor executor;              // of the UDP socket and all that touches it
  std::unique_ptr<dns::DatagramSocket> udp;  // never null once bound
  std::unique_ptr<net::Listener> tcp;
  SecureRandom random;
  ResponseRateLimit rate_limit;
  net::TaskGroup receiver, answering;

  Result<void, NetError> bind_both(net::Endpoint where);
  static net::Task<void> receive_loop(std::shared_ptr<Impl> self);
  void take_query(std::string query, net::Endpoint from);
  static net::Task<void> answer_datagram(std::shared_ptr<Impl> self, std::string query, net::Endpoint to);
  static net::Task<void> serve_connection(std::shared_ptr<Impl> self, std::unique_ptr<net::Stream> stream);
};

Result<void, NetError> Server::Impl::bind_both(net::Endpoint where) {
  for (int attempt = 1;; ++attempt) {
    auto socket = dns::DatagramSocket::bind(executor, where);
    if (!socket) return std::unexpected(socket.error());
    net::ListenerOptions listener_options;
    listener_options.max_sessions = options.max_tcp_connections;
    listener_options.max_sessions_per_client = options.max_tcp_connections_per_client;
    listener_options.loopback_is_one_client = options.loopback_is_one_client;
    auto listener = net::Listener::bind(runtime, {where.address, socket->local().port}, listener_options);
    if (listener) {
      udp = std::make_unique<dns::DatagramSocket>(std::move(*socket));
      tcp = std::move(*listener);
      return {};
    }
    if (where.port != 0 || attempt == bind_attempts) return std::unexpected(listener.error());
  }
}

net::Task<void> Server::Impl::receive_loop(std::shared_ptr<Impl> self) {
  std::array<char, max_query_octets> buffer;
  while (!self->receiver.stopping()) {
    const auto datagram = co_await self->udp->receive(buffer, net::Deadline::max());
    if (datagram) {
      self->take_query(std::string(buffer.data(), datagram->octets), datagram->from);
    } else if (datagram.error().code == net::NetErrc::cancelled) {
      co_return;
    } else {
      log::warning("zone", "receiving a datagram failed", {{"detail", datagram.error().detail}});
      co_await net::sleep_until(net::after(pause_after_failure));
    }
  }
}

void Server::Impl::take_query(std::string query, net::Endpoint from) {
  using Verdict = ResponseRateLimit::Verdict;
  const Verdict verdict = rate_limit.check(from.address, std::chrono::steady_clock::now());
  if (verdict == Verdict::drop || from.port == 0) return;
  if (verdict == Verdict::respond_truncated) {
    const std::string response = truncated_response(query);
    if (!response.empty() && !udp->send(response, from)) log::debug("zone", "a response could not be sent");
    return;
  }
  if (answering.size() >= options.max_udp_in_flight) return;
  answering.spawn(executor, answer_datagram(shared_from_this(), std::move(query), std::move(from)));
}

net::Task<void> Server::Impl::answer_datagram(std::shared_ptr<Impl> self, std::string query, net::Endpoint to) {
  const std::string response = co_await respond(self->authority, std::move(query), Transport::udp);
  if (response.empty()) co_return;
  const auto sent = self->udp->send(response, to);
  if (!sent)
    log::debug("zone", "a response could not be sent", {{"to", to_string(to)}, {"detail", sent.error().detail}});
}

// Queries are answered in the order they come; a client may send the next before it has the answer (RFC 7766 §6.2.1.1).
// However the reading or writing fails, the connection is of no further use and is closed.
net::Task<void> Server::Impl::serve_connection(std::shared_ptr<Impl> self, std::unique_ptr<net::Stream> stream) {
  const net::Deadline end = net::after(self->options.tcp_lifetime);
  while (true) {
    stream->set_deadline(std::min(end, net::after(self->options.tcp_idle)));
    auto query = co_await dns::read_frame(*stream, max_query_octets);
    if (!query) co_return;
    std::string response = co_await respond(self->authority, std::move(*query), Transport::tcp);
    if (response.empty()) co_return;
    const auto written = co_await dns::write_frame(*stream, std::move(response));
    if (!written) co_return;
  }
}

Server::Server(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() = default;

Result<std::unique_ptr<Server>, NetError> Server::bind(net::Runtime& runtime, net::Endpoint where,
                                                       const Authority& authority, ServerOptions options) {
  auto impl = std::make_shared<Impl>(runtime, authority, options);
  if (auto bound = impl->bind_both(where); !bound) return std::unexpected(bound.error());
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

net::Endpoint Server::local() const { return impl_->udp->local(); }

net::ListenerUse Server::tcp_use() const { return impl_->tcp->use(); }
std::size_t Server::udp_in_flight() const { return impl_->answering.size(); }
std::size_t Server::max_udp_in_flight() const { return impl_->options.max_udp_in_flight; }

void Server::start() {
  impl_->receiver.spawn(impl_->executor, impl_->receive_loop(impl_));
  impl_->tcp->start([impl = impl_.get()](std::unique_ptr<net::Stream> stream) {
    return Impl::serve_connection(impl->shared_from_this(), std::move(stream));
  });
}

net::Task<void> Server::stop(net::Deadline deadline) {
  co_await impl_->receiver.stop();
  co_await impl_->tcp->stop(net::after(std::chrono::milliseconds(0)));
  co_await impl_->answering.drain(deadline);
  co_await impl_->answering.stop();
}

}  // namespace sesame::zone
