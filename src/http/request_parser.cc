#include "http/request_parser.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "base/text.h"
#include "http/beast_parser.h"

namespace sesame::http {
namespace {

namespace beast_http = boost::beast::http;

int status_for(const boost::system::error_code& error) {
  if (error == beast_http::error::header_limit) return 431;
  if (error == beast_http::error::body_limit) return 413;
  if (error == beast_http::error::bad_version) return 505;
  return 400;
}

// Beast lets a transfer coding it does not know pass as "no body", and repeated lengths that agree: the next hop might
// see it another way, and then whoever wrote the body writes the next request (RFC 9112 §11.2).
bool framing_is_plain(const Fields& headers, int version) {
  const auto codings = headers.find_all("Transfer-Encoding");
  const auto lengths = headers.find_all("Content-Length");
  if (!codings.empty() && !lengths.empty()) return false;
  if (codings.size() > 1 || lengths.size() > 1) return false;
  if (!codings.empty() && (version < 11 || !ascii_iequals(codings.front(), "chunked"))) return false;
  return lengths.empty() || parse_decimal(lengths.front()).has_value();
}

bool host_is_plain(const Fields& headers, int version) {
  const std::size_t hosts = headers.find_all("Host").size();
  return hosts == 1 || (hosts == 0 && version < 11);  // RFC 9112 §3.2
}

}  // namespace

struct RequestParser::Impl {
  explicit Impl(const RequestLimits& with) : limits(with) {
    parser.header_limit(static_cast<std::uint32_t>(limits.max_header_octets));
    parser.body_limit(limits.max_body_octets);
    parser.eager(false);  // stop behind the header: trailers must not get in among its fields
  }

  const RequestLimits limits;
  beast_http::request_parser<beast_http::string_body> parser;
  std::size_t header_octets = 0;
  Request request;

  void read_header();
  int judge_header() const;  // the status to refuse with, or 0
};

void RequestParser::Impl::read_header() {
  const auto& message = parser.get();
  request.method = message.method_string();
  request.target = message.target();
  request.version = static_cast<int>(message.version());
  request.headers = to_fields(message.base());
}

int RequestParser::Impl::judge_header() const {
  if (request.version != 10 && request.version != 11) return 505;
  if (!framing_is_plain(request.headers, request.version)) return 400;
  if (!host_is_plain(request.headers, request.version)) return 400;
  const auto expect = request.headers.find("Expect");
  if (expect && !ascii_iequals(*expect, "100-continue")) return 417;
  return 0;
}

RequestParser::RequestParser(const RequestLimits& limits) : impl_(std::make_unique<Impl>(limits)) {}
RequestParser::~RequestParser() = default;

Result<std::size_t, int> RequestParser::put(std::string_view input) {
  auto& parser = impl_->parser;
  const bool in_header = !parser.is_header_done();
  if (too_short_for_chunk(!in_header && parser.chunked(), input)) return 0;
  boost::system::error_code error;
  const std::size_t taken = parser.put(boost::asio::buffer(input), error);
  if (error && error != beast_http::error::need_more) {
    if (in_header && error == beast_http::error::body_limit) impl_->read_header();  // by its Content-Length
    return std::unexpected(status_for(error));
  }
  if (in_header) {
    impl_->header_octets += taken;
    const std::size_t waiting = parser.is_header_done() ? 0 : input.size() - taken;
    if (impl_->header_octets + waiting > impl_->limits.max_header_octets) return std::unexpected(431);
    if (parser.is_header_done()) {
      impl_->read_header();
      if (const int refusal = impl_->judge_header(); refusal != 0) return std::unexpected(refusal);
      parser.eager(true);
    }
  } else if (error && input.size() - taken > impl_->limits.max_header_octets) {
    return std::unexpected(431);  // an endless chunk extension or trailer
  }
  return taken;
}

bool RequestParser::header_done() const { return impl_->parser.is_header_done(); }
bool RequestParser::done() const { return impl_->parser.is_done(); }

bool RequestParser::expects_continue() const {
  return !done() && impl_->request.version >= 11 && impl_->request.headers.contains("Expect");
}

bool RequestParser::keep_alive() const { return impl_->parser.keep_alive(); }

const Request& RequestParser::head() const { return impl_->request; }

std::size_t RequestParser::body_octets() const { return impl_->parser.get().body().size(); }

Request RequestParser::take() {
  impl_->request.body = std::move(impl_->parser.get().body());
  return std::move(impl_->request);
}

}  // namespace sesame::http
