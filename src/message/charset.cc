#include "message/charset.h"

#include <iconv.h>

#include <array>
#include <cerrno>

#include "base/text.h"

namespace sesame::message {
namespace {

constexpr std::string_view replacement = "\xef\xbf\xbd";  // U+FFFD
constexpr std::size_t max_charset_name_octets = 40;

class Converter {
 public:
  explicit Converter(const std::string& charset) : handle_(iconv_open("UTF-8", charset.c_str())) {}
  ~Converter() {
    if (ok()) iconv_close(handle_);
  }
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;

  bool ok() const { return handle_ != reinterpret_cast<iconv_t>(-1); }

  std::string convert(std::string_view octets) {
    std::string out;
    char* in = const_cast<char*>(octets.data());  // iconv's signature; it does not write there
    std::size_t left = octets.size();
    bool flushing = false;
    while (left > 0 || !flushing) {
      flushing = left == 0;
      std::array<char, 4096> chunk;
      char* to = chunk.data();
      std::size_t room = chunk.size();
      const std::size_t result = iconv(handle_, flushing ? nullptr : &in, flushing ? nullptr : &left, &to, &room);
      const int why = errno;
      out.append(chunk.data(), to);
      if (result != static_cast<std::size_t>(-1)) continue;
      if (why == E2BIG) {
        flushing = false;
        continue;
      }
      out += replacement;
      if (left == 0) break;
      ++in;
      --left;
    }
    return out;
  }

 private:
  iconv_t handle_;
};

// iconv reads options behind "//" in a name: nothing but plain names gets there.
bool is_charset_name(std::string_view name) {
  for (char c : name) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
                       c == '_' || c == '.' || c == ':' || c == '+';
    if (!plain) return false;
  }
  return !name.empty() && name.size() <= max_charset_name_octets;
}

std::string from_latin1(std::string_view octets) {
  std::string out;
  out.reserve(octets.size() * 2);
  for (char c : octets) {
    const auto u = static_cast<unsigned char>(c);
    if (u < 0x80) {
      out += c;
    } else {
      out += static_cast<char>(0xc0 | u >> 6);
      out += static_cast<char>(0x80 | (u & 0x3f));
    }
  }
  return out;
}

}  // namespace

std::size_t utf8_sequence_length(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  return length <= text.size() && is_utf8(text.substr(0, length)) ? length : 0;
}

std::string replace_invalid_utf8(std::string_view text) {
  if (is_utf8(text)) return std::string(text);
  std::string out;
  out.reserve(text.size() + 16);
  while (!text.empty()) {
    const std::size_t length = utf8_sequence_length(text);
    out += length == 0 ? replacement : text.substr(0, length);
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return out;
}

std::optional<std::string> to_utf8(std::string_view octets, std::string_view charset) {
  if (charset.empty() || ascii_iequals(charset, "utf-8") || ascii_iequals(charset, "us-ascii")) {
    return replace_invalid_utf8(octets);
  }
  if (ascii_iequals(charset, "iso-8859-1")) return from_latin1(octets);
  if (!is_charset_name(charset)) return std::nullopt;
  Converter converter{std::string(charset)};
  if (!converter.ok()) return std::nullopt;
  return replace_invalid_utf8(converter.convert(octets));
}

}  // namespace sesame::message
