// api/sigv4/testing/http_text.h: requests kept as text files. For tests only; trusts its input.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/sigv4/canonical.h"

namespace sesame::sigv4::testing {

struct HttpText {
  std::string method;
  std::string target;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;

  HttpFacts facts() const;  // views into this object
};

// One request: request line (the target may hold blanks, as some published vectors do), header fields with lines ending
// in LF or CRLF, folded lines included, an empty line, the body.
HttpText read_http_text(std::string_view text);

}  // namespace sesame::sigv4::testing
