// mailauth/testing/crlf.h: line ends of messages that corpora keep as text files. For tests only.
#pragma once

#include <string>
#include <string_view>

namespace sesame::mailauth::testing {

// Bare LF becomes CRLF; CRLF stays.
std::string with_crlf(std::string_view text);

}  // namespace sesame::mailauth::testing
