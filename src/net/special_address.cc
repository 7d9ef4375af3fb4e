#include "net/special_address.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

namespace sesame::net {
namespace {

namespace ip = boost::asio::ip;

struct Block {
  std::uint32_t first;  // the first 32 bits of its first address
  unsigned length;      // of the prefix, at most 32
};

constexpr std::array blocks_v4{
    Block{0x00000000, 8},   // 0.0.0.0/8        this network
    Block{0x0A000000, 8},   // 10.0.0.0/8       private
    Block{0x64400000, 10},  // 100.64.0.0/10    shared (carrier-grade NAT)
    Block{0x7F000000, 8},   // 127.0.0.0/8      loopback
    Block{0xA9FE0000, 16},  // 169.254.0.0/16   link-local; cloud providers' metadata services
    Block{0xAC100000, 12},  // 172.16.0.0/12    private
    Block{0xC0000000, 24},  // 192.0.0.0/24     IETF protocol assignments
    Block{0xC0000200, 24},  // 192.0.2.0/24     documentation
    Block{0xC0586300, 24},  // 192.88.99.0/24   6to4 relays, withdrawn
    Block{0xC0A80000, 16},  // 192.168.0.0/16   private
    Block{0xC6120000, 15},  // 198.18.0.0/15    benchmarking
    Block{0xC6336400, 24},  // 198.51.100.0/24  documentation
    Block{0xCB007100, 24},  // 203.0.113.0/24   documentation
    Block{0xE0000000, 4},   // 224.0.0.0/4      multicast
    Block{0xF0000000, 4},   // 240.0.0.0/4      reserved, broadcast
};

// Within 2000::/3; everything outside that is special-purpose or not assigned.
constexpr std::array blocks_v6{
    Block{0x20010000, 23},  // 2001::/23      IETF protocol assignments, Teredo, ORCHID
    Block{0x20010DB8, 32},  // 2001:db8::/32  documentation
    Block{0x3FFF0000, 20},  // 3fff::/20      documentation
};

std::uint32_t bits_at(const ip::address_v6::bytes_type& bytes, std::size_t from) {
  std::uint32_t bits = 0;
  for (std::size_t i = 0; i < 4; ++i) bits = bits << 8 | bytes[from + i];
  return bits;
}

bool is_in_one_of(std::span<const Block> blocks, std::uint32_t bits) {
  return std::ranges::any_of(blocks,
                             [bits](const Block& block) { return (bits ^ block.first) >> (32 - block.length) == 0; });
}

bool is_special(std::uint32_t v4) { return is_in_one_of(blocks_v4, v4); }

bool is_special(const ip::address_v6& address) {
  const auto bytes = address.to_bytes();
  const std::uint32_t front = bits_at(bytes, 0);
  if (address.is_v4_mapped()) return is_special(bits_at(bytes, 12));
  const bool middle_is_zero = std::all_of(bytes.begin() + 4, bytes.begin() + 12, [](auto octet) { return octet == 0; });
  if (front == 0x0064FF9B && middle_is_zero) return is_special(bits_at(bytes, 12));  // NAT64
  if (front >> 16 == 0x2002) return is_special(bits_at(bytes, 2));                   // 6to4
  if (front >> 29 != 1) return true;
  return is_in_one_of(blocks_v6, front);
}

}  // namespace

bool is_special_purpose(const IpAddress& address) {
  return address.is_v4() ? is_special(address.to_v4().to_uint()) : is_special(address.to_v6());
}

}  // namespace sesame::net
