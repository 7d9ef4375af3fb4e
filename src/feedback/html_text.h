// feedback/html_text.h: the words of an HTML notice.
#pragma once

#include <string>
#include <string_view>

namespace sesame::feedback {

// Tags removed (those that begin a block become line ends), comments, style and script with what they hold; the common
// character references resolved. At most `max_octets` of the input are read; the result is never longer. Linear.
std::string html_to_text(std::string_view html, std::size_t max_octets);

}  // namespace sesame::feedback
