#include "mailauth/verdict/message_format.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/text.h"
#include "message/address_list.h"

namespace sesame::mailauth {
namespace {

// RFC 5322 §3.6: at most one of each, besides From, Date and Message-ID, which are looked at by themselves.
constexpr std::array single_fields = {"Subject", "To", "Cc", "Reply-To", "Sender", "In-Reply-To", "References", "Bcc"};

constexpr std::array months = {"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array days = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
constexpr std::array zones = {"ut", "gmt", "est", "edt", "cst", "cdt", "mst", "mdt", "pst", "pdt"};

bool is_one_of(const auto& words, std::string_view word) {
  return std::ranges::any_of(words, [&](const char* one) { return ascii_iequals(one, word); });
}

// Without comments (which nest), folding and quoted pairs within comments.
std::string without_comments(std::string_view text) {
  std::string out;
  std::size_t depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (depth > 0 && c == '\\')
      ++i;
    else if (c == '(')
      ++depth;
    else if (c == ')' && depth > 0)
      --depth;
    else if (depth == 0)
      out += c;
  }
  return out;
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  constexpr std::string_view blanks = " \t\r\n";
  for (std::size_t at = text.find_first_not_of(blanks); at != text.npos; at = text.find_first_not_of(blanks, at)) {
    const std::size_t end = std::min(text.find_first_of(blanks, at), text.size());
    words.push_back(text.substr(at, end - at));
    at = end;
  }
  return words;
}

// The number, if `text` is of `least` to `most` digits and its value at most `limit`.
std::optional<std::uint64_t> number(std::string_view text, std::size_t least, std::size_t most, std::uint64_t limit) {
  if (text.size() < least || text.size() > most) return std::nullopt;
  const auto value = parse_decimal(text);
  return value && *value <= limit ? value : std::nullopt;
}

// hour ":" minute [":" second], a leap second allowed
bool is_time(std::string_view text) {
  const auto parts = split(text, ':');
  if (parts.size() != 2 && parts.size() != 3) return false;
  return number(parts[0], 2, 2, 23) && number(parts[1], 2, 2, 59) && (parts.size() == 2 || number(parts[2], 2, 2, 60));
}

bool is_zone(std::string_view text) {
  if (text.size() == 1) return ascii_lower(text[0]) >= 'a' && ascii_lower(text[0]) <= 'z';
  if (is_one_of(zones, text)) return true;
  return text.size() == 5 && (text[0] == '+' || text[0] == '-') && number(text.substr(1, 2), 2, 2, 99) &&
         number(text.substr(3), 2, 2, 59);
}

void judge_from(const message::ParsedMessage& message, std::vector<std::string>& problems) {
  const auto fields = message.all("From");
  if (fields.size() != 1) {
    problems.push_back(fields.empty() ? "it has no From field" : fmt::format("it has {} From fields", fields.size()));
    return;
  }
  if (!is_ascii(fields[0]->value)) return;  // RFC 6532; the address parser knows only ASCII
  const auto authors = message::parse_mailbox_list(fields[0]->value);
  if (!authors) {
    problems.emplace_back("From is not a list of addresses");
  } else if (authors->size() > 1 && message.count("Sender") == 0) {
    problems.emplace_back("From names several authors and there is no Sender field");
  }
}

void judge_one(const message::ParsedMessage& message, std::string_view name, bool (*is_good)(std::string_view),
               std::vector<std::string>& problems) {
  const auto fields = message.all(name);
  if (fields.empty()) return problems.push_back(fmt::format("it has no {} field", name));
  if (fields.size() > 1) return problems.push_back(fmt::format("it has {} {} fields", fields.size(), name));
  if (!is_good(fields[0]->value)) problems.push_back(fmt::format("{} does not have the form of RFC 5322", name));
}

// Lines end in CRLF; CR and LF come in no other way.
void judge_lines(std::string_view octets, std::vector<std::string>& problems) {
  std::size_t number = 1, bare = 0, too_long = 0;
  for (std::size_t start = 0; start < octets.size(); ++number) {
    const std::size_t end = std::min(octets.find('\n', start), octets.size());
    std::string_view line = octets.substr(start, end - start);
    if (line.ends_with('\r')) {
      line.remove_suffix(1);
    } else if (end < octets.size() && bare == 0) {
      bare = number;
    }
    if (bare == 0 && line.find('\r') != line.npos) bare = number;
    if (too_long == 0 && line.size() > max_line_octets) too_long = number;
    start = end + 1;
  }
  if (too_long != 0) problems.push_back(fmt::format("line {} is longer than {} octets", too_long, max_line_octets));
  if (bare != 0) problems.push_back(fmt::format("line {} has a CR or LF that is not part of CRLF", bare));
  if (octets.find('\0') != octets.npos) problems.emplace_back("it holds a NUL octet");
}

}  // namespace

bool is_date_time(std::string_view value) {
  std::string text = without_comments(value);
  if (const std::size_t comma = text.find(','); comma != text.npos) {
    if (!is_one_of(days, trim(std::string_view(text).substr(0, comma)))) return false;
    text.erase(0, comma + 1);
  }
  const auto words = words_of(text);
  return words.size() == 5 && number(words[0], 1, 2, 31).value_or(0) > 0 && is_one_of(months, words[1]) &&
         number(words[2], 2, 4, 9999) && is_time(words[3]) && is_zone(words[4]);
}

bool is_message_id(std::string_view value) {
  const std::string text = without_comments(value);
  const std::string_view id = trim(text);
  const std::size_t at = id.rfind('@');
  return id.size() >= 5 && id.front() == '<' && id.back() == '>' && at != id.npos && at > 1 && at + 2 < id.size() &&
         id.find_first_of(" \t\r\n<", 1) == id.npos && id.find('>') == id.size() - 1;
}

std::vector<std::string> format_problems(const message::ParsedMessage& message, std::string_view octets) {
  std::vector<std::string> problems;
  judge_from(message, problems);
  judge_one(message, "Date", is_date_time, problems);
  judge_one(message, "Message-ID", is_message_id, problems);
  if (message.malformed_at) problems.emplace_back("its header section has a line that is no header field");
  for (const char* name : single_fields) {
    const std::size_t count = message.count(name);
    if (count > 1) problems.push_back(fmt::format("it has {} {} fields", count, name));
  }
  judge_lines(octets, problems);
  if (problems.size() > max_format_problems) problems.resize(max_format_problems);
  return problems;
}

}  // namespace sesame::mailauth
