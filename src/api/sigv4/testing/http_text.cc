#include "api/sigv4/testing/http_text.h"

#include <algorithm>

namespace sesame::sigv4::testing {
namespace {

std::string_view take_line(std::string_view& rest) {
  const std::size_t end = std::min(rest.find('\n'), rest.size());
  std::string_view line = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace

HttpFacts HttpText::facts() const {
  HttpFacts facts{method, target, {}, body};
  for (const auto& [name, value] : headers) facts.headers.push_back({name, value});
  return facts;
}

HttpText read_http_text(std::string_view text) {
  HttpText request;
  const std::string_view first = take_line(text);
  const std::size_t blank = first.find(' ');
  request.method = first.substr(0, blank);
  request.target = first.substr(blank + 1, first.rfind(" HTTP/") - blank - 1);
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    if (line.empty()) break;
    if (line[0] == ' ' || line[0] == '\t') {
      request.headers.back().second.append("\r\n").append(line);
    } else {
      const std::size_t colon = line.find(':');
      request.headers.emplace_back(line.substr(0, colon), line.substr(colon + 1));
    }
  }
  request.body = text;
  return request;
}

}  // namespace sesame::sigv4::testing
