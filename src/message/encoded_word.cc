#include "message/encoded_word.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "base/text.h"
#include "message/charset.h"
#include "message/transfer_encoding.h"

namespace sesame::message {
namespace {

constexpr std::string_view b_prefix = "=?UTF-8?B?", q_prefix = "=?UTF-8?Q?", suffix = "?=";
constexpr char hex_digits[] = "0123456789ABCDEF";

bool is_q_safe(char c) {  // RFC 2047 §5 (3)
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '!' || c == '*' ||
         c == '+' || c == '-' || c == '/';
}

std::size_t q_length(std::string_view octets) {
  std::size_t n = 0;
  for (char c : octets) n += is_q_safe(c) || c == ' ' ? 1 : 3;
  return n;
}

std::size_t b_length(std::size_t octets) { return (octets + 2) / 3 * 4; }

void append_q(std::string& out, std::string_view octets) {
  for (char c : octets) {
    if (c == ' ') {
      out += '_';
    } else if (is_q_safe(c)) {
      out += c;
    } else {
      out += '=';
      out += hex_digits[static_cast<unsigned char>(c) >> 4];
      out += hex_digits[c & 15];
    }
  }
}

// Octets of `text`, whole characters, whose encoded form fits into `room`; at least one character.
std::size_t take(std::string_view text, std::size_t room, bool q) {
  std::size_t end = 0, used = 0;
  while (end < text.size()) {
    const std::size_t character = utf8_sequence_length(text.substr(end));
    used = q ? used + q_length(text.substr(end, character)) : b_length(end + character);
    if (used > room && end > 0) break;
    end += character;
  }
  return end;
}

struct EncodedWord {
  std::string_view charset;  // without language
  char encoding;             // 'b' or 'q'
  std::string_view text;
  std::size_t length;  // of the whole word
};

std::optional<EncodedWord> split_word(std::string_view text) {
  if (!text.starts_with("=?")) return std::nullopt;
  const auto charset_end = text.find('?', 2);
  if (charset_end == std::string_view::npos || charset_end == 2) return std::nullopt;
  std::string_view charset = text.substr(2, charset_end - 2);
  for (char c : charset) {
    if (c <= 32 || c >= 127) return std::nullopt;
  }
  const std::string_view rest = text.substr(charset_end + 1);
  if (rest.size() < 4 || rest[1] != '?') return std::nullopt;
  const char encoding = ascii_lower(rest[0]);
  if (encoding != 'b' && encoding != 'q') return std::nullopt;
  const auto end = rest.find('?', 2);
  if (end == std::string_view::npos || end + 1 >= rest.size() || rest[end + 1] != '=') return std::nullopt;
  const std::string_view encoded = rest.substr(2, end - 2);
  for (char c : encoded) {
    if (c <= 32 || c >= 127) return std::nullopt;
  }
  charset = charset.substr(0, charset.find('*'));
  return EncodedWord{charset, encoding, encoded, charset_end + 1 + end + 2};
}

std::string word_octets(const EncodedWord& word) {
  if (word.encoding == 'b') return decode_base64_tolerant(word.text);
  std::string with_blanks(word.text);
  std::replace(with_blanks.begin(), with_blanks.end(), '_', ' ');
  return decode_quoted_printable(with_blanks + "=");  // the soft break keeps a final blank
}

// A run of adjacent words of one charset, waiting to be converted together.
struct Run {
  std::string charset, octets;
  std::string_view as_written;

  void flush(std::string& out) {
    if (as_written.empty()) return;
    const auto text = to_utf8(octets, charset);
    if (text) {
      for (char c : *text) out += (c >= 0 && c < 32) || c == 127 ? ' ' : c;
    } else {
      out += as_written;
    }
    *this = {};
  }
};

bool is_blank_or_fold(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

}  // namespace

std::string encode_words(std::string_view utf8, std::size_t octets_before) {
  std::string repaired;
  if (!is_utf8(utf8)) {
    repaired = replace_invalid_utf8(utf8);
    utf8 = repaired;
  }
  const bool q = q_length(utf8) <= b_length(utf8.size());
  const std::string_view prefix = q ? q_prefix : b_prefix;
  constexpr std::size_t around = q_prefix.size() + suffix.size();
  constexpr std::size_t least = around + 12;  // one character of four octets in Q
  std::size_t limit = max_encoded_word_octets;
  if (octets_before + least <= max_encoded_word_line_octets) {
    limit = std::min(limit, max_encoded_word_line_octets - octets_before);
  }
  std::string out;
  while (!utf8.empty()) {
    if (!out.empty()) out += ' ';
    const std::size_t n = take(utf8, limit - around, q);
    out += prefix;
    if (q) {
      append_q(out, utf8.substr(0, n));
    } else {
      out += base64_encode(utf8.substr(0, n));
    }
    out += suffix;
    utf8.remove_prefix(n);
    limit = max_encoded_word_octets;
  }
  return out;
}

std::string encode_unstructured(std::string_view utf8, std::size_t octets_before) {
  const bool printable =
      std::all_of(utf8.begin(), utf8.end(), [](char c) { return c == '\t' || (c >= 32 && c < 127); });
  if (printable && utf8.find("=?") == std::string_view::npos) return std::string(utf8);
  return encode_words(utf8, octets_before);
}

std::size_t encoded_word_length(std::string_view text) {
  const auto word = split_word(text);
  return word ? word->length : 0;
}

std::string decode_encoded_words(std::string_view text) {
  std::string out;
  Run run;
  std::size_t gap_start = 0;  // where the blanks after the last word begin, while a run is open
  for (std::size_t at = 0; at < text.size();) {
    if (const auto word = split_word(text.substr(at)); word) {
      if (run.charset != word->charset) run.flush(out);
      const std::size_t start =
          run.as_written.empty() ? at : static_cast<std::size_t>(run.as_written.data() - text.data());
      run.charset = word->charset;
      run.octets += word_octets(*word);
      at += word->length;
      run.as_written = text.substr(start, at - start);
      gap_start = at;
    } else if (!run.as_written.empty() && is_blank_or_fold(text[at])) {
      ++at;
    } else {
      const bool after_run = !run.as_written.empty();
      run.flush(out);
      if (after_run) out += text.substr(gap_start, at - gap_start);
      out += text[at++];
    }
  }
  const bool open = !run.as_written.empty();
  run.flush(out);
  if (open) out += text.substr(gap_start);
  return out;
}

}  // namespace sesame::message
