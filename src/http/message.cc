#include "http/message.h"

#include <algorithm>

#include "base/text.h"

namespace sesame::http {

void Fields::set(std::string_view name, std::string value) {
  std::erase_if(fields_, [name](const Field& field) { return ascii_iequals(field.name, name); });
  add(std::string(name), std::move(value));
}

std::optional<std::string_view> Fields::find(std::string_view name) const {
  const auto found = std::ranges::find_if(fields_, [name](const Field& f) { return ascii_iequals(f.name, name); });
  if (found == fields_.end()) return std::nullopt;
  return found->value;
}

std::vector<std::string_view> Fields::find_all(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const Field& field : fields_) {
    if (ascii_iequals(field.name, name)) values.push_back(field.value);
  }
  return values;
}

bool Fields::has_token(std::string_view name, std::string_view token) const {
  for (const std::string_view value : find_all(name)) {
    for (const std::string_view element : split(value, ',')) {
      if (ascii_iequals(trim(element), token)) return true;
    }
  }
  return false;
}

Response text_response(int status, std::string_view text) {
  Response response;
  response.status = status;
  response.headers.add("Content-Type", "text/plain; charset=utf-8");
  response.body = text;
  return response;
}

std::string_view reason_phrase(int status) {
  switch (status) {
    case 100: return "Continue";
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 308: return "Permanent Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 406: return "Not Acceptable";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 411: return "Length Required";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 417: return "Expectation Failed";
    case 422: return "Unprocessable Content";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 505: return "HTTP Version Not Supported";
    default: return "Unknown";
  }
}

}  // namespace sesame::http
