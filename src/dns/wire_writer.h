// dns/wire_writer.h: the octets of a DNS message, written one after the other. For the serialisers of this room.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "dns/record.h"

namespace sesame::dns {

// Throws std::invalid_argument: a bug of the caller (dns/wire.h, serialise).
[[noreturn]] void cannot_be_sent(std::string_view what, std::string_view value);

// Names are compressed against a table of the names written so far, keyed in lower case, or written whole.
class WireWriter {
 public:
  enum class Names { compressed, whole };
  explicit WireWriter(Names names = Names::compressed) : may_point_(names == Names::compressed) {}

  void u8(unsigned value) { out_ += static_cast<char>(value & 0xffU); }
  void u16(unsigned value) {
    u8(value >> 8);
    u8(value);
  }
  void u32(std::uint32_t value) {
    u16(value >> 16);
    u16(value & 0xffffU);
  }
  void octets(std::string_view value) { out_ += value; }
  // Presentation form. A name that may not point is written whole and can still be pointed at.
  void name(std::string_view text, bool may_point = true);

  // Reserves two octets for a length and returns their place for close_length.
  std::size_t open_length() {
    u16(0);
    return out_.size();
  }
  void close_length(std::size_t start) {
    const std::size_t length = out_.size() - start;
    if (length > 0xffff) cannot_be_sent("record data length", std::to_string(length));
    out_[start - 2] = static_cast<char>(length >> 8);
    out_[start - 1] = static_cast<char>(length & 0xffU);
  }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
  bool may_point_;
  std::unordered_map<std::string, std::size_t> offsets_;  // lower-case wire name (a suffix) -> where it stands
};

// RDATA without its length.
void write_rdata(WireWriter& writer, const RecordData& data);

}  // namespace sesame::dns
