// dns/wire_reader.h: the octets of a DNS message, read from the front. For the parsers of this room.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "dns/wire.h"

namespace sesame::dns {

// Checks every length against what is left, never against a sum; what does not fit leaves the position where it was or
// at the end. `message` must outlive it.
class WireReader {
 public:
  explicit WireReader(std::string_view message) : message_(message), end_(message.size()) {}

  std::size_t left() const { return end_ - at_; }
  void limit_to(std::size_t octets) { end_ = at_ + octets; }
  void lift_limit() { end_ = message_.size(); }

  bool u8(std::uint8_t& value) {
    if (left() < 1) return false;
    value = static_cast<std::uint8_t>(message_[at_++]);
    return true;
  }
  bool u16(std::uint16_t& value) {
    std::uint8_t high = 0, low = 0;
    if (left() < 2 || !u8(high) || !u8(low)) return false;
    value = static_cast<std::uint16_t>(high << 8 | low);
    return true;
  }
  bool u32(std::uint32_t& value) {
    std::uint16_t high = 0, low = 0;
    if (left() < 4 || !u16(high) || !u16(low)) return false;
    value = static_cast<std::uint32_t>(high) << 16 | low;
    return true;
  }
  bool octets(std::size_t count, std::string_view& value) {
    if (left() < count) return false;
    value = message_.substr(at_, count);
    at_ += count;
    return true;
  }

  std::size_t at() const { return at_; }  // octets read so far, from the front of the message

  // The name at the current position in presentation form, without the trailing dot. Compression pointers must point
  // before the octets read so far of the name, so following them ends.
  Result<std::string, WireError> name(bool keep_case);

 private:
  std::string_view message_;
  std::size_t at_ = 0;
  std::size_t end_;
};

}  // namespace sesame::dns
