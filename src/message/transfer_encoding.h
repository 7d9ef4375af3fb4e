// message/transfer_encoding.h: content transfer encodings (RFC 2045 §6).
//
// The encoders append and write lines of at most 76 octets (§6.7 (5), §6.8) separated by CRLF, without a final line
// end. The decoders are tolerant and total: every input gives octets, never more than it has. All linear.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sesame::message {

enum class TransferEncoding { seven_bit, eight_bit, binary, quoted_printable, base64, unknown };

// The field's value, any case, comments and blanks around ignored; "" is seven_bit (the default, §6.1).
TransferEncoding parse_transfer_encoding(std::string_view value);
std::string_view to_text(TransferEncoding encoding);  // "7bit"; "x-unknown" for unknown

void append_base64_lines(std::string& out, std::string_view octets);

// With `text`, CRLF are line breaks and stay so; otherwise CR and LF are octets like any other (§6.7 (4)).
void append_quoted_printable(std::string& out, std::string_view octets, bool text);

// Ignores what is not of the alphabet (§6.8); ends at the padding, or at the end with the octets that are complete.
std::string decode_base64_tolerant(std::string_view text);

// A '=' that begins neither an octet nor a soft line break stays. Blanks before a line end are dropped (§6.7 (3)).
std::string decode_quoted_printable(std::string_view text);

// What `octets` would need, found in one pass.
struct ContentShape {
  std::size_t size = 0;
  std::size_t to_escape = 0;  // octets quoted-printable text must write as "=XX"
  bool has_eight_bit_or_nul = false;
  bool has_bare_cr_or_lf = false;
  std::size_t longest_line = 0;  // without its CRLF

  bool fits_seven_bit() const { return !has_eight_bit_or_nul && !has_bare_cr_or_lf && longest_line <= 998; }
  // The smaller of the two for text with CRLF line ends; quoted-printable when equal, as people can read it.
  TransferEncoding smaller_encoding() const {
    return to_escape * 2 <= size / 3 ? TransferEncoding::quoted_printable : TransferEncoding::base64;
  }
};
ContentShape shape_of(std::string_view octets);

}  // namespace sesame::message
