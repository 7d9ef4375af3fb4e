#include "http/response_format.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"

namespace sesame::http {
namespace {

bool is_set_by_server(std::string_view name) {
  static constexpr std::array<std::string_view, 5> names = {"Content-Length", "Transfer-Encoding", "Connection", "Date",
                                                            "Server"};
  return std::ranges::any_of(names, [name](std::string_view own) { return ascii_iequals(own, name); });
}

bool is_token(std::string_view text) {  // RFC 9110 §5.6.2
  static constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || marks.contains(c);
  });
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ");
  for (const char c : value) out += (static_cast<unsigned char>(c) < ' ' && c != '\t') || c == 0x7f ? ' ' : c;
  out += "\r\n";
}

bool has_content(int status) { return status >= 200 && status != 204 && status != 304; }  // RFC 9110 §6.4.1

}  // namespace

std::string format_response_header(const Response& response, const ResponseFrame& frame) {
  std::string out = fmt::format("HTTP/1.1 {} {}\r\n", response.status, reason_phrase(response.status));
  append_field(out, "Date", frame.date);
  append_field(out, "Server", frame.server_name);
  for (const Field& field : response.headers) {
    if (is_token(field.name) && !is_set_by_server(field.name)) append_field(out, field.name, field.value);
  }
  if (frame.framing == Framing::chunked) {
    append_field(out, "Transfer-Encoding", "chunked");
  } else if (frame.framing == Framing::content_length && has_content(response.status)) {
    append_field(out, "Content-Length", fmt::to_string(response.body.size()));
  }
  if (!frame.keep_alive) {
    append_field(out, "Connection", "close");
  } else if (frame.request_version < 11) {
    append_field(out, "Connection", "keep-alive");
  }
  out += "\r\n";
  return out;
}

std::string format_chunk(std::string_view octets) { return fmt::format("{:x}\r\n{}\r\n", octets.size(), octets); }

}  // namespace sesame::http
