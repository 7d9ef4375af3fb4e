// First octet: how the text is used; the rest is a macro string. Parsing and expansion agree with a slow reading of the
// grammar of RFC 7208 §7.1 and the steps of §7.3, token by token with regular expressions; what is expanded fits into a
// name.
#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <cstdint>
#include <cstdlib>
#include <regex>

#include "base/text.h"
#include "check.h"
#include "dns/name.h"
#include "mailauth/spf/macro.h"

using namespace sesame;
using namespace sesame::mailauth::spf;

namespace {

std::string letter_value(char letter) {
  switch (letter) {
    case 's': return "strong-bad@email.example.com";
    case 'l': return "strong-bad";
    case 'o':
    case 'd': return "email.example.com";
    case 'i': return "2.0.0.1.0.D.B.8.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.C.B.0.1";
    case 'p': return "unknown";
    case 'h': return "helo.example";
    case 'c': return "2001:db8::cb01";
    case 'r': return "mx_1.example";
    case 't': return "1767225600";
    default: return "ip6";
  }
}

// §7.3: split at the delimiters, reverse, keep the right-hand parts, join with dots, escape.
std::string transformed(char letter, const std::string& digits, bool reverse, const std::string& delimiters) {
  std::string value = letter_value(ascii_lower(letter));
  std::vector<std::string> parts(1);
  for (const char c : value) {
    if ((delimiters.empty() ? std::string(".") : delimiters).find(c) != std::string::npos)
      parts.emplace_back();
    else
      parts.back() += c;
  }
  if (reverse) std::ranges::reverse(parts);
  while (!digits.empty() && digits.size() < 9 && parts.size() > std::stoul(digits)) parts.erase(parts.begin());
  if (!digits.empty() || reverse || !delimiters.empty()) {
    value.clear();
    for (const std::string& part : parts) value += (&part == parts.data() ? "" : ".") + part;
  }
  return letter < 'a' ? percent_encode(value) : value;
}

// nullopt: not of the grammar.
std::optional<std::string> slowly_expanded(std::string text, MacroUse use) {
  static const std::regex macro(R"(^%\{([A-Za-z])([0-9]*)([rR]?)([-.+,/_=]*)\})");
  static const std::regex last_label(R"(\.[A-Za-z0-9]([-A-Za-z0-9]*[A-Za-z0-9])?\.?$)");
  static const std::regex number_label(R"(\.[0-9]+\.?$)");
  const std::string letters = use == MacroUse::domain_spec ? "slodiphv" : "slodiphvcrt";
  std::string out, tail;  // tail: the literal text since the last expansion
  bool ends_in_macro = false;
  while (!text.empty()) {
    std::smatch match;
    if (std::regex_search(text, match, macro)) {
      const std::string digits = match[2];
      if (letters.find(ascii_lower(*match[1].first)) == std::string::npos) return std::nullopt;
      if (!digits.empty() && digits.find_first_not_of('0') == std::string::npos) return std::nullopt;
      std::string significant = digits;
      significant.erase(0, std::min(significant.find_first_not_of('0'), significant.size()));
      out += transformed(*match[1].first, significant, match.length(3) > 0, match[4]);
      text.erase(0, static_cast<std::size_t>(match.length(0)));
      tail.clear();
      ends_in_macro = true;
      continue;
    }
    const bool blank_allowed = use == MacroUse::explanation;
    std::string literal(1, text[0]);
    if (text.starts_with("%%"))
      literal = "%";
    else if (text.starts_with("%_"))
      literal = " ";
    else if (text.starts_with("%-"))
      literal = "%20";
    else if (text[0] == '%')
      return std::nullopt;
    else if ((text[0] < 0x21 || text[0] > 0x7e) && !(text[0] == ' ' && blank_allowed))
      return std::nullopt;
    text.erase(0, text[0] == '%' ? 2 : 1);
    out += literal;
    tail += literal;
    ends_in_macro = false;
  }
  if (use == MacroUse::domain_spec && !ends_in_macro) {
    if (!std::regex_search(tail, last_label) || std::regex_search(tail, number_label)) return std::nullopt;
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0 || size > 600) return 0;  // the slow way is slow
  const auto use = static_cast<MacroUse>(data[0] % 3);
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto macro = parse_macro_string(text, use);
  const auto slow = slowly_expanded(std::string(text), use);
  check(macro.has_value() == slow.has_value());
  if (!macro) {
    check(!macro.error().text.empty());
    return 0;
  }
  const MacroValues values{.local_part = "strong-bad",
                           .sender_domain = "email.example.com",
                           .domain = "email.example.com",
                           .helo = "helo.example",
                           .ip = boost::asio::ip::make_address("2001:db8::cb01"),
                           .validated_name = "unknown",
                           .receiver = "mx_1.example",
                           .now = from_unix_ms(1767225600000)};
  const auto expanded = expand(*macro, values);
  if (!expanded) std::abort();
  check(*expanded == slow);
  if (const std::string* literal = macro->literal(); literal != nullptr) check(*literal == *expanded);
  const std::string fitted = fit_in_name(*expanded);
  check(fitted.size() <= dns::max_name_octets || fitted.find('.') == fitted.npos);
  return 0;
}
