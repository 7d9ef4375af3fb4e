// http/response_format.h: a Response's header section on the wire. For server.cc and its test.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/message.h"

namespace sesame::http {

enum class Framing {
  content_length,
  chunked,
  until_close,  // HTTP/1.0 has no other way to stream
};

struct ResponseFrame {
  int request_version = 11;
  Framing framing = Framing::content_length;
  bool keep_alive = true;
  std::string_view date;  // RFC 9110 §5.6.7
  std::string_view server_name;
};

// Status line, fields and the empty line. Fields of `response` that the server sets itself are left out, and so is any
// field with a name that is no token; CR, LF and other controls in a value become blanks.
std::string format_response_header(const Response& response, const ResponseFrame& frame);

// One chunk of a chunked body; `octets` must not be empty, which would end the body.
std::string format_chunk(std::string_view octets);

}  // namespace sesame::http
