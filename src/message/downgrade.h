// message/downgrade.h: eight-bit MIME content as seven-bit, for peers that do not take anything else.
//
// Source: RFC 2045 §6 (transfer encodings), RFC 6152 §3 (what a client without 8BITMIME at the other end may do), RFC
// 6376 §5.3 (to be done before signing: it breaks any signature made before).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sesame::message {

// The message with every body part of eight-bit octets in quoted-printable or base64, whichever is smaller (base64 for
// what is no text), and nothing else changed but Content-Transfer-Encoding of these parts and of what contains them.
// `octets` has CRLF line ends.
//
// nullopt: it is not done, and what is to be sent is `octets`:
//   - there is nothing to do, or something eight-bit would remain (in a header field, a preamble, a broken part);
//   - it is no MIME message: nobody could say what the octets mean;
//   - what would be changed has been signed or encrypted, or is in a message that has (RFC 1847, DKIM-Signature);
//   - it has more parts, or deeper ones, than are read (MimeLimits).
[[nodiscard]] std::optional<std::string> to_seven_bit(std::string_view octets);

}  // namespace sesame::message
