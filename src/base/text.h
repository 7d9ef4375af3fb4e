// base/text.h: ASCII text and encodings. Locale-free; bytes above 0x7f pass through untouched.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sesame {

char ascii_lower(char c);
std::string ascii_lower(std::string_view text);
std::string ascii_upper(std::string_view text);
bool ascii_iequals(std::string_view a, std::string_view b);
bool is_ascii(std::string_view text);

// Strips SP, HTAB, CR and LF from both ends.
std::string_view trim(std::string_view text);

// "a,b,," by ',' gives {"a","b","",""}; the empty text gives {""}.
std::vector<std::string_view> split(std::string_view text, char separator);

std::string hex_encode(std::string_view octets);  // lower case
std::optional<std::string> hex_decode(std::string_view text);

std::string base64_encode(std::string_view octets);  // RFC 4648 §4, padded
// Strict RFC 4648 §4: no line breaks or blanks; padding is required. Rejects other characters.
std::optional<std::string> base64_decode(std::string_view text);
// The same after removing SP, HTAB, CR and LF (MIME bodies, DKIM tags).
std::optional<std::string> base64_decode_folded(std::string_view text);

// RFC 3986 §2.3: everything but unreserved characters becomes %XX (upper-case hex).
std::string percent_encode(std::string_view text, bool keep_slash = false);
// A '%' not followed by two hex digits is an error. `plus_is_space` for application/x-www-form-urlencoded.
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space = false);

// True if the text is well-formed UTF-8 (no overlong forms, surrogates or code points above U+10FFFF).
bool is_utf8(std::string_view text);

// What outsiders wrote, made fit for a log line, a JSON string or a page: well-formed UTF-8 of at most `max_octets`,
// on one line. Each control character and line separator becomes a blank, each octet that belongs to no well-formed
// character becomes U+FFFD (three octets); the cut falls between characters.
std::string printable_utf8(std::string_view text, std::size_t max_octets);

// Decimal digits only, no sign, no blanks; nullopt on overflow or the empty text.
std::optional<std::uint64_t> parse_decimal(std::string_view text);

}  // namespace sesame
