#include "base/random.h"

#include <openssl/rand.h>

#include <cstring>
#include <limits>
#include <stdexcept>

#include "base/text.h"

namespace sesame {

std::uint64_t RandomSource::below(std::uint64_t bound) {
  const std::uint64_t limit = std::numeric_limits<std::uint64_t>::max() / bound * bound;
  for (;;) {
    const std::string raw = octets(8);
    std::uint64_t value;
    std::memcpy(&value, raw.data(), 8);
    if (value < limit) return value % bound;
  }
}

std::string RandomSource::text(std::string_view alphabet, std::size_t count) {
  std::string out(count, '\0');
  for (char& c : out) c = alphabet[below(alphabet.size())];
  return out;
}

std::string RandomSource::uuid() {
  std::string raw = octets(16);
  raw[6] = static_cast<char>((raw[6] & 0x0f) | 0x40);
  raw[8] = static_cast<char>((raw[8] & 0x3f) | 0x80);
  std::string hex = hex_encode(raw);
  for (int at : {20, 16, 12, 8}) hex.insert(static_cast<std::size_t>(at), 1, '-');
  return hex;
}

std::string SecureRandom::octets(std::size_t count) {
  std::string out(count, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(count)) != 1) {
    throw std::runtime_error("no random octets from OpenSSL");
  }
  return out;
}

std::string SeededRandom::octets(std::size_t count) {
  std::string out(count, '\0');
  for (char& c : out) c = static_cast<char>(engine_() & 0xff);
  return out;
}

}  // namespace sesame
