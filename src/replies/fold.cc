// fold: see phrase_table.h. One pass; tokens that are only the repeated codes of a multiline reply are dropped on the
// way, so that a sentence wrapped over several reply lines reads as one.
#include "base/text.h"
#include "replies/phrase_table.h"

namespace sesame::replies {
namespace {

unsigned char octet(char c) { return static_cast<unsigned char>(c); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "550"
bool is_reply_code(std::string_view word) {
  return word.size() == 3 && word[0] >= '2' && word[0] <= '5' && is_digit(word[1]) && is_digit(word[2]);
}

// "5.7.26"
bool is_enhanced_status(std::string_view word) {
  const auto parts = split(word, '.');
  if (parts.size() != 3 || (parts[0] != "2" && parts[0] != "4" && parts[0] != "5")) return false;
  return parse_decimal(parts[1]).has_value() && parse_decimal(parts[2]).has_value();
}

// "550-", "550-5.7.1": a line of a reply that goes on.
bool is_continued_code(std::string_view word) {
  if (word.size() < 4 || !is_reply_code(word.substr(0, 3)) || word[3] != '-') return false;
  return word.size() == 4 || is_enhanced_status(word.substr(4));
}

// Appends the character at the front of `text` folded; returns its octets.
std::size_t fold_character(std::string_view text, std::string& out) {
  const unsigned char lead = octet(text[0]);
  const unsigned char next = text.size() > 1 ? octet(text[1]) : 0;
  if (lead < 0x80) {
    out += ascii_lower(text[0]);
    return 1;
  }
  const auto two = [&](unsigned a, unsigned b) {
    out += static_cast<char>(a);
    out += static_cast<char>(b);
    return std::size_t{2};
  };
  if (lead == 0xc3 && next >= 0x80 && next <= 0x9e && next != 0x97) return two(lead, next + 0x20U);  // Latin-1
  if (lead == 0xce && next >= 0x91 && next <= 0x9f) return two(lead, next + 0x20U);                  // Greek
  if (lead == 0xce && next >= 0xa0 && next <= 0xa9) return two(0xcf, next - 0x20U);
  if (lead == 0xd0 && next >= 0x90 && next <= 0x9f) return two(lead, next + 0x20U);  // Cyrillic
  if (lead == 0xd0 && next >= 0xa0 && next <= 0xaf) return two(0xd1, next - 0x20U);
  if (lead == 0xd0 && next >= 0x80 && next <= 0x8f) return two(0xd1, next + 0x10U);
  if (lead == 0xe2 && next == 0x80 && text.size() > 2) {
    const unsigned char last = octet(text[2]);
    if (last == 0x98 || last == 0x99) {
      out += '\'';
      return 3;
    }
    if (last == 0x9c || last == 0x9d) {
      out += '"';
      return 3;
    }
  }
  out += text[0];
  return 1;
}

// Octets of the blank at the front of `text`; 0 if none is there.
std::size_t blank_length(std::string_view text) {
  const unsigned char lead = octet(text[0]);
  if (lead <= 0x20) return 1;
  if (lead == 0xc2 && text.size() > 1 && octet(text[1]) == 0xa0) return 2;                            // NBSP
  if (lead == 0xe3 && text.size() > 2 && octet(text[1]) == 0x80 && octet(text[2]) == 0x80) return 3;  // U+3000
  return 0;
}

}  // namespace

std::string fold(std::string_view text, std::size_t max_octets) {
  text = text.substr(0, max_octets);
  std::string out;
  out.reserve(text.size());
  std::size_t word = 0;         // where the open word begins in `out`
  std::size_t code = out.npos;  // where a reply code stands that an enhanced status may follow
  const auto end_word = [&] {
    std::string_view last = std::string_view(out).substr(word);
    if (last.empty()) return;
    if (last.contains('@')) {
      out.resize(word);
      out += '@';
      last = std::string_view(out).substr(word);
    }
    const bool inside = word > 0;
    if (inside && is_continued_code(last)) {
      out.resize(word);
      return;
    }
    if (code != out.npos && is_enhanced_status(last)) {
      out.resize(code);
      word = out.size();
      code = out.npos;
      return;
    }
    code = inside && is_reply_code(last) ? word : out.npos;
    out += ' ';
    word = out.size();
  };
  while (!text.empty()) {
    if (const std::size_t blank = blank_length(text)) {
      end_word();
      text.remove_prefix(blank);
    } else {
      text.remove_prefix(fold_character(text, out));
    }
  }
  end_word();
  if (out.ends_with(' ')) out.pop_back();
  return out;
}

}  // namespace sesame::replies
