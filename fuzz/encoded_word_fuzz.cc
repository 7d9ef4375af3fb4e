// Encoded words: decoding survives anything and invents no control characters; encoding keeps the limits and is undone
// by decoding.
#include <algorithm>
#include <cstdint>

#include "base/text.h"
#include "check.h"
#include "message/encoded_word.h"

using namespace sesame;
using namespace sesame::message;

namespace {
bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return (c >= 0 && c < 32) || c == 127; });
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string decoded = decode_encoded_words(text);
  check(has_control(text) || !has_control(decoded));
  check(!is_utf8(text) || is_utf8(decoded));
  check(encoded_word_length(text) <= text.size());
  if (!is_utf8(text) || has_control(text)) return 0;
  const std::string encoded = encode_words(text, size % 90);
  if (!text.empty()) {
    for (std::string_view word : split(encoded, ' ')) {
      check(word.size() <= max_encoded_word_octets && encoded_word_length(word) == word.size());
    }
  }
  check(decode_encoded_words(encoded) == text);
  return 0;
}
