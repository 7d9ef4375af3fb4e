#include "feedback/address_scan.h"

#include <algorithm>

#include "base/text.h"

namespace sesame::feedback {
namespace {

bool is_alnum(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_utf8_octet(char c) { return static_cast<unsigned char>(c) >= 0x80; }
bool is_local_octet(char c) {
  return is_alnum(c) || is_utf8_octet(c) || std::string_view(".!#$%&'*+-/=?^_`{|}~").contains(c);
}
bool is_domain_octet(char c) { return is_alnum(c) || is_utf8_octet(c) || c == '.' || c == '-' || c == '_'; }

// The octets of the character at `at`, if it is one of U+2000 to U+FFFF: general punctuation, Chinese, Japanese, Korean
// and full-width characters; else 0. Letters of other scripts have two octets.
std::size_t wide_length(std::string_view text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  return lead >= 0xe2 && lead <= 0xef && text.size() - at >= 3 ? 3 : 0;
}

// U+2000 to U+206F, U+3000 to U+303F, and the full-width forms of ASCII's punctuation.
bool is_wide_punctuation(std::string_view text, std::size_t at) {
  const auto octet = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
  if (wide_length(text, at) == 0) return false;
  if (octet(0) == 0xe2) return octet(1) == 0x80 || octet(1) == 0x81;
  if (octet(0) == 0xe3) return octet(1) == 0x80;
  return octet(0) == 0xef && octet(1) == 0xbc && (octet(2) <= 0x8f || (octet(2) >= 0x9a && octet(2) <= 0xa0));
}

// Where a local part begins that the text in front runs into: behind its punctuation, or where it turns to ASCII.
std::size_t skip_wide_text(std::string_view text, std::size_t begin, std::size_t at) {
  for (std::size_t i = begin; i < at;) {
    const std::size_t length = wide_length(text, i);
    const std::size_t next = std::min(i + std::max<std::size_t>(length, 1), at);
    const bool turns = length != 0 && next < at && !is_utf8_octet(text[next]);
    if (turns || is_wide_punctuation(text, i)) begin = next;
    i = next;
  }
  return begin;
}

// Where a domain ends that the text behind it runs into.
std::size_t end_before_wide_text(std::string_view text, std::size_t begin, std::size_t end) {
  for (std::size_t i = begin; i < end; ++i) {
    const bool turns = i > begin && is_alnum(text[i - 1]) && wide_length(text, i) != 0;
    if (turns || is_wide_punctuation(text, i)) return i;
  }
  return end;
}

// Bounds the walk back from each "@", so that a text of many of them stays linear. RFC 5321 §4.5.3.1.1 says 64.
constexpr std::size_t max_local_octets = 256;

std::size_t local_part_begin(std::string_view text, std::size_t at, std::size_t from) {
  const std::size_t lowest = at - from > max_local_octets ? at - max_local_octets : from;
  std::size_t begin = at;
  if (at > from && text[at - 1] == '"') {
    const auto quote = at >= 2 ? text.rfind('"', at - 2) : text.npos;
    return quote == text.npos || quote < lowest ? at : quote;
  }
  while (begin > lowest && is_local_octet(text[begin - 1])) --begin;
  // What belongs to the sentence around it.
  const auto lower = ascii_lower(text.substr(begin, at - begin));
  if (const auto label = lower.rfind("smtp="); label != lower.npos) begin += label + 5;
  while (begin < at && std::string_view("'*=.`|/").contains(text[begin])) ++begin;
  return begin;
}

std::size_t domain_end(std::string_view text, std::size_t begin) {
  std::size_t end = begin;
  if (end < text.size() && text[end] == '[') {
    const auto close = text.find(']', end);
    return close == text.npos || close - end > 64 ? begin : close + 1;
  }
  while (end < text.size() && end - begin < 255 && is_domain_octet(text[end])) ++end;
  while (end > begin && (text[end - 1] == '.' || text[end - 1] == '-' || text[end - 1] == '_')) --end;
  return end;
}

}  // namespace

std::vector<FoundAddress> find_addresses(std::string_view text, std::size_t max) {
  std::vector<FoundAddress> found;
  std::size_t from = 0;
  for (auto at = text.find('@'); at != text.npos && found.size() < max; at = text.find('@', at + 1)) {
    std::size_t begin = local_part_begin(text, at, from);
    std::size_t end = domain_end(text, at + 1);
    const bool bracketed = begin > 0 && text[begin - 1] == '<' && end < text.size() && text[end] == '>';
    if (!bracketed) {
      begin = skip_wide_text(text, begin, at);
      end = end_before_wide_text(text, at + 1, end);
    }
    if (begin == at || end == at + 1) continue;
    FoundAddress one{std::string(text.substr(begin, end - begin)), begin, end};
    if (bracketed) {
      one.begin = begin - 1;
      one.end = end + 1;
    }
    from = end;
    found.push_back(std::move(one));
  }
  return found;
}

}  // namespace sesame::feedback
