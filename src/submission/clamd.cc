#include "submission/clamd.h"

#include <array>
#include <memory>

#include "base/text.h"
#include "net/unix_socket.h"

namespace sesame::submission {
namespace {

constexpr std::string_view instream{"zINSTREAM\0", 10};
constexpr std::string_view no_more{"\0\0\0\0", 4};
constexpr std::size_t shown_octets = 200;  // of a reply, in a name or a log line

using Connected = Result<std::unique_ptr<net::Stream>, net::NetError>;

std::unexpected<ScanError> unavailable(std::string detail) {
  return std::unexpected(ScanError{ScanErrc::unavailable, std::move(detail)});
}

std::array<char, 4> length_of(std::string_view chunk) {
  const auto length = static_cast<std::uint32_t>(chunk.size());
  return {static_cast<char>(length >> 24), static_cast<char>(length >> 16), static_cast<char>(length >> 8),
          static_cast<char>(length)};
}

net::Task<Result<void, net::NetError>> send_content(net::Stream& stream, std::string_view content) {
  auto sent = co_await stream.write_all(instream);
  while (sent && !content.empty()) {
    const std::string_view chunk = content.substr(0, clamd_chunk_octets);
    const std::array<char, 4> length = length_of(chunk);
    const std::string_view head(length.data(), length.size());
    sent = co_await stream.write_all(head);
    if (sent) sent = co_await stream.write_all(chunk);
    content.remove_prefix(chunk.size());
  }
  if (sent) sent = co_await stream.write_all(no_more);
  co_return sent;
}

// Up to the NUL, or the end of the connection.
net::Task<Result<std::string, net::NetError>> read_reply(net::Stream& stream) {
  std::string reply;
  std::array<char, max_clamd_reply_octets> buffer;
  while (reply.size() <= max_clamd_reply_octets) {
    const auto got = co_await stream.read_some(buffer);
    if (!got) {
      if (got.error().code == net::NetErrc::closed && !reply.empty()) co_return reply;
      co_return std::unexpected(got.error());
    }
    reply.append(buffer.data(), *got);
    const std::size_t end = reply.find('\0');
    if (end != reply.npos) co_return reply.substr(0, end);
  }
  co_return std::unexpected(net::NetError{net::NetErrc::other, "the reply does not end"});
}

}  // namespace

std::optional<ScannerAddress> parse_scanner_address(std::string_view text) {
  constexpr std::string_view unix_scheme = "unix:", tcp_scheme = "tcp:";
  if (text.starts_with(unix_scheme)) {
    const std::string_view path = text.substr(unix_scheme.size());
    const bool usable = path.starts_with('/') && path.size() <= net::max_unix_path_octets && !path.contains('\0');
    if (!usable) return std::nullopt;
    return UnixPath{std::string(path)};
  }
  if (!text.starts_with(tcp_scheme)) return std::nullopt;
  const auto endpoint = net::parse_endpoint(text.substr(tcp_scheme.size()));
  if (!endpoint || endpoint->port == 0) return std::nullopt;
  return *endpoint;
}

ScanResult parse_clamd_reply(std::string_view reply) {
  constexpr std::string_view stream = "stream: ", found = " FOUND", error = " ERROR";
  while (reply.ends_with('\n')) reply.remove_suffix(1);
  if (reply.size() > max_clamd_reply_octets) return unavailable("clamd: a reply of too many octets");
  if (reply == "stream: OK") return ScanVerdict{};
  if (reply.starts_with(stream) && reply.ends_with(found) && reply.size() > stream.size() + found.size()) {
    reply.remove_prefix(stream.size());
    reply.remove_suffix(found.size());
    return ScanVerdict{printable_utf8(reply, shown_octets)};
  }
  if (reply.ends_with(error) && reply.contains("size limit exceeded")) {
    return std::unexpected(ScanError{ScanErrc::too_large, "clamd: " + printable_utf8(reply, shown_octets)});
  }
  return unavailable("clamd: " + printable_utf8(reply, shown_octets));
}

net::Task<ScanResult> ask_clamd(net::Stream& stream, std::string_view content) {
  const auto sent = co_await send_content(stream, content);
  // Who hangs up in the middle has said why, if it is about the size.
  if (!sent && sent.error().code != net::NetErrc::reset) co_return unavailable("clamd: " + sent.error().detail);
  const auto reply = co_await read_reply(stream);
  if (!reply) co_return unavailable("clamd: " + (sent ? reply.error().detail : sent.error().detail));
  ScanResult result = parse_clamd_reply(*reply);
  // A verdict on a part of the message is none.
  if (!sent && result) co_return unavailable("clamd: answered before it had the whole message");
  co_return result;
}

net::Task<ScanResult> Clamd::scan(std::string_view content) {
  const net::Deadline deadline = net::after(patience_);
  Connected connected;
  if (const auto* local = std::get_if<UnixPath>(&address_)) {
    connected = co_await net::connect_unix(local->path, deadline);
  } else {
    const net::Endpoint remote = std::get<net::Endpoint>(address_);
    connected = co_await net::connect_tcp(remote, deadline);
  }
  if (!connected) co_return unavailable("clamd: " + connected.error().detail);
  ScanResult result = co_await ask_clamd(**connected, content);
  co_return result;
}

}  // namespace sesame::submission
