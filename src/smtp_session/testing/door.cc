#include "smtp_session/testing/door.h"

#include <array>

namespace sesame::smtp_session {
net::Task<std::string> read_until(net::Stream& stream, std::string_view end) {
  std::string all;
  std::array<char, 4096> buffer;
  while (!all.ends_with(end) || end.empty()) {
    const auto got = co_await stream.read_some(buffer);
    if (!got) co_return all;
    all.append(buffer.data(), *got);
  }
  co_return all;
}

net::Task<std::string> ask(net::Stream& stream, std::string_view octets, std::string_view end) {
  stream.set_deadline(net::after(std::chrono::seconds(10)));
  if (!octets.empty()) co_await stream.write_all(octets);
  std::string all = co_await read_until(stream, end);
  co_return all;
}

ServerOptions door() {
  ServerOptions options;
  options.settings.host_name = "mx.example";
  options.settings.extensions.pipelining = true;
  options.settings.extensions.eight_bit_mime = true;
  options.settings.tls_before_auth = false;
  return options;
}

ServerOptions door_with_tls() {
  ServerOptions options = door();
  options.settings.extensions.starttls = true;
  options.settings.extensions.auth_mechanisms = {"PLAIN", "LOGIN"};
  options.settings.tls_before_auth = true;
  options.tls = net::TlsContext::server_self_signed("mx.example");
  return options;
}

ServerOptions chunking_door() {
  ServerOptions options = door();
  options.settings.extensions.chunking = true;
  return options;
}

Live::Live(ServerOptions with, const net::MemoryPipeOptions& cut) : options(std::move(with)) {
  ends = net::make_memory_streams(loop.executor(), {.to_server = cut, .to_client = cut});
  loop.spawn(serve(std::move(ends.server), options, handler, gate));
}

std::string Live::say(std::string_view octets, std::string_view end) {
  return loop.run(ask(*ends.client, octets, end));
}

}  // namespace sesame::smtp_session
