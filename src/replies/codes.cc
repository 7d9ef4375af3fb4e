// find_codes: see cause.h. Numbers in prose, addresses and times are no codes: a reply code stands at the start of a
// word and is followed by a blank, '-', ':' or the end, and is a code that hosts use.
#include "base/text.h"
#include "replies/cause.h"
#include "smtp/reply.h"

namespace sesame::replies {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool may_precede(std::string_view text, std::size_t at) {
  if (at == 0) return true;
  const char before = text[at - 1];
  return before == ' ' || before == '\t' || before == '\n' || before == '\r' || before == '(' || before == '[' ||
         before == ':' || before == ';' || before == '<' || before == '#' || before == '\'' || before == '"' ||
         before == '=' || before == '-';
}

// "550": of the codes that refuse, those that exist or are common.
std::optional<int> reply_code_at(std::string_view text, std::size_t at) {
  if (text.size() - at < 3 || (text[at] != '4' && text[at] != '5')) return std::nullopt;
  if (text[at + 1] < '0' || text[at + 1] > '7' || !is_digit(text[at + 2])) return std::nullopt;
  if (text.size() - at > 3) {
    const char after = text[at + 3];
    constexpr std::string_view may_follow = " -:\t\r\n,;)]'\"";
    if (may_follow.find(after) == may_follow.npos) return std::nullopt;
    // A digit after the hyphen: only an enhanced status may begin there ("550-5.1.1"); "450-1234" is some other number.
    const std::string_view rest = text.substr(at + 4);
    if (after == '-' && !rest.empty() && is_digit(rest[0]) && (rest.size() < 2 || rest[1] != '.')) return std::nullopt;
  }
  return (text[at] - '0') * 100 + (text[at + 1] - '0') * 10 + (text[at + 2] - '0');
}

// "5.7.26" with nothing that would make it part of a version, an address or a longer number.
std::string enhanced_status_at(std::string_view text, std::size_t at) {
  if ((text[at] != '4' && text[at] != '5') || text.size() - at < 5 || text[at + 1] != '.') return "";
  std::size_t end = at;
  while (end < text.size() && (is_digit(text[end]) || text[end] == '.')) ++end;
  std::string_view word = text.substr(at, end - at);
  while (word.ends_with('.')) word.remove_suffix(1);
  return smtp::parse_enhanced_status(word) ? std::string(word) : "";
}

}  // namespace

SpokenCodes find_codes(std::string_view text) {
  SpokenCodes codes;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if ((text[at] != '4' && text[at] != '5') || !may_precede(text, at)) continue;
    if (codes.enhanced_status.empty()) codes.enhanced_status = enhanced_status_at(text, at);
    if (codes.reply_code == 0) codes.reply_code = reply_code_at(text, at).value_or(0);
    if (codes.reply_code != 0 && !codes.enhanced_status.empty()) break;
  }
  return codes;
}

}  // namespace sesame::replies
