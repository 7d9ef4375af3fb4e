#include "http/response_parser.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "http/beast_parser.h"

namespace sesame::http {

namespace beast_http = boost::beast::http;

namespace {

constexpr int max_interim_responses = 10;

ResponseErrc classify(const boost::system::error_code& error) {
  if (error == beast_http::error::header_limit) return ResponseErrc::header_too_large;
  if (error == beast_http::error::partial_message) return ResponseErrc::cut_short;
  return ResponseErrc::malformed;
}

}  // namespace

struct ResponseParser::Impl {
  using Parser = beast_http::response_parser<beast_http::string_body>;

  std::size_t max_header_octets;
  bool to_head;
  std::unique_ptr<Parser> parser;
  std::size_t header_octets = 0;
  int interim_responses = 0;
  Fields headers;

  void start() {
    parser = std::make_unique<Parser>();
    parser->header_limit(static_cast<std::uint32_t>(max_header_octets));
    parser->body_limit(boost::none);
    parser->eager(false);
    parser->skip(to_head);
  }
  bool final_header_done() const { return parser->is_header_done() && parser->get().result_int() >= 200; }
  Result<void, ResponseErrc> after_header();
};

Result<void, ResponseErrc> ResponseParser::Impl::after_header() {
  const unsigned status = parser->get().result_int();
  if (status < 200) {
    if (status == 101 || ++interim_responses > max_interim_responses) return std::unexpected(ResponseErrc::malformed);
    start();
    return {};
  }
  headers = to_fields(parser->get().base());
  parser->eager(true);
  return {};
}

ResponseParser::ResponseParser(std::size_t max_header_octets, bool to_head)
    : impl_(std::make_unique<Impl>(max_header_octets, to_head)) {
  impl_->start();
}
ResponseParser::~ResponseParser() = default;

Result<std::size_t, ResponseErrc> ResponseParser::put(std::string_view input) {
  const bool in_header = !impl_->parser->is_header_done();
  if (too_short_for_chunk(!in_header && impl_->parser->chunked(), input)) return 0;
  boost::system::error_code error;
  const std::size_t taken = impl_->parser->put(boost::asio::buffer(input), error);
  if (error && error != beast_http::error::need_more) return std::unexpected(classify(error));
  const std::size_t waiting = error ? input.size() - taken : 0;
  if (in_header) impl_->header_octets += taken;
  if ((in_header ? impl_->header_octets : 0) + waiting > impl_->max_header_octets) {
    return std::unexpected(ResponseErrc::header_too_large);
  }
  if (in_header && impl_->parser->is_header_done()) {
    if (const auto judged = impl_->after_header(); !judged) return std::unexpected(judged.error());
  }
  return taken;
}

Result<void, ResponseErrc> ResponseParser::put_end_of_file() {
  if (done()) return {};
  if (!header_done()) return std::unexpected(ResponseErrc::cut_short);
  boost::system::error_code error;
  impl_->parser->put_eof(error);
  if (error) return std::unexpected(classify(error));
  return {};
}

bool ResponseParser::header_done() const { return impl_->final_header_done(); }
bool ResponseParser::done() const { return impl_->final_header_done() && impl_->parser->is_done(); }
int ResponseParser::status() const { return static_cast<int>(impl_->parser->get().result_int()); }
Fields ResponseParser::headers() const { return impl_->headers; }

std::string ResponseParser::take_body() { return std::exchange(impl_->parser->get().body(), {}); }

}  // namespace sesame::http
