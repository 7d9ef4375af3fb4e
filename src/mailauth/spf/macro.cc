#include "mailauth/spf/macro.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "dns/name.h"

namespace sesame::mailauth::spf {
namespace {

constexpr std::string_view delimiter_characters = ".-+,/_=";
constexpr unsigned max_kept_parts = 128;  // more parts than a name has labels

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// Reads what stands between "%{" and "}".
Result<MacroExpand, MacroError> parse_expand(std::string_view inside, MacroUse use) {
  const auto error = [&](std::string_view why) {
    return std::unexpected(MacroError{fmt::format("macro %{{{}}}: {}", inside, why)});
  };
  if (inside.empty()) return error("has no letter");
  MacroExpand macro;
  macro.letter = ascii_lower(inside[0]);
  macro.url_escape = macro.letter != inside[0];
  const std::string_view allowed = use == MacroUse::domain_spec ? "slodiphv" : "slodiphcrtv";
  if (allowed.find(macro.letter) == allowed.npos)
    return error(std::string_view("crt").find(macro.letter) == std::string_view::npos
                     ? "unknown letter"
                     : "this letter is allowed in explanations only");
  std::string_view rest = inside.substr(1);
  const std::size_t digits = static_cast<std::size_t>(std::ranges::find_if_not(rest, is_digit) - rest.begin());
  if (digits > 0) {
    const auto number = parse_decimal(rest.substr(0, digits));
    if (number == 0u) return error("keeps no part");
    macro.keep = static_cast<unsigned>(std::min<std::uint64_t>(number.value_or(max_kept_parts), max_kept_parts));
    rest.remove_prefix(digits);
  }
  if (!rest.empty() && ascii_lower(rest[0]) == 'r') {
    macro.reverse = true;
    rest.remove_prefix(1);
  }
  if (rest.find_first_not_of(delimiter_characters) != rest.npos) return error("unknown transformer or delimiter");
  macro.delimiters = rest;
  return macro;
}

// §7.1 domain-end: after the last expansion, nothing or "." toplabel [ "." ].
bool ends_like_a_domain(const MacroString& text) {
  const std::string* last = text.parts.empty() ? nullptr : std::get_if<std::string>(&text.parts.back());
  if (last == nullptr) return !text.parts.empty();
  std::string_view tail = *last;
  if (tail.ends_with('.')) tail.remove_suffix(1);
  const std::size_t dot = tail.rfind('.');
  if (dot == tail.npos) return false;
  const std::string_view label = tail.substr(dot + 1);
  const auto alphanumeric = [](char c) { return is_letter(c) || is_digit(c); };
  return !label.empty() && alphanumeric(label.front()) && alphanumeric(label.back()) &&
         std::ranges::all_of(label, [&](char c) { return alphanumeric(c) || c == '-'; }) &&
         !std::ranges::all_of(label, is_digit);
}

std::string dotted_ip(const net::IpAddress& ip) {
  if (ip.is_v4()) return ip.to_string();
  std::string out;
  for (const unsigned char octet : ip.to_v6().to_bytes())
    fmt::format_to(std::back_inserter(out), "{:X}.{:X}.", octet >> 4, octet & 15);
  out.pop_back();
  return out;
}

std::string letter_value(char letter, const MacroValues& values) {
  switch (letter) {
    case 's': return fmt::format("{}@{}", values.local_part, values.sender_domain);
    case 'l': return std::string(values.local_part);
    case 'o': return std::string(values.sender_domain);
    case 'd': return std::string(values.domain);
    case 'i': return dotted_ip(values.ip);
    case 'p': return std::string(values.validated_name);
    case 'h': return std::string(values.helo);
    case 'c': return values.ip.to_string();
    case 'r': return std::string(values.receiver);
    case 't': return std::to_string(to_unix_seconds(values.now));
    default: return values.ip.is_v4() ? "in-addr" : "ip6";  // 'v'; the parser lets no other letter through
  }
}

std::string transform(const std::string& value, const MacroExpand& macro) {
  if (macro.keep == 0 && !macro.reverse && macro.delimiters.empty()) return value;
  const std::string_view delimiters = macro.delimiters.empty() ? "." : std::string_view(macro.delimiters);
  std::vector<std::string_view> parts;
  std::string_view rest = value;
  for (std::size_t end; (end = rest.find_first_of(delimiters)) != rest.npos; rest.remove_prefix(end + 1))
    parts.push_back(rest.substr(0, end));
  parts.push_back(rest);
  if (macro.reverse) std::ranges::reverse(parts);
  const std::size_t dropped = macro.keep != 0 && macro.keep < parts.size() ? parts.size() - macro.keep : 0;
  std::string out;
  for (std::size_t i = dropped; i < parts.size(); ++i) {
    if (i > dropped) out += '.';
    out += parts[i];
  }
  return out;
}

}  // namespace

bool MacroString::uses(char letter) const {
  return std::ranges::any_of(parts, [&](const auto& part) {
    const auto* macro = std::get_if<MacroExpand>(&part);
    return macro != nullptr && macro->letter == letter;
  });
}

const std::string* MacroString::literal() const {
  return parts.size() == 1 ? std::get_if<std::string>(&parts[0]) : nullptr;
}

Result<MacroString, MacroError> parse_macro_string(std::string_view text, MacroUse use) {
  MacroString result;
  std::string literal;
  const auto end_literal = [&] {
    if (!literal.empty()) result.parts.emplace_back(std::move(literal));
    literal.clear();
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c != '%') {
      if (c < 0x21 || c > 0x7e) {
        if (c != ' ' || use != MacroUse::explanation)
          return std::unexpected(MacroError{"a character that is not printable ASCII"});
      }
      literal += c;
      continue;
    }
    const char next = i + 1 < text.size() ? text[i + 1] : '\0';
    ++i;
    switch (next) {
      case '%': literal += '%'; break;
      case '_': literal += ' '; break;
      case '-': literal += "%20"; break;
      case '{': {
        const std::size_t close = text.find('}', i);
        if (close == text.npos) return std::unexpected(MacroError{"a macro without its closing brace"});
        auto macro = parse_expand(text.substr(i + 1, close - i - 1), use);
        if (!macro) return std::unexpected(macro.error());
        end_literal();
        result.parts.emplace_back(*std::move(macro));
        i = close;
        break;
      }
      default: return std::unexpected(MacroError{"a percent sign that begins no macro"});
    }
  }
  end_literal();
  if (use == MacroUse::domain_spec && !ends_like_a_domain(result))
    return std::unexpected(MacroError{fmt::format("'{}' does not end like a domain name", text)});
  return result;
}

std::optional<std::string> expand(const MacroString& text, const MacroValues& values) {
  std::string out;
  for (const auto& part : text.parts) {
    if (const auto* literal = std::get_if<std::string>(&part)) {
      out += *literal;
      continue;
    }
    const auto& macro = std::get<MacroExpand>(part);
    if ((macro.letter == 's' || macro.letter == 'l') && !is_ascii(values.local_part)) return std::nullopt;
    const std::string value = transform(letter_value(macro.letter, values), macro);
    out += macro.url_escape ? percent_encode(value) : value;
  }
  return out;
}

std::string fit_in_name(std::string expanded) {
  if (expanded.ends_with('.')) expanded.pop_back();
  while (expanded.size() > dns::max_name_octets) {
    const std::size_t dot = expanded.find('.');
    if (dot == expanded.npos) break;  // one label too long: no name at all, which the look-up finds out
    expanded.erase(0, dot + 1);
  }
  return expanded;
}

}  // namespace sesame::mailauth::spf
