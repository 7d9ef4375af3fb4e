#include "http/server.h"

#include <algorithm>
#include <array>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include "base/log.h"
#include "base/time_text.h"
#include "http/request_parser.h"
#include "http/response_format.h"
#include "net/linger.h"

namespace sesame::http {
namespace {

constexpr std::size_t read_octets = 16 * 1024;
constexpr std::size_t joined_write_octets = 64 * 1024;  // up to here header and body go out in one write

// For the rest of a request that was refused half way (RFC 9112 §9.6).
constexpr std::chrono::milliseconds linger_time = std::chrono::seconds(2);
constexpr std::size_t linger_octets = 1024 * 1024;

constexpr int hang_up = 0;  // no status: nobody is there to read an answer

class StreamedBody final : public BodyWriter {
 public:
  StreamedBody(net::Stream& stream, Framing framing, std::chrono::milliseconds timeout, const net::IdleGate& gate)
      : stream_(stream), framing_(framing), timeout_(timeout), gate_(gate) {}

  net::Task<bool> write(std::string_view octets) override {
    if (gate_.closed()) good_ = false;
    if (octets.empty() || !good_) co_return good_;
    const std::string framed = framing_ == Framing::chunked ? format_chunk(octets) : std::string(octets);
    good_ = co_await send(framed);
    co_return good_;
  }

  net::Task<bool> finish() {
    if (framing_ != Framing::chunked || !good_) co_return good_;
    const std::string last_chunk = "0\r\n\r\n";
    good_ = co_await send(last_chunk);
    co_return good_;
  }

 private:
  net::Task<bool> send(std::string_view octets) {
    stream_.set_deadline(net::after(timeout_));
    const auto sent = co_await stream_.write_all(octets);
    co_return sent.has_value();
  }

  net::Stream& stream_;
  const Framing framing_;
  const std::chrono::milliseconds timeout_;
  const net::IdleGate& gate_;
  bool good_ = true;
};

// One connection. Member coroutines are awaited at once by serve(), which owns the object.
class Connection {
 public:
  Connection(net::Stream& stream, const ServerOptions& options, const Handler& handler, const Clock& clock,
             net::IdleGate& gate, BodyBudget& bodies)
      : stream_(stream),
        options_(options),
        handler_(handler),
        clock_(clock),
        gate_(gate),
        body_share_(bodies, stream.remote().address) {}

  net::Task<void> run();

 private:
  net::Task<bool> await_request();
  net::Task<Result<Request, int>> read_request();
  net::Task<int> read_header(RequestParser& parser);
  net::Task<int> read_body(RequestParser& parser);
  net::Task<int> read_more();
  Response refuse(int status) const;
  net::Task<Response> call_handler(Request request);
  net::Task<bool> respond(Response response);
  net::Task<bool> respond_streaming(const Response& response, ResponseFrame frame);

  int put(RequestParser& parser);
  bool write_done(bool sent) const { return sent && keep_alive_; }

  net::Stream& stream_;
  const ServerOptions& options_;
  const Handler& handler_;
  const Clock& clock_;
  net::IdleGate& gate_;

  std::string input_;  // received and not yet taken by a parser
  Request refused_head_;
  // Of the request being received or answered.
  BodyBudget::Share body_share_;
  bool is_head_ = false;
  bool keep_alive_ = false;
  int version_ = 11;
};

net::Task<void> Connection::run() {
  for (;;) {
    const bool begun = co_await await_request();
    if (!begun) co_return;
    auto request = co_await read_request();
    if (!request && request.error() == hang_up) co_return;
    Response response;
    if (request) {
      response = co_await call_handler(std::move(*request));
    } else {
      keep_alive_ = false;
      response = refuse(request.error());
    }
    const bool go_on = co_await respond(std::move(response));
    body_share_.release();
    if (!go_on) break;
  }
  co_await net::shutdown_and_linger(stream_, linger_time, linger_octets);
}

// Waits for the first octet of a request. False: the client is done, or we are.
net::Task<bool> Connection::await_request() {
  for (;;) {
    while (input_.starts_with("\r\n")) input_.erase(0, 2);  // RFC 9112 §2.2
    if (!input_.empty() && input_ != "\r") co_return true;
    std::array<char, read_octets> buffer;
    stream_.set_deadline(net::after(options_.idle_timeout));
    const auto got = co_await gate_.read_some(stream_, buffer);
    if (!got) co_return false;
    input_.append(buffer.data(), *got);
  }
}

net::Task<Result<Request, int>> Connection::read_request() {
  is_head_ = false;
  version_ = 11;
  RequestParser parser({options_.max_header_octets, options_.max_body_octets});
  int refusal = co_await read_header(parser);
  if (refusal == 200) refusal = co_await read_body(parser);
  if (refusal != 200) {
    refused_head_ = parser.head();
    body_share_.release();  // the body goes with the parser
    co_return std::unexpected(refusal);
  }
  keep_alive_ = parser.keep_alive();
  Request request = parser.take();
  request.remote = stream_.remote();
  request.tls = stream_.tls().has_value();
  is_head_ = request.method == "HEAD";
  version_ = request.version;
  co_return request;
}

// 200, or the status to refuse with.
int Connection::put(RequestParser& parser) {
  const auto taken = parser.put(input_);
  if (!taken) return taken.error();
  input_.erase(0, *taken);
  return 200;
}

net::Task<int> Connection::read_header(RequestParser& parser) {
  stream_.set_deadline(net::after(options_.header_timeout));
  for (;;) {
    const int status = put(parser);
    if (status != 200 || parser.header_done()) co_return status;
    const int more = co_await read_more();
    if (more != 200) co_return more;
  }
}

net::Task<int> Connection::read_body(RequestParser& parser) {
  if (parser.done()) co_return 200;
  const net::Deadline whole = net::after(options_.body_timeout);
  stream_.set_deadline(std::min(whole, net::after(options_.body_stall_timeout)));
  if (parser.expects_continue() && input_.empty()) {
    const std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
    const auto sent = co_await stream_.write_all(go_on);
    if (!sent) co_return hang_up;
  }
  for (;;) {
    const std::size_t before = input_.size();
    if (before > 0) {
      const int status = put(parser);
      if (status != 200) co_return status;
      if (!body_share_.grow_to(parser.body_octets())) co_return 503;
      if (parser.done()) co_return 200;
      if (!input_.empty() && input_.size() < before) continue;
    }
    stream_.set_deadline(std::min(whole, net::after(options_.body_stall_timeout)));
    const int more = co_await read_more();
    if (more != 200) co_return more;
  }
}

net::Task<int> Connection::read_more() {
  std::array<char, read_octets> buffer;
  const auto got = co_await stream_.read_some(buffer);
  if (!got) co_return got.error().code == net::NetErrc::timed_out ? 408 : hang_up;
  input_.append(buffer.data(), *got);
  co_return 200;
}

Response Connection::refuse(int status) const {
  const bool own_words = (status == 413 || status == 503) && options_.refuse_body;
  Response response =
      own_words ? options_.refuse_body(refused_head_, status) : text_response(status, reason_phrase(status));
  if (status == 503) response.headers.add("Retry-After", "1");  // seconds; as soon as other bodies have been answered
  return response;
}

net::Task<Response> Connection::call_handler(Request request) {
  const std::string method = request.method;
  try {
    Response response = co_await handler_(std::move(request));
    co_return response;
  } catch (const boost::system::system_error& error) {
    if (error.code() == boost::asio::error::operation_aborted) throw;  // the connection is being cancelled
    log::error("http", "handler failed", {{"method", method}, {"what", error.what()}});
  } catch (const std::exception& error) {
    log::error("http", "handler failed", {{"method", method}, {"what", error.what()}});
  }
  co_return text_response(500, reason_phrase(500));
}

// True: another request may follow.
net::Task<bool> Connection::respond(Response response) {
  if (gate_.closed()) keep_alive_ = false;
  const std::string date = format_http(clock_.now());
  ResponseFrame frame{version_, Framing::content_length, keep_alive_, date, options_.server_name};
  if (response.stream) {
    const bool go_on = co_await respond_streaming(response, frame);
    co_return go_on;
  }
  std::string out = format_response_header(response, frame);
  const bool with_body = !is_head_ && !response.body.empty() && response.status != 204 && response.status != 304;
  const bool joined = with_body && response.body.size() <= joined_write_octets;
  if (joined) out += response.body;
  stream_.set_deadline(net::after(options_.write_timeout));
  auto sent = co_await stream_.write_all(out);
  if (sent && with_body && !joined) {
    stream_.set_deadline(net::after(options_.write_timeout));
    sent = co_await stream_.write_all(response.body);
  }
  co_return write_done(sent.has_value());
}

net::Task<bool> Connection::respond_streaming(const Response& response, ResponseFrame frame) {
  frame.framing = version_ >= 11 ? Framing::chunked : Framing::until_close;
  if (frame.framing == Framing::until_close) keep_alive_ = false;
  frame.keep_alive = keep_alive_;
  const std::string header = format_response_header(response, frame);
  stream_.set_deadline(net::after(options_.write_timeout));
  const auto sent = co_await stream_.write_all(header);
  if (!sent || is_head_) co_return write_done(sent.has_value());
  StreamedBody body(stream_, frame.framing, options_.write_timeout, gate_);
  try {
    co_await response.stream(body);
  } catch (const boost::system::system_error& error) {
    if (error.code() == boost::asio::error::operation_aborted) throw;
    log::error("http", "streamed body failed", {{"what", error.what()}});
    co_return false;  // without the last chunk: the client sees that it is cut short
  } catch (const std::exception& error) {
    log::error("http", "streamed body failed", {{"what", error.what()}});
    co_return false;
  }
  const bool finished = co_await body.finish();
  co_return write_done(finished);
}

}  // namespace

Server::Server(ServerOptions options, Handler handler, const Clock& clock)
    : options_(std::move(options)),
      handler_(std::move(handler)),
      clock_(clock),
      bodies_({options_.max_buffered_octets, options_.max_buffered_octets_per_client}) {}

net::Task<void> Server::serve(std::unique_ptr<net::Stream> stream) {
  if (options_.tls) {
    stream->set_deadline(net::after(options_.header_timeout));
    const auto started = co_await stream->start_tls_server(*options_.tls);
    if (!started) {
      log::debug("http", "no TLS", {{"remote", net::to_string(stream->remote())}, {"why", started.error().detail}});
      co_return;
    }
  }
  Connection connection(*stream, options_, handler_, clock_, gate_, bodies_);
  co_await connection.run();
}

}  // namespace sesame::http
