#include "net/layered_stream.h"

#include <algorithm>

#include "net/tls_engine.h"

namespace sesame::net {
namespace {

constexpr std::size_t read_buffer_octets = 17 * 1024;  // a little more than one record, RFC 8446 §5.2
constexpr std::size_t write_chunk_octets = 64 * 1024;  // bounds what is held encrypted at a time

}  // namespace

LayeredStream::LayeredStream() = default;
LayeredStream::~LayeredStream() = default;

Task<Result<std::size_t, NetError>> LayeredStream::read_some(std::span<char> into) {
  return engine_ ? tls_read_some(into) : raw_read_some(into);
}

Task<Result<void, NetError>> LayeredStream::write_all(std::string_view octets) {
  return engine_ ? tls_write_all(octets) : raw_write_all(octets);
}

Task<Result<void, NetError>> LayeredStream::start_tls_server(const TlsContext& context) {
  engine_ = std::make_unique<TlsEngine>(TlsEngine::server(context));
  return negotiate();
}

Task<Result<void, NetError>> LayeredStream::start_tls_client(const TlsContext& context, std::string server_name) {
  engine_ = std::make_unique<TlsEngine>(TlsEngine::client(context, std::move(server_name)));
  return negotiate();
}

std::optional<TlsInfo> LayeredStream::tls() const {
  if (!encrypted_) return std::nullopt;
  return engine_->info();
}

Task<Result<void, NetError>> LayeredStream::negotiate() {
  buffer_ = std::make_unique<std::string>(read_buffer_octets, '\0');
  for (;;) {
    const Result<bool, NetError> done = engine_->handshake();
    const auto sent = co_await send_output();  // also the alert of a failed handshake
    if (!done) co_return std::unexpected(done.error());
    if (!sent) co_return std::unexpected(sent.error());
    if (*done) break;
    const auto fed = co_await feed_once();
    if (!fed) co_return std::unexpected(fed.error());
  }
  encrypted_ = true;
  co_return Result<void, NetError>{};
}

Task<Result<std::size_t, NetError>> LayeredStream::tls_read_some(std::span<char> into) {
  for (;;) {
    const auto count = engine_->read(into);
    const auto sent = co_await send_output();  // key updates and alerts
    if (!count) co_return std::unexpected(count.error());
    if (const std::optional<std::size_t> octets = *count) co_return *octets;
    if (!sent) co_return std::unexpected(sent.error());
    const auto fed = co_await feed_once();
    if (!fed) co_return std::unexpected(fed.error());
  }
}

Task<Result<void, NetError>> LayeredStream::tls_write_all(std::string_view octets) {
  while (!octets.empty()) {
    const std::string_view chunk = octets.substr(0, write_chunk_octets);
    const auto encrypted = engine_->write(chunk);
    if (!encrypted) co_return std::unexpected(encrypted.error());
    const auto sent = co_await send_output();
    if (!sent) co_return std::unexpected(sent.error());
    octets.remove_prefix(chunk.size());
  }
  co_return Result<void, NetError>{};
}

Task<Result<void, NetError>> LayeredStream::send_output() {
  const std::string output = engine_->take_output();
  if (output.empty()) co_return Result<void, NetError>{};
  auto sent = co_await raw_write_all(output);
  co_return sent;
}

Task<Result<void, NetError>> LayeredStream::feed_once() {
  const auto count = co_await raw_read_some(std::span(*buffer_));
  if (!count) {
    NetError error = count.error();
    // Without close_notify an end of file may be the work of somebody in between.
    if (error.code == NetErrc::closed) error = NetError{NetErrc::reset, "TLS ended without close_notify"};
    co_return std::unexpected(std::move(error));
  }
  engine_->feed(std::string_view(*buffer_).substr(0, *count));
  co_return Result<void, NetError>{};
}

Task<void> LayeredStream::shutdown() {
  if (encrypted_) {
    engine_->close();
    const auto sent = co_await send_output();
    if (!sent) co_return;  // the peer is gone: nothing is left to close in order
  }
  raw_close_sending();
}

}  // namespace sesame::net
