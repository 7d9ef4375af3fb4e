#include "dns/tcp_frame.h"

#include <array>

namespace sesame::dns {
namespace {

using net::NetError;

net::Task<Result<void, NetError>> read_exactly(net::Stream& stream, std::span<char> into) {
  while (!into.empty()) {
    const auto got = co_await stream.read_some(into);
    if (!got) co_return std::unexpected(got.error());
    into = into.subspan(*got);
  }
  co_return Result<void, NetError>();
}

}  // namespace

net::Task<Result<std::string, NetError>> read_frame(net::Stream& stream, std::size_t max_octets) {
  std::array<char, 2> prefix{};
  const auto got_prefix = co_await read_exactly(stream, prefix);
  if (!got_prefix) co_return std::unexpected(got_prefix.error());
  const std::size_t length = static_cast<unsigned char>(prefix[0]) << 8 | static_cast<unsigned char>(prefix[1]);
  if (length > max_octets) co_return std::unexpected(NetError{net::NetErrc::other, "the message is too long"});
  std::string message(length, '\0');
  const auto got_message = co_await read_exactly(stream, message);
  if (!got_message) co_return std::unexpected(got_message.error());
  co_return message;
}

net::Task<Result<void, NetError>> write_frame(net::Stream& stream, std::string message) {
  // One write, so that length and message travel in one segment (RFC 7766 §8).
  const char prefix[] = {static_cast<char>(message.size() >> 8), static_cast<char>(message.size() & 0xff)};
  message.insert(0, prefix, sizeof prefix);
  co_return co_await stream.write_all(message);
}

}  // namespace sesame::dns
