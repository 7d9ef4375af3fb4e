#include "smtp/extension.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"

namespace sesame::smtp {
namespace {

// Keywords that say all by being there.
struct Flag {
  std::string_view keyword;
  bool Extensions::* member;
};
constexpr std::array flags{
    Flag{"8BITMIME", &Extensions::eight_bit_mime}, Flag{"STARTTLS", &Extensions::starttls},
    Flag{"PIPELINING", &Extensions::pipelining},   Flag{"ENHANCEDSTATUSCODES", &Extensions::enhanced_status_codes},
    Flag{"SMTPUTF8", &Extensions::smtputf8},       Flag{"CHUNKING", &Extensions::chunking},
    Flag{"BINARYMIME", &Extensions::binary_mime},  Flag{"DSN", &Extensions::dsn},
    Flag{"REQUIRETLS", &Extensions::require_tls},
};

bool is_keyword_char(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
}

// ehlo-keyword *(SP ehlo-param)
std::optional<EhloLine> read_line(std::string_view text) {
  std::vector<std::string> words;
  for (const auto word : split(text, ' ')) {
    if (!word.empty()) words.emplace_back(word);
  }
  if (words.empty() || words[0][0] == '-' || !std::ranges::all_of(words[0], is_keyword_char)) return std::nullopt;
  EhloLine line{.keyword = ascii_upper(words[0]), .parameters = {}};
  line.parameters.assign(std::make_move_iterator(words.begin() + 1), std::make_move_iterator(words.end()));
  return line;
}

// "RCPTMAX=100" and so on
void read_limit(std::string_view parameter, SessionLimits& limits) {
  const auto equals = parameter.find('=');
  if (equals == std::string_view::npos) return;
  const auto name = parameter.substr(0, equals);
  const auto value = parse_decimal(parameter.substr(equals + 1));
  if (ascii_iequals(name, "MAILMAX")) limits.mail_max = value;
  if (ascii_iequals(name, "RCPTMAX")) limits.rcpt_max = value;
  if (ascii_iequals(name, "RCPTDOMAINMAX")) limits.rcpt_domain_max = value;
}

void apply(const EhloLine& line, Extensions& extensions) {
  for (const auto& flag : flags) {
    if (line.keyword == flag.keyword) extensions.*flag.member = true;
  }
  if (line.keyword == "SIZE") {
    extensions.size = true;
    if (!line.parameters.empty()) extensions.max_message_octets = parse_decimal(line.parameters[0]).value_or(0);
  } else if (line.keyword == "AUTH") {
    for (const auto& mechanism : line.parameters) extensions.auth_mechanisms.push_back(ascii_upper(mechanism));
  } else if (line.keyword == "LIMITS") {
    for (const auto& limit : line.parameters) read_limit(limit, extensions.limits);
  }
}

std::string limits_line(const SessionLimits& limits) {
  std::string out;
  if (limits.mail_max) out += fmt::format(" MAILMAX={}", *limits.mail_max);
  if (limits.rcpt_max) out += fmt::format(" RCPTMAX={}", *limits.rcpt_max);
  if (limits.rcpt_domain_max) out += fmt::format(" RCPTDOMAINMAX={}", *limits.rcpt_domain_max);
  return out.empty() ? out : "LIMITS" + out;
}

}  // namespace

bool Extensions::offers_auth(std::string_view mechanism) const {
  return std::ranges::any_of(auth_mechanisms, [&](const auto& offered) { return ascii_iequals(offered, mechanism); });
}

EhloReply read_ehlo_reply(const Reply& reply) {
  EhloReply ehlo;
  for (std::size_t i = 0; i < reply.lines.size(); ++i) {
    if (i == 0) {
      ehlo.domain = reply.lines[0].substr(0, reply.lines[0].find(' '));
      continue;
    }
    auto line = read_line(reply.lines[i]);
    if (!line) continue;
    const bool seen = std::ranges::any_of(ehlo.lines, [&](const auto& l) { return l.keyword == line->keyword; });
    if (!seen) apply(*line, ehlo.extensions);
    ehlo.lines.push_back(std::move(*line));
  }
  return ehlo;
}

std::vector<std::string> ehlo_lines(const Extensions& extensions) {
  std::vector<std::string> lines;
  const auto add_flag = [&](const Flag& flag) {
    if (extensions.*flag.member) lines.emplace_back(flag.keyword);
  };
  add_flag(flags[0]);
  if (extensions.size) lines.push_back(fmt::format("SIZE {}", extensions.max_message_octets));
  add_flag(flags[1]);
  if (!extensions.auth_mechanisms.empty())
    lines.push_back(fmt::format("AUTH {}", fmt::join(extensions.auth_mechanisms, " ")));
  for (std::size_t i = 2; i < flags.size(); ++i) add_flag(flags[i]);
  if (auto limits = limits_line(extensions.limits); !limits.empty()) lines.push_back(std::move(limits));
  return lines;
}

}  // namespace sesame::smtp
