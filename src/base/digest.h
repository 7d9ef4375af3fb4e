// base/digest.h: SHA-256 and HMAC-SHA-256 (FIPS 180-4, RFC 2104) through OpenSSL. Results are raw octets.
#pragma once

#include <string>
#include <string_view>

namespace sesame {

std::string sha256(std::string_view octets);                             // 32 octets
std::string hmac_sha256(std::string_view key, std::string_view octets);  // 32 octets
std::string sha256_hex(std::string_view octets);                         // 64 lower-case hex digits

// Takes time that depends on the lengths only. Different lengths compare unequal.
bool equal_constant_time(std::string_view a, std::string_view b);

}  // namespace sesame
