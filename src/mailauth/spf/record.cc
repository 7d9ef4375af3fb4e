#include "mailauth/spf/record.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>

#include "base/text.h"

namespace sesame::mailauth::spf {
namespace {

constexpr std::string_view version = "v=spf1";
constexpr std::size_t usual_terms = 32;

std::unexpected<RecordError> error(std::string_view term, std::string_view why) {
  return std::unexpected(RecordError{fmt::format("term '{}': {}", term, why)});
}

// "0" or a number without leading zeros, at most `most`.
std::optional<unsigned> parse_prefix(std::string_view digits, unsigned most) {
  if (digits.empty() || digits.size() > 3 || (digits.size() > 1 && digits[0] == '0')) return std::nullopt;
  const auto number = parse_decimal(digits);
  if (!number || *number > most) return std::nullopt;
  return static_cast<unsigned>(*number);
}

// Takes "/len" or "//len" off the end of `text`. nullopt: it is there and wrong.
struct Prefixes {
  unsigned ip4 = 32;
  unsigned ip6 = 128;
};
std::optional<Prefixes> take_prefixes(std::string_view& text) {
  Prefixes prefixes;
  // A slash may also be part of the domain-spec, so only what the text ends with counts.
  const std::size_t slash = text.find('/', text.find_last_not_of("0123456789/") + 1);
  if (slash == text.npos) return prefixes;
  std::string_view tail = text.substr(slash);
  text = text.substr(0, slash);
  const std::size_t two = tail.find("//");
  if (two != tail.npos) {
    const auto ip6 = parse_prefix(tail.substr(two + 2), 128);
    if (!ip6) return std::nullopt;
    prefixes.ip6 = *ip6;
    tail = tail.substr(0, two);
  }
  if (!tail.empty()) {
    const auto ip4 = parse_prefix(tail.substr(1), 32);
    if (!ip4) return std::nullopt;
    prefixes.ip4 = *ip4;
  }
  return prefixes;
}

using MechanismOrError = Result<Mechanism, RecordError>;

// `argument` is what follows the mechanism's name: "", ":domain", "/24", ":domain/24//64".
template <class Kind>
MechanismOrError parse_address_of(std::string_view term, std::string_view argument) {
  const auto prefixes = take_prefixes(argument);
  if (!prefixes) return error(term, "the prefix length is not a number in range");
  Kind kind;
  kind.ip4_prefix_bits = prefixes->ip4;
  kind.ip6_prefix_bits = prefixes->ip6;
  if (!argument.empty()) {
    auto domain = parse_macro_string(argument.substr(1), MacroUse::domain_spec);
    if (!domain) return error(term, domain.error().text);
    kind.domain = *std::move(domain);
  }
  return kind;
}

template <class Kind>
MechanismOrError parse_with_domain(std::string_view term, std::string_view argument) {
  if (!argument.starts_with(':')) return error(term, "needs a domain");
  auto domain = parse_macro_string(argument.substr(1), MacroUse::domain_spec);
  if (!domain) return error(term, domain.error().text);
  return Kind{*std::move(domain)};
}

MechanismOrError parse_ptr(std::string_view term, std::string_view argument) {
  if (argument.empty()) return Ptr{};
  if (argument[0] != ':') return error(term, "takes no prefix length");
  auto domain = parse_macro_string(argument.substr(1), MacroUse::domain_spec);
  if (!domain) return error(term, domain.error().text);
  return Ptr{*std::move(domain)};
}

MechanismOrError parse_ip(std::string_view term, std::string_view argument, bool ip4) {
  if (!argument.starts_with(':')) return error(term, "needs an address");
  argument.remove_prefix(1);
  const unsigned most = ip4 ? 32 : 128;
  const std::size_t slash = argument.find('/');
  const auto bits = slash == argument.npos ? most : parse_prefix(argument.substr(slash + 1), most);
  if (!bits) return error(term, "the prefix length is not a number in range");
  const std::string text(argument.substr(0, slash));
  boost::system::error_code failed;
  Ip ip{.network = {}, .prefix_bits = *bits};
  if (ip4) {
    ip.network = boost::asio::ip::make_address_v4(text, failed);
  } else {
    ip.network = boost::asio::ip::make_address_v6(text, failed);
  }
  if (failed || text.find('%') != text.npos) return error(term, ip4 ? "not an IPv4 address" : "not an IPv6 address");
  return ip;
}

MechanismOrError parse_mechanism(std::string_view term, std::string_view body) {
  const std::size_t name_end = std::min(body.find_first_of(":/"), body.size());
  const std::string name = ascii_lower(body.substr(0, name_end));
  const std::string_view argument = body.substr(name_end);
  if (name == "all") {
    if (!argument.empty()) return error(term, "'all' takes no argument");
    return All{};
  }
  if (name == "include") return parse_with_domain<Include>(term, argument);
  if (name == "exists") return parse_with_domain<Exists>(term, argument);
  if (name == "a") return parse_address_of<A>(term, argument);
  if (name == "mx") return parse_address_of<Mx>(term, argument);
  if (name == "ptr") return parse_ptr(term, argument);
  if (name == "ip4") return parse_ip(term, argument, true);
  if (name == "ip6") return parse_ip(term, argument, false);
  return error(term, "no such mechanism");
}

// The length of a modifier's name if the term has the form name=value (§12), else 0.
std::size_t modifier_name_length(std::string_view term) {
  const std::size_t equals = term.find('=');
  if (equals == term.npos || equals == 0) return 0;
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const bool well_formed = letter(term[0]) && std::ranges::all_of(term.substr(0, equals), [&](char c) {
                             return letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
                           });
  return well_formed ? equals : 0;
}

std::optional<RecordError> add_modifier(std::string_view term, std::size_t name_length, SpfRecord& record) {
  const std::string name = ascii_lower(term.substr(0, name_length));
  const bool known = name == "redirect" || name == "exp";
  auto value = parse_macro_string(term.substr(name_length + 1), known ? MacroUse::domain_spec : MacroUse::modifier);
  if (!value) return error(term, value.error().text).error();
  if (!known) return std::nullopt;  // §6: unknown modifiers are ignored once their syntax is right
  auto& place = name == "redirect" ? record.redirect : record.explanation;
  if (place) return error(term, "given twice").error();
  place = *std::move(value);
  if (name == "redirect") record.redirect_text = term;
  return std::nullopt;
}

std::optional<SpfResult> qualifier_result(char c) {
  switch (c) {
    case '+': return SpfResult::pass;
    case '-': return SpfResult::fail;
    case '~': return SpfResult::softfail;
    case '?': return SpfResult::neutral;
    default: return std::nullopt;
  }
}

std::optional<RecordError> add_directive(std::string_view term, SpfRecord& record) {
  const auto qualifier = qualifier_result(term[0]);
  auto mechanism = parse_mechanism(term, qualifier ? term.substr(1) : term);
  if (!mechanism) return mechanism.error();
  record.directives.push_back(Directive{qualifier.value_or(SpfResult::pass), *std::move(mechanism), std::string(term)});
  return std::nullopt;
}

}  // namespace

bool is_spf_record(std::string_view txt) {
  return ascii_iequals(txt.substr(0, version.size()), version) &&
         (txt.size() == version.size() || txt[version.size()] == ' ');
}

Result<SpfRecord, RecordError> parse_record(std::string_view txt) {
  if (!is_ascii(txt)) return std::unexpected(RecordError{"the record has characters that are not ASCII"});
  SpfRecord record;
  std::string_view rest = txt.substr(version.size());
  record.directives.reserve(
      std::min<std::size_t>(static_cast<std::size_t>(std::ranges::count(rest, ' ')), usual_terms));
  while (true) {
    rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
    if (rest.empty()) return record;
    const std::string_view term = rest.substr(0, rest.find(' '));
    rest.remove_prefix(term.size());
    const std::size_t name_length = modifier_name_length(term);
    auto failed = name_length > 0 ? add_modifier(term, name_length, record) : add_directive(term, record);
    if (failed) return std::unexpected(*std::move(failed));
  }
}

namespace {

template <class Bytes>
bool same_prefix(const Bytes& a, const Bytes& b, unsigned bits) {
  const std::size_t whole = bits / 8;
  if (!std::equal(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(whole), b.begin())) return false;
  const unsigned rest = bits % 8;
  return rest == 0 || ((a[whole] ^ b[whole]) >> (8 - rest)) == 0;
}

}  // namespace

bool in_network(const net::IpAddress& ip, const net::IpAddress& network, unsigned prefix_bits) {
  if (ip.is_v4() != network.is_v4()) return false;
  if (ip.is_v4()) return same_prefix(ip.to_v4().to_bytes(), network.to_v4().to_bytes(), prefix_bits);
  return same_prefix(ip.to_v6().to_bytes(), network.to_v6().to_bytes(), prefix_bits);
}

}  // namespace sesame::mailauth::spf
