#include "http/client.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "http/response_parser.h"

namespace sesame::http {
namespace {

constexpr std::size_t read_octets = 16 * 1024;

struct Sinking {
  BodySink sink;  // empty: collect
  std::chrono::milliseconds silence{};
};

bool is_line_safe(std::string_view text) {
  return std::ranges::none_of(text, [](unsigned char c) { return c < ' ' || c == 0x7f; });
}

// nullopt: something in it cannot stand in a header line.
std::optional<std::string> format_request_header(const ClientRequest& request) {
  std::string out = fmt::format("{} {} HTTP/1.1\r\n", request.method, request.url.target);
  bool safe = is_line_safe(request.method) && is_line_safe(request.url.target);
  const auto add = [&out, &safe](std::string_view name, std::string_view value) {
    safe = safe && is_line_safe(name) && is_line_safe(value);
    out.append(name).append(": ").append(value).append("\r\n");
  };
  if (!request.headers.contains("Host")) add("Host", host_field(request.url));
  for (const Field& field : request.headers) {
    const bool ours = ascii_iequals(field.name, "Content-Length") || ascii_iequals(field.name, "Connection");
    if (!ours) add(field.name, field.value);
  }
  const bool may_be_empty = request.method == "GET" || request.method == "HEAD" || request.method == "DELETE";
  if (!request.body.empty() || !may_be_empty) add("Content-Length", fmt::to_string(request.body.size()));
  add("Connection", "close");
  out += "\r\n";
  if (!safe) return std::nullopt;
  return out;
}

ClientError from_net(ClientErrc code, const net::NetError& error) {
  return ClientError{code, fmt::format("{} ({})", net::name(error.code), error.detail)};
}

ClientError from_parser(ResponseErrc error) {
  switch (error) {
    case ResponseErrc::malformed: return {ClientErrc::malformed, "the answer is not HTTP/1.1"};
    case ResponseErrc::header_too_large: return {ClientErrc::too_large, "the answer's header is too large"};
    case ResponseErrc::cut_short: return {ClientErrc::malformed, "the answer is cut short"};
  }
  return {ClientErrc::malformed, "?"};
}

net::Task<Result<void, ClientError>> send_request(net::Stream& stream, const ClientRequest& request) {
  const auto header = format_request_header(request);
  if (!header) co_return std::unexpected(ClientError{ClientErrc::connect, "a control character in the request"});
  // A server that refuses early closes while we still write; its answer is there to be read nevertheless.
  auto sent = co_await stream.write_all(*header);
  if (sent && !request.body.empty()) sent = co_await stream.write_all(request.body);
  if (!sent && sent.error().code != net::NetErrc::reset) {
    co_return std::unexpected(from_net(ClientErrc::exchange, sent.error()));
  }
  co_return Result<void, ClientError>{};
}

// Reads one response. Owned by the coroutine that calls it.
class ResponseReader {
 public:
  ResponseReader(net::Stream& stream, const ClientOptions& options, const Sinking& sinking, bool to_head)
      : stream_(stream), options_(options), sinking_(sinking), parser_(options.max_header_octets, to_head) {}

  net::Task<Result<ClientResponse, ClientError>> read();

 private:
  bool sinks() const { return sinking_.sink && parser_.status() / 100 == 2; }
  Result<bool, ClientError> advance();       // false: more octets are needed
  Result<bool, ClientError> deliver_body();  // false: the sink has enough
  net::Task<Result<void, ClientError>> read_more();

  net::Stream& stream_;
  const ClientOptions& options_;
  const Sinking& sinking_;
  ResponseParser parser_;
  std::string input_;
  bool ended_ = false;  // end of file was given to the parser, or the sink has enough
  ClientResponse response_;
};

net::Task<Result<ClientResponse, ClientError>> ResponseReader::read() {
  while (!parser_.done() && !ended_) {
    const auto advanced = advance();
    if (!advanced) co_return std::unexpected(advanced.error());
    if (*advanced || ended_) continue;
    const auto more = co_await read_more();
    if (!more) co_return std::unexpected(more.error());
  }
  response_.status = parser_.status();
  response_.headers = parser_.headers();
  co_return std::move(response_);
}

Result<bool, ClientError> ResponseReader::advance() {
  if (input_.empty()) return false;
  const auto taken = parser_.put(input_);
  if (!taken) return std::unexpected(from_parser(taken.error()));
  input_.erase(0, *taken);
  const auto delivered = deliver_body();
  if (!delivered) return std::unexpected(delivered.error());
  if (!*delivered) ended_ = true;
  return *taken > 0;
}

Result<bool, ClientError> ResponseReader::deliver_body() {
  if (!parser_.header_done()) return true;
  const std::string piece = parser_.take_body();
  if (piece.empty()) return true;
  if (sinks()) return sinking_.sink(piece);
  if (piece.size() > options_.max_body_octets - response_.body.size()) {
    response_.body += piece.substr(0, options_.max_body_octets - response_.body.size());
    if (options_.cut_long_body) return false;
    return std::unexpected(ClientError{ClientErrc::too_large, "the answer's body is too large"});
  }
  response_.body += piece;
  return true;
}

net::Task<Result<void, ClientError>> ResponseReader::read_more() {
  if (parser_.header_done() && sinks()) stream_.set_deadline(net::after(sinking_.silence));
  std::array<char, read_octets> buffer;
  const auto got = co_await stream_.read_some(buffer);
  if (got) {
    input_.append(buffer.data(), *got);
    co_return Result<void, ClientError>{};
  }
  if (got.error().code != net::NetErrc::closed) {
    co_return std::unexpected(from_net(ClientErrc::exchange, got.error()));
  }
  ended_ = true;
  const auto whole = parser_.put_end_of_file();
  if (!whole) co_return std::unexpected(from_parser(whole.error()));
  co_return Result<void, ClientError>{};
}

net::Task<Result<ClientResponse, ClientError>> exchange_on(net::Stream& stream, const ClientRequest& request,
                                                           const ClientOptions& options, const Sinking& sinking) {
  stream.set_deadline(options.deadline);
  const auto sent = co_await send_request(stream, request);
  if (!sent) co_return std::unexpected(sent.error());
  ResponseReader reader(stream, options, sinking, request.method == "HEAD");
  auto response = co_await reader.read();
  co_return response;
}

net::Task<Result<std::unique_ptr<net::Stream>, ClientError>> open(const Url& url, net::Endpoint to,
                                                                  const ClientOptions& options) {
  auto stream = co_await net::connect_tcp(to, options.deadline);
  if (!stream) co_return std::unexpected(from_net(ClientErrc::connect, stream.error()));
  if (url.tls) {
    const net::TlsContext context = options.tls ? *options.tls : net::TlsContext::client_verified();
    const auto started = co_await (*stream)->start_tls_client(context, url.host);
    if (!started) {
      const bool unusable = started.error().code == net::NetErrc::tls;
      co_return std::unexpected(from_net(unusable ? ClientErrc::tls : ClientErrc::connect, started.error()));
    }
  }
  co_return std::move(*stream);
}

net::Task<Result<ClientResponse, ClientError>> connect_and_exchange(ClientRequest request, net::Endpoint to,
                                                                    ClientOptions options, Sinking sinking) {
  auto stream = co_await open(request.url, to, options);
  if (!stream) co_return std::unexpected(stream.error());
  auto response = co_await exchange_on(**stream, request, options, sinking);
  co_return response;
}

}  // namespace

net::Task<Result<ClientResponse, ClientError>> request(ClientRequest request, net::Endpoint to, ClientOptions options) {
  return connect_and_exchange(std::move(request), to, std::move(options), {});
}

net::Task<Result<ClientResponse, ClientError>> request_stream(ClientRequest request, net::Endpoint to,
                                                              ClientOptions options, BodySink sink,
                                                              std::chrono::milliseconds silence) {
  return connect_and_exchange(std::move(request), to, std::move(options), {std::move(sink), silence});
}

net::Task<Result<ClientResponse, ClientError>> exchange(net::Stream& stream, const ClientRequest& request,
                                                        const ClientOptions& options) {
  const Sinking collect;
  auto response = co_await exchange_on(stream, request, options, collect);
  co_return response;
}

}  // namespace sesame::http
