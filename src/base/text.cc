#include "base/text.h"

#include <algorithm>
#include <array>
#include <limits>

namespace sesame {
namespace {

constexpr char hex_lower[] = "0123456789abcdef";
constexpr char hex_upper[] = "0123456789ABCDEF";
constexpr char base64_alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

constexpr auto base64_values = [] {
  std::array<std::int8_t, 256> table{};
  table.fill(-1);
  for (int i = 0; i < 64; ++i) table[static_cast<unsigned char>(base64_alphabet[i])] = static_cast<std::int8_t>(i);
  return table;
}();

// RFC 3629 §3. `octets` is 0 if `text` does not begin with a well-formed character.
struct Utf8Character {
  std::size_t octets = 0;
  std::uint32_t code = 0;
};

Utf8Character first_character(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  std::size_t length = 0;
  std::uint32_t code = 0, smallest = 0;
  if (lead < 0x80) return {1, lead};
  if (lead >= 0xc2 && lead <= 0xdf) {
    length = 2, code = lead & 0x1f, smallest = 0x80;
  } else if (lead >= 0xe0 && lead <= 0xef) {
    length = 3, code = lead & 0x0f, smallest = 0x800;
  } else if (lead >= 0xf0 && lead <= 0xf4) {
    length = 4, code = lead & 0x07, smallest = 0x10000;
  } else {
    return {};
  }
  if (text.size() < length) return {};
  for (std::size_t k = 1; k < length; ++k) {
    const auto next = static_cast<unsigned char>(text[k]);
    if ((next & 0xc0) != 0x80) return {};
    code = code << 6 | (next & 0x3f);
  }
  if (code < smallest || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return {};
  return {length, code};
}

// C0, DEL and C1, and the separators some readers take as line ends (U+2028, U+2029).
bool breaks_line_or_controls(std::uint32_t code) {
  return code < 0x20 || (code >= 0x7f && code <= 0x9f) || code == 0x2028 || code == 0x2029;
}

}  // namespace

char ascii_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

std::string ascii_lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = ascii_lower(c);
  return out;
}

std::string ascii_upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
  }
  return out;
}

bool ascii_iequals(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (ascii_lower(a[i]) != ascii_lower(b[i])) return false;
  }
  return true;
}

// By the block, without a branch per octet: whole messages are asked about.
bool is_ascii(std::string_view text) {
  constexpr std::size_t block_octets = 512;
  for (; !text.empty(); text.remove_prefix(std::min(block_octets, text.size()))) {
    unsigned char all = 0;
    for (const char c : text.substr(0, block_octets)) all |= static_cast<unsigned char>(c);
    if (all > 0x7f) return false;
  }
  return true;
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

std::string hex_encode(std::string_view octets) {
  std::string out;
  out.reserve(octets.size() * 2);
  for (unsigned char c : octets) {
    out += hex_lower[c >> 4];
    out += hex_lower[c & 15];
  }
  return out;
}

std::optional<std::string> hex_decode(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string out;
  out.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = hex_value(text[i]), low = hex_value(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high << 4 | low);
  }
  return out;
}

std::string base64_encode(std::string_view octets) {
  std::string out;
  out.reserve((octets.size() + 2) / 3 * 4);
  std::size_t i = 0;
  for (; i + 2 < octets.size(); i += 3) {
    const std::uint32_t v = std::uint32_t(std::uint8_t(octets[i])) << 16 |
                            std::uint32_t(std::uint8_t(octets[i + 1])) << 8 | std::uint8_t(octets[i + 2]);
    out += base64_alphabet[v >> 18];
    out += base64_alphabet[v >> 12 & 63];
    out += base64_alphabet[v >> 6 & 63];
    out += base64_alphabet[v & 63];
  }
  const std::size_t left = octets.size() - i;
  if (left == 0) return out;
  std::uint32_t v = std::uint32_t(std::uint8_t(octets[i])) << 16;
  if (left == 2) v |= std::uint32_t(std::uint8_t(octets[i + 1])) << 8;
  out += base64_alphabet[v >> 18];
  out += base64_alphabet[v >> 12 & 63];
  out += left == 2 ? base64_alphabet[v >> 6 & 63] : '=';
  out += '=';
  return out;
}

std::optional<std::string> base64_decode(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::size_t padding = 0;
  while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
  std::string out;
  out.reserve(text.size() / 4 * 3);
  std::uint32_t v = 0;
  const std::size_t digits = text.size() - padding;
  for (std::size_t i = 0; i < text.size(); ++i) {
    int d = 0;
    if (i < digits) {
      d = base64_values[static_cast<unsigned char>(text[i])];
      if (d < 0) return std::nullopt;
    }
    v = v << 6 | std::uint32_t(d);
    if (i % 4 == 3) {
      out += static_cast<char>(v >> 16 & 255);
      out += static_cast<char>(v >> 8 & 255);
      out += static_cast<char>(v & 255);
      v = 0;
    }
  }
  for (std::size_t i = 0; i < padding; ++i) {
    if (out.back() != '\0') return std::nullopt;  // bits under the padding must be zero
    out.pop_back();
  }
  return out;
}

std::optional<std::string> base64_decode_folded(std::string_view text) {
  std::string tight;
  tight.reserve(text.size());
  for (char c : text) {
    if (c != ' ' && c != '\t' && c != '\r' && c != '\n') tight += c;
  }
  return base64_decode(tight);
}

std::string percent_encode(std::string_view text, bool keep_slash) {
  std::string out;
  out.reserve(text.size());
  for (unsigned char c : text) {
    const bool unreserved = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
                            c == '_' || c == '.' || c == '~';
    if (unreserved || (c == '/' && keep_slash)) {
      out += static_cast<char>(c);
    } else {
      out += '%';
      out += hex_upper[c >> 4];
      out += hex_upper[c & 15];
    }
  }
  return out;
}

std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      if (text.size() - i < 3) return std::nullopt;
      const int high = hex_value(text[i + 1]), low = hex_value(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      out += static_cast<char>(high << 4 | low);
      i += 2;
    } else {
      out += text[i] == '+' && plus_is_space ? ' ' : text[i];
    }
  }
  return out;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const Utf8Character character = first_character(text);
    if (character.octets == 0) return false;
    text.remove_prefix(character.octets);
  }
  return true;
}

std::string printable_utf8(std::string_view text, std::size_t max_octets) {
  constexpr std::string_view replacement = "\xef\xbf\xbd";  // U+FFFD
  std::string out;
  while (!text.empty()) {
    const Utf8Character character = first_character(text);
    const std::size_t used = character.octets == 0 ? 1 : character.octets;
    std::string_view shown = text.substr(0, used);
    if (character.octets == 0) {
      shown = replacement;
    } else if (breaks_line_or_controls(character.code)) {
      shown = " ";
    }
    if (shown.size() > max_octets - out.size()) break;
    out += shown;
    text.remove_prefix(used);
  }
  return out;
}

std::optional<std::uint64_t> parse_decimal(std::string_view text) {
  if (text.empty()) return std::nullopt;
  std::uint64_t value = 0;
  for (char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    const auto digit = static_cast<std::uint64_t>(c - '0');
    if (value > (std::numeric_limits<std::uint64_t>::max() - digit) / 10) return std::nullopt;
    value = value * 10 + digit;
  }
  return value;
}

}  // namespace sesame
