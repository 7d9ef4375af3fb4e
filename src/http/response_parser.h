// http/response_parser.h: one HTTP/1.1 final response out of octets. No I/O; bad input never throws. Source: RFC 9112.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/message.h"

namespace sesame::http {

enum class ResponseErrc {
  malformed,
  header_too_large,
  cut_short,  // end of file before the end of the response
};

// Interim responses (1yz) are skipped. The body is handed out as it comes; its size is the caller's to bound.
class ResponseParser {
 public:
  // `to_head`: the response has no body whatever its fields say (RFC 9110 §9.3.2).
  ResponseParser(std::size_t max_header_octets, bool to_head);
  ~ResponseParser();

  // As RequestParser::put().
  Result<std::size_t, ResponseErrc> put(std::string_view input);
  // The peer closed. An error unless the response is whole, or its body ends with the connection.
  Result<void, ResponseErrc> put_end_of_file();

  bool header_done() const;
  bool done() const;
  int status() const;       // from header_done() on
  Fields headers() const;   // from header_done() on
  std::string take_body();  // what has come since the last call

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sesame::http
