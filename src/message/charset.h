// message/charset.h: other people's characters as UTF-8.
//
// Source: RFC 2046 §4.1.2 (charset names); conversion by the C library's iconv. Thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sesame::message {

// Converts to UTF-8. Octets that are no character of `charset` become U+FFFD, so the result is always UTF-8.
//   nullopt  the charset is unknown here
// An empty charset and "us-ascii" are read as UTF-8: what goes by that name and is not ASCII mostly is.
[[nodiscard]] std::optional<std::string> to_utf8(std::string_view octets, std::string_view charset);

// Every octet that belongs to no well-formed UTF-8 sequence becomes U+FFFD.
[[nodiscard]] std::string replace_invalid_utf8(std::string_view text);

// Octets of the UTF-8 sequence that begins `text`, 0 if it is not well-formed. `text` is not empty.
[[nodiscard]] std::size_t utf8_sequence_length(std::string_view text);

}  // namespace sesame::message
