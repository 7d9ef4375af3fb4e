#include "dns/wire_reader.h"

#include <fmt/format.h>

#include "base/text.h"

namespace sesame::dns {
namespace {

constexpr std::uint8_t pointer_bits = 0xc0;

void append_label(std::string& text, std::string_view label, bool keep_case) {
  if (!text.empty()) text += '.';
  for (const char c : label) {
    const bool upper = c >= 'A' && c <= 'Z';
    if (upper || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '*') {
      text += keep_case ? c : ascii_lower(c);
    } else {
      text += fmt::format("\\{:03}", static_cast<unsigned char>(c));
    }
  }
}

}  // namespace

Result<std::string, WireError> WireReader::name(bool keep_case) {
  std::string text;
  std::size_t wire_octets = 1;  // the root label
  std::size_t position = at_;   // where the next label is
  std::size_t end = end_;       // where this run of labels must end
  std::size_t lowest = at_;     // a pointer must point below this
  bool jumped = false;
  while (true) {
    if (position >= end) return std::unexpected(WireError::truncated);
    const auto length = static_cast<std::uint8_t>(message_[position++]);
    if ((length & pointer_bits) == pointer_bits) {
      if (position >= end) return std::unexpected(WireError::truncated);
      const std::size_t target =
          (length & ~pointer_bits & 0xffU) << 8 | static_cast<std::uint8_t>(message_[position++]);
      if (target >= lowest) return std::unexpected(WireError::bad_name);
      if (!jumped) at_ = position;
      jumped = true;
      end = lowest;
      lowest = target;
      position = target;
      continue;
    }
    if ((length & pointer_bits) != 0) return std::unexpected(WireError::bad_name);
    if (length == 0) break;
    if (end - position < length) return std::unexpected(WireError::truncated);
    wire_octets += 1U + length;
    if (wire_octets > max_wire_name_octets) return std::unexpected(WireError::bad_name);
    append_label(text, message_.substr(position, length), keep_case);
    position += length;
  }
  if (!jumped) at_ = position;
  return text;
}

}  // namespace sesame::dns
