#include "feedback/address_scan.h"

#include "base/text.h"

namespace sesame::feedback {
namespace {

bool is_alnum(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_utf8_octet(char c) { return static_cast<unsigned char>(c) >= 0x80; }
bool is_local_octet(char c) {
  return is_alnum(c) || is_utf8_octet(c) || std::string_view(".!#$%&'*+-/=?^_`{|}~").contains(c);
}
bool is_domain_octet(char c) { return is_alnum(c) || is_utf8_octet(c) || c == '.' || c == '-' || c == '_'; }

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
    if (begin == at || end == at + 1) continue;
    FoundAddress one{std::string(text.substr(begin, end - begin)), begin, end};
    if (begin > 0 && text[begin - 1] == '<' && end < text.size() && text[end] == '>') {
      one.begin = begin - 1;
      one.end = end + 1;
    }
    from = end;
    found.push_back(std::move(one));
  }
  return found;
}

}  // namespace sesame::feedback
