// http/message.h: HTTP/1.1 requests and responses as values. Source: RFC 9110, RFC 9112.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/endpoint.h"
#include "net/task.h"

namespace sesame::http {

struct Field {
  std::string name;   // as received
  std::string value;  // without the blanks around it
  bool operator==(const Field&) const = default;
};

// A field section: keeps order, spelling and repetitions; names compare without case.
class Fields {
 public:
  Fields() = default;
  Fields(std::initializer_list<Field> fields) : fields_(fields) {}

  void add(std::string name, std::string value) { fields_.push_back({std::move(name), std::move(value)}); }
  void set(std::string_view name, std::string value);  // replaces every one of that name
  // The first of that name.
  std::optional<std::string_view> find(std::string_view name) const;
  std::vector<std::string_view> find_all(std::string_view name) const;
  bool contains(std::string_view name) const { return find(name).has_value(); }
  // True if the comma-separated list in the fields of that name has `token`, without case (RFC 9110 §5.6.1).
  bool has_token(std::string_view name, std::string_view token) const;

  auto begin() const { return fields_.begin(); }
  auto end() const { return fields_.end(); }
  std::size_t size() const { return fields_.size(); }
  bool operator==(const Fields&) const = default;

 private:
  std::vector<Field> fields_;
};

struct Request {
  std::string method;  // as received; methods are case-sensitive
  std::string target;  // as on the request line: undecoded, which signatures need (split it with http/target.h)
  int version = 11;    // 10 or 11
  Fields headers;      // without trailers, which are read and dropped
  std::string body;
  net::Endpoint remote;
  bool tls = false;
};

// Where a streaming response writes. Lives as long as the BodyStream call.
class BodyWriter {
 public:
  virtual ~BodyWriter() = default;
  // False: the client is gone or does not read; return at once.
  virtual net::Task<bool> write(std::string_view octets) = 0;
};

// Writes a body piece by piece and returns at its end. Is cancelled like any coroutine when the server stops. While it
// does not write it does not notice that the client has left: write something at least every 30 s (an SSE comment).
using BodyStream = std::function<net::Task<void>(BodyWriter& writer)>;

// Content-Length, Transfer-Encoding, Connection, Date and Server are the server's to set and ignored in `headers`.
struct Response {
  int status = 200;
  Fields headers;
  std::string body;
  BodyStream stream;  // if set, sent instead of `body`: chunked, or until close for HTTP/1.0
};

Response text_response(int status, std::string_view text);  // text/plain; charset=utf-8

// "OK", "Not Found"; "Unknown" for codes we never send.
std::string_view reason_phrase(int status);

}  // namespace sesame::http
