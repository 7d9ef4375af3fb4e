#include "smtp_session/testing/scripted_peer.h"

#include <array>
#include <optional>

#include "base/text.h"

namespace sesame::smtp_session {
namespace {

constexpr std::string_view octets = "octets ";

class LineReader {
 public:
  explicit LineReader(net::Stream& stream) : stream_(stream) {}

  net::Task<std::optional<std::string>> next() {
    for (;;) {
      const std::size_t end = input_.find("\r\n");
      if (end != std::string::npos) {
        std::string line = input_.substr(0, end + 2);
        input_.erase(0, end + 2);
        co_return line;
      }
      const bool more = co_await read_more();
      if (!more) co_return std::nullopt;
    }
  }

  net::Task<std::optional<std::string>> next_octets(std::size_t count) {
    for (bool more = true; input_.size() < count;) {
      more = co_await read_more();
      if (!more) co_return std::nullopt;
    }
    std::string octets = input_.substr(0, count);
    input_.erase(0, count);
    co_return octets;
  }

 private:
  net::Task<bool> read_more() {
    std::array<char, 4096> buffer;
    const auto got = co_await stream_.read_some(buffer);
    if (got) input_.append(buffer.data(), *got);
    co_return got.has_value();
  }

  net::Stream& stream_;
  std::string input_;
};

}  // namespace

net::Task<void> play(std::unique_ptr<net::Stream> stream, std::vector<ScriptStep> script, std::string& heard) {
  stream->set_deadline(net::after(std::chrono::seconds(20)));
  LineReader reader(*stream);
  for (const ScriptStep& step : script) {
    if (step.expect == handshake) {
      const net::TlsContext context = net::TlsContext::server_self_signed("mx.example");
      const auto started = co_await stream->start_tls_server(context);
      if (!started) co_return;
    }
    const bool by_count = step.expect.starts_with(octets);
    if (by_count) {
      const auto count = parse_decimal(std::string_view(step.expect).substr(octets.size()));
      const auto chunk = co_await reader.next_octets(count.value_or(0));
      if (!chunk) co_return;
      heard += *chunk;
    }
    for (bool more = !step.expect.empty() && step.expect != handshake && !by_count; more;) {
      const auto line = co_await reader.next();
      if (!line) co_return;  // the other side hung up first
      const bool matches = step.expect == "." || step.expect == hang_on || line->starts_with(step.expect);
      if (!matches) heard += "UNEXPECTED ";
      heard += *line;
      more = (step.expect == "." && *line != ".\r\n") || step.expect == hang_on;
    }
    const auto sent = co_await stream->write_all(step.answer);
    if (!sent) co_return;
  }
}

}  // namespace sesame::smtp_session
