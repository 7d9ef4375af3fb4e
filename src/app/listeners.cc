#include "app/listeners.h"

#include <fmt/format.h>

namespace sesame::app {
namespace {

// Of each listening address.
constexpr std::size_t max_smtp_sessions = 1000;
constexpr std::size_t max_http_sessions = 5000;
// One client with a fault, or with bad intentions, leaves room for the others. A proxy in front of the API is one
// client.
constexpr std::size_t max_smtp_sessions_per_client = 100;
constexpr std::size_t max_http_sessions_per_client = 2000;

std::string bind_problem(const char* key, const net::Endpoint& where, const net::NetError& error) {
  switch (error.code) {
    case net::NetErrc::address_in_use: return fmt::format("{}: {} is already in use", key, net::to_string(where));
    case net::NetErrc::no_permission:
      return fmt::format("{}: no permission to listen on {}", key, net::to_string(where));
    default: return fmt::format("{}: cannot listen on {}: {}", key, net::to_string(where), error.detail);
  }
}

Result<void, std::string> bind_tcp(const char* key, const std::vector<net::Endpoint>& wanted, net::Runtime& runtime,
                                   net::ListenerOptions options, std::vector<std::unique_ptr<net::Listener>>& into) {
  for (const net::Endpoint& where : wanted) {
    auto listener = net::Listener::bind(runtime, where, options);
    if (!listener) return std::unexpected(bind_problem(key, where, listener.error()));
    into.push_back(std::move(*listener));
  }
  return {};
}

// All but the name servers', in the order in which they are closed. `visit`: (name of the door, listener).
template <class Visit>
void for_each_listener(const Listeners& listeners, Visit visit) {
  const std::pair<const char*, const std::vector<std::unique_ptr<net::Listener>>*> doors[] = {
      {"http", &listeners.http},
      {"submission", &listeners.submission},
      {"submission_tls", &listeners.submission_tls},
      {"feedback", &listeners.feedback},
      {"receiver", &listeners.receiver}};
  for (const auto& [door, group] : doors) {
    for (const auto& listener : *group) visit(door, *listener);
  }
}

}  // namespace

Result<Listeners, std::string> bind_listeners(const Config& config, const std::vector<net::Endpoint>& receiver,
                                              net::Runtime& runtime, const zone::Authority& authority) {
  Listeners listeners;
  const net::ListenerOptions smtp{max_smtp_sessions, "421 4.3.2 Too many concurrent SMTP connections\r\n",
                                  max_smtp_sessions_per_client};
  const net::ListenerOptions http{max_http_sessions, "", max_http_sessions_per_client};
  // Nothing can be said before TLS.
  const net::ListenerOptions smtps{max_smtp_sessions, "", max_smtp_sessions_per_client};
  for (auto bound :
       {bind_tcp("http.listen", config.http.listen, runtime, http, listeners.http),
        bind_tcp("submission.listen", config.submission.listen, runtime, smtp, listeners.submission),
        bind_tcp("submission.listen_tls", config.submission.listen_tls, runtime, smtps, listeners.submission_tls),
        bind_tcp("feedback.listen", config.feedback.listen, runtime, smtp, listeners.feedback),
        bind_tcp("sandbox receiver", receiver, runtime, smtp, listeners.receiver)}) {
    if (!bound) return std::unexpected(bound.error());
  }
  for (const net::Endpoint& where : config.dns.listen) {
    auto server = zone::Server::bind(runtime, where, authority);
    if (!server) return std::unexpected(bind_problem("dns.listen", where, server.error()));
    listeners.dns.push_back(std::move(*server));
  }
  return listeners;
}

std::size_t sockets_at_most(const Config& config, std::size_t receivers) {
  const std::size_t smtp =
      config.submission.listen.size() + config.submission.listen_tls.size() + config.feedback.listen.size() + receivers;
  const std::size_t dns = config.dns.listen.size() * zone::ServerOptions{}.max_tcp_connections;
  return smtp * max_smtp_sessions + config.http.listen.size() * max_http_sessions + dns +
         config.delivery.max_connections;
}

std::vector<DoorView> Listeners::doors() const {
  std::vector<DoorView> views;
  for_each_listener(*this, [&](const char* door, const net::Listener& listener) {
    views.push_back({door, net::to_string(listener.local()), listener.use()});
  });
  for (const auto& server : dns) views.push_back({"dns", net::to_string(server->local()), server->tcp_use()});
  return views;
}

void Listeners::stop_accepting() {
  for_each_listener(*this, [](const char*, net::Listener& listener) { listener.stop_accepting(); });
}

net::Task<void> Listeners::stop(net::Deadline deadline) {
  std::vector<net::Listener*> all;
  for_each_listener(*this, [&](const char*, net::Listener& listener) { all.push_back(&listener); });
  for (net::Listener* listener : all) co_await listener->stop(deadline);
  for (auto& server : dns) co_await server->stop(deadline);
}

}  // namespace sesame::app
