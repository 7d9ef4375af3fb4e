// message/encoded_word.h: characters beyond ASCII in header fields (RFC 2047, language tags of RFC 2231 §5 dropped).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sesame::message {

constexpr std::size_t max_encoded_word_octets = 75;       // RFC 2047 §2
constexpr std::size_t max_encoded_word_line_octets = 76;  // RFC 2047 §2: a line that holds an encoded word

// The whole text as UTF-8 encoded words separated by one blank each (fold there). B or Q, whichever is shorter in all;
// Q with the alphabet for phrases (§5 (3)), so the result fits into any place that allows encoded words. A character is
// never split between words.
//   utf8                     well-formed UTF-8; what is not becomes U+FFFD
//   octets_before            what stands before it on its line: the first word keeps the line within 76 octets if it
//   can
std::string encode_words(std::string_view utf8, std::size_t octets_before = 0);

// The text for an unstructured field: itself if it is printable ASCII without "=?", else encode_words.
std::string encode_unstructured(std::string_view utf8, std::size_t octets_before = 0);

// Octets of the encoded word that begins `text`; 0 if none does. Accepts longer words than §2 allows.
std::size_t encoded_word_length(std::string_view text);

// Decodes every encoded word of an unstructured text; blanks (and folding) between two of them vanish (§6.2). Adjacent
// words of one charset are converted together, because some writers split characters between them. Words that cannot be
// decoded stay as written. Control characters out of encoded words become blanks: the result holds no CR, LF or NUL
// that the input did not hold. Linear.
std::string decode_encoded_words(std::string_view text);

}  // namespace sesame::message
