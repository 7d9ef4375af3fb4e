#include "app/terminal.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>

#include "base/text.h"

namespace sesame::app {
namespace {

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

// The code point a well-formed sequence stands for.
std::uint32_t code_point(std::string_view sequence) {
  const auto first = static_cast<unsigned char>(sequence[0]);
  std::uint32_t value = sequence.size() == 1 ? first : first & (0x7fu >> sequence.size());
  for (const char c : sequence.substr(1)) value = value << 6 | (static_cast<unsigned char>(c) & 0x3f);
  return value;
}

bool is_harmful(std::uint32_t c) {
  const bool control = c < 0x20 || (c >= 0x7f && c < 0xa0);
  const bool direction = c == 0x200e || c == 0x200f || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
  return control || direction;
}

}  // namespace

std::string harmless(std::string_view outside_text, std::size_t max_octets) {
  const bool utf8 = is_utf8(outside_text);
  std::string out;
  for (std::size_t i = 0; i < outside_text.size();) {
    std::size_t length = 1;
    while (utf8 && i + length < outside_text.size() && is_continuation(outside_text[i + length])) ++length;
    const std::string_view sequence = outside_text.substr(i, length);
    if (out.size() + length > max_octets) return out + "...";
    const bool broken = !utf8 && static_cast<unsigned char>(sequence[0]) >= 0x80;
    out += broken || is_harmful(code_point(sequence)) ? "?" : sequence;
    i += length;
  }
  return out;
}

bool wants_colour(std::FILE* stream) {
  const char* refused = std::getenv("NO_COLOR");
  const char* terminal = std::getenv("TERM");
  if (refused != nullptr && *refused != '\0') return false;
  return terminal != nullptr && std::string_view(terminal) != "dumb" && isatty(fileno(stream)) == 1;
}

std::string coloured(Colour colour, std::string_view text, bool colours) {
  if (!colours) return std::string(text);
  int code = 1;
  switch (colour) {
    case Colour::green: code = 32; break;
    case Colour::yellow: code = 33; break;
    case Colour::red: code = 31; break;
    case Colour::bold: code = 1; break;
  }
  return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
}

}  // namespace sesame::app
