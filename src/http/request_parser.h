// http/request_parser.h: one HTTP/1.1 request out of octets. No I/O; bad input never throws. Source: RFC 9112.
#pragma once

#include <memory>
#include <string_view>

#include "base/result.h"
#include "http/message.h"

namespace sesame::http {

struct RequestLimits {
  std::size_t max_header_octets = 32 * 1024;
  std::size_t max_body_octets = 60 * 1024 * 1024;
};

// Beast's parser with the rest of the rules: see http/server.h for what is refused.
class RequestParser {
 public:
  explicit RequestParser(const RequestLimits& limits);
  ~RequestParser();

  // Takes octets off the front of `input` and returns how many; may take none. While !done(), call again with what is
  // left and more behind it. The error is the status to answer with (400, 413, 417, 431, 505); the parser is then
  // spent. Holds nothing back, but the caller must keep up to max_header_octets that were not taken.
  Result<std::size_t, int> put(std::string_view input);

  bool header_done() const;
  bool done() const;

  // After header_done(): the client waits for "100 Continue" before it sends its body.
  bool expects_continue() const;
  bool keep_alive() const;

  // Method, target and fields once the header has been read, also after 413; before that, nothing.
  const Request& head() const;

  // Of the body, without its chunk framing, so far.
  std::size_t body_octets() const;

  // Once, when done(). `remote` and `tls` are the caller's to set.
  Request take();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sesame::http
