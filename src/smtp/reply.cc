#include "smtp/reply.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace sesame::smtp {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

struct ReplyLine {
  int code;
  bool last;
  std::string_view text;
};

// `line` without its CRLF.
std::optional<ReplyLine> parse_line(std::string_view line) {
  if (line.size() < 3 || line[0] < '2' || line[0] > '5' || !is_digit(line[1]) || !is_digit(line[2])) {
    return std::nullopt;
  }
  const int code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
  if (line.size() == 3) return ReplyLine{code, true, {}};
  if (line[3] != ' ' && line[3] != '-') return std::nullopt;
  return ReplyLine{code, line[3] == ' ', line.substr(4)};
}

bool classes_agree(int code, EnhancedStatus status) {
  const int code_class = code / 100;
  if (code_class == 3) return false;  // RFC 3463 has no class for 3yz
  return (code_class == 2) == (status.status_class == 2);
}

std::optional<EnhancedStatus> leading_status(int code, std::string_view text) {
  const auto status = parse_enhanced_status(text.substr(0, text.find(' ')));
  return status && classes_agree(code, *status) ? status : std::nullopt;
}

// Moves the enhanced status from the text of the lines to its own field.
void extract_enhanced_status(Reply& reply) {
  for (const auto& line : reply.lines) {
    if ((reply.enhanced_status = leading_status(reply.code, line))) break;
  }
  if (!reply.enhanced_status) return;
  for (auto& line : reply.lines) {
    if (leading_status(reply.code, line) != reply.enhanced_status) continue;
    const auto blank = line.find(' ');
    line.erase(0, blank == std::string::npos ? blank : blank + 1);
  }
}

// One to three digits without leading zeros.
std::optional<std::uint16_t> parse_status_number(std::string_view text) {
  if (text.empty() || text.size() > 3 || (text.size() > 1 && text.front() == '0')) return std::nullopt;
  const auto value = parse_decimal(text);
  if (!value) return std::nullopt;
  return static_cast<std::uint16_t>(*value);
}

// The longest front of `text` that fits in `room` without cutting a UTF-8 sequence in two.
std::string_view front_that_fits(std::string_view text, std::size_t room) {
  if (text.size() <= room) return text;
  std::size_t end = room;
  while (end > room - 4 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end);
}

}  // namespace

std::string format_enhanced_status(EnhancedStatus status) {
  return fmt::format("{}.{}.{}", status.status_class, status.subject, status.detail);
}

std::optional<EnhancedStatus> parse_enhanced_status(std::string_view text) {
  const auto parts = split(text, '.');
  if (parts.size() != 3 || (parts[0] != "2" && parts[0] != "4" && parts[0] != "5")) return std::nullopt;
  const auto subject = parse_status_number(parts[1]);
  const auto detail = parse_status_number(parts[2]);
  if (!subject || !detail) return std::nullopt;
  return EnhancedStatus{static_cast<std::uint8_t>(parts[0][0] - '0'), *subject, *detail};
}

ReplyClass Reply::reply_class() const {
  if (code < 300) return ReplyClass::positive_completion;
  if (code < 400) return ReplyClass::positive_intermediate;
  return code < 500 ? ReplyClass::transient_failure : ReplyClass::permanent_failure;
}

std::string Reply::to_text() const {
  std::string out = std::to_string(code);
  if (enhanced_status) out += ' ' + format_enhanced_status(*enhanced_status);
  for (const auto& line : lines) {
    if (!line.empty()) out += ' ' + line;
  }
  return out;
}

Reply make_reply(int code, std::string line) {
  return Reply{.code = code, .enhanced_status = {}, .lines = {std::move(line)}};
}

Reply make_reply(int code, EnhancedStatus status, std::string line) {
  return Reply{.code = code, .enhanced_status = status, .lines = {std::move(line)}};
}

Result<ParsedReply, ReplyError> parse_reply(std::string_view input, EnhancedStatusCodes enhanced) {
  ParsedReply parsed;
  for (;;) {
    const auto rest = input.substr(parsed.consumed);
    const auto end = rest.find_first_of("\r\n");
    // The limit first: an endless line must not ask for more for ever.
    if (std::min(end, rest.size()) > max_reply_line_octets - 2) return std::unexpected(ReplyError::line_too_long);
    if (end == std::string_view::npos) return std::unexpected(ReplyError::need_more);
    if (rest[end] == '\n') return std::unexpected(ReplyError::bare_cr_or_lf);
    if (end + 1 == rest.size()) return std::unexpected(ReplyError::need_more);
    if (rest[end + 1] != '\n') return std::unexpected(ReplyError::bare_cr_or_lf);
    const auto line = parse_line(rest.substr(0, end));
    if (!line) return std::unexpected(ReplyError::malformed);
    if (!parsed.reply.lines.empty() && line->code != parsed.reply.code) return std::unexpected(ReplyError::mixed_codes);
    if (parsed.reply.lines.size() == max_reply_lines) return std::unexpected(ReplyError::too_many_lines);
    parsed.reply.code = line->code;
    parsed.reply.lines.emplace_back(line->text);
    parsed.consumed += end + 2;
    if (line->last) break;
  }
  if (enhanced == EnhancedStatusCodes::recognise) extract_enhanced_status(parsed.reply);
  return parsed;
}

std::string format_reply(const Reply& reply) {
  const std::string code = std::to_string(reply.code);
  const std::string status =
      reply.enhanced_status ? format_enhanced_status(*reply.enhanced_status) + ' ' : std::string();
  const std::size_t room = max_reply_line_octets - code.size() - 1 - status.size() - 2;

  std::vector<std::string_view> pieces;
  for (std::string_view line : reply.lines) {
    do {
      pieces.push_back(front_that_fits(line, room));
      line.remove_prefix(pieces.back().size());
    } while (!line.empty());
  }
  if (pieces.empty()) pieces.emplace_back();

  std::string out;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    out += code;
    out += i + 1 == pieces.size() ? ' ' : '-';
    out += status;
    for (const char c : pieces[i]) {
      const auto octet = static_cast<unsigned char>(c);
      out += (octet < 0x20 && c != '\t') || octet == 0x7f ? '?' : c;
    }
    out += "\r\n";
  }
  return out;
}

}  // namespace sesame::smtp
