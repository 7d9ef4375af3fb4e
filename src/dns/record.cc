#include "dns/record.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <array>
#include <limits>

#include "base/result.h"
#include "base/text.h"
#include "dns/name.h"

namespace sesame::dns {
namespace {

constexpr std::size_t max_string_octets = 255;    // RFC 1035 §3.3
constexpr std::size_t max_rdata_octets = 65'535;  // RFC 1035 §3.2.1

struct TypeName {
  RecordType type;
  std::string_view name;
};
constexpr std::array type_names = {
    TypeName{RecordType::a, "A"},         TypeName{RecordType::ns, "NS"},         TypeName{RecordType::cname, "CNAME"},
    TypeName{RecordType::soa, "SOA"},     TypeName{RecordType::ptr, "PTR"},       TypeName{RecordType::mx, "MX"},
    TypeName{RecordType::txt, "TXT"},     TypeName{RecordType::aaaa, "AAAA"},     TypeName{RecordType::ds, "DS"},
    TypeName{RecordType::rrsig, "RRSIG"}, TypeName{RecordType::dnskey, "DNSKEY"}, TypeName{RecordType::tlsa, "TLSA"},
    TypeName{RecordType::any, "ANY"},     TypeName{RecordType::caa, "CAA"},
};

std::string absolute(std::string_view name) { return std::string(name) + "."; }

// One character-string in quotes; anything but printable ASCII as \DDD (RFC 1035 §5.1).
std::string quoted(std::string_view octets) {
  std::string out = "\"";
  for (const char c : octets) {
    const auto octet = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (octet < 0x20 || octet > 0x7e) {
      out += fmt::format("\\{:03}", octet);
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string quoted_strings(const Txt& txt) {
  std::string out;
  for (std::string_view rest : txt.strings) {
    do {
      if (!out.empty()) out += ' ';
      out += quoted(rest.substr(0, max_string_octets));
      rest.remove_prefix(std::min(rest.size(), max_string_octets));
    } while (!rest.empty());
  }
  return out.empty() ? "\"\"" : out;
}

using Parsed = std::variant<RecordData, RecordParseError>;
Parsed error(std::string text) { return RecordParseError{std::move(text)}; }

std::vector<std::string_view> fields_of(std::string_view text) {
  std::vector<std::string_view> fields;
  constexpr std::string_view blanks = " \t\r\n";
  for (std::size_t at = text.find_first_not_of(blanks); at != text.npos; at = text.find_first_not_of(blanks, at)) {
    const std::size_t end = std::min(text.find_first_of(blanks, at), text.size());
    fields.push_back(text.substr(at, end - at));
    at = end;
  }
  return fields;
}

// A name in data: canonical form, "." is the root. nullopt if it is not a name.
std::optional<std::string> parse_name(std::string_view text) {
  if (text == ".") return "";
  std::string name = canonical(text);
  if (!is_valid_name(name)) return std::nullopt;
  return name;
}

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
  const auto value = parse_decimal(text);
  if (!value || *value > std::numeric_limits<Number>::max()) return std::nullopt;
  return static_cast<Number>(*value);
}

Parsed parse_address(int family, std::string_view text) {
  std::array<unsigned char, sizeof(in6_addr)> octets{};
  std::array<char, INET6_ADDRSTRLEN> normal{};
  if (inet_pton(family, std::string(text).c_str(), octets.data()) != 1) {
    return error(fmt::format("'{}' is not an {} address", text, family == AF_INET ? "IPv4" : "IPv6"));
  }
  const std::string address = inet_ntop(family, octets.data(), normal.data(), normal.size());
  if (family == AF_INET) return A{address};
  return Aaaa{address};
}

template <class Data>
Parsed parse_single_name(std::string_view text) {
  auto name = parse_name(text);
  if (!name) return error(fmt::format("'{}' is not a domain name", text));
  return Data{std::move(*name)};
}

Parsed parse_mx(std::string_view text) {
  const auto fields = fields_of(text);
  if (fields.size() != 2)
    return error(fmt::format("'{}' is not a preference and a host, such as '10 mx.example'", text));
  const auto preference = parse_number<std::uint16_t>(fields[0]);
  if (!preference) return error(fmt::format("the preference '{}' is not a number from 0 to 65535", fields[0]));
  auto exchange = parse_name(fields[1]);
  if (!exchange) return error(fmt::format("'{}' is not a domain name", fields[1]));
  return Mx{*preference, std::move(*exchange)};
}

Parsed parse_soa(std::string_view text) {
  const auto fields = fields_of(text);
  if (fields.size() != 7) return error("an SOA has seven fields: primary mailbox serial refresh retry expire minimum");
  auto primary = parse_name(fields[0]);
  auto mailbox = parse_name(fields[1]);
  if (!primary || !mailbox) return error(fmt::format("'{}' is not a domain name", fields[primary ? 1 : 0]));
  std::array<std::uint32_t, 5> numbers{};
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const auto number = parse_number<std::uint32_t>(fields[i + 2]);
    if (!number) return error(fmt::format("'{}' is not a 32-bit number", fields[i + 2]));
    numbers[i] = *number;
  }
  return Soa{std::move(*primary), std::move(*mailbox), numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]};
}

void append_cut(std::vector<std::string>& strings, std::string_view text) {
  do {
    strings.emplace_back(text.substr(0, max_string_octets));
    text.remove_prefix(std::min(text.size(), max_string_octets));
  } while (!text.empty());
}

// Takes the octet after a backslash at the front of `text`: \DDD or \X.
std::optional<char> take_escaped(std::string_view& text) {
  if (text.empty()) return std::nullopt;
  if (text[0] < '0' || text[0] > '9') {
    const char c = text[0];
    text.remove_prefix(1);
    return c;
  }
  const auto value = parse_decimal(text.substr(0, 3));
  if (text.size() < 3 || !value || *value > 255) return std::nullopt;
  text.remove_prefix(3);
  return static_cast<char>(*value);
}

Parsed parse_quoted_strings(std::string_view text) {
  Txt txt;
  while (!text.empty()) {
    if (text[0] != '"') return error("outside the quotation marks of a TXT value there may only be blanks");
    text.remove_prefix(1);
    std::string string;
    while (!text.empty() && text[0] != '"') {
      char c = text[0];
      text.remove_prefix(1);
      if (c == '\\') {
        const auto escaped = take_escaped(text);
        if (!escaped)
          return error("a backslash in a TXT value is not followed by a character or three digits up to 255");
        c = *escaped;
      }
      string += c;
    }
    if (text.empty()) return error("a quotation mark of the TXT value is not closed");
    text.remove_prefix(1);
    append_cut(txt.strings, string);
    text = trim(text);
  }
  return txt;
}

Parsed parse_txt(std::string_view text) {
  if (text.size() > max_rdata_octets / 2) return error("the TXT value is too long");
  if (text.starts_with('"')) return parse_quoted_strings(text);
  Txt txt;
  append_cut(txt.strings, text);
  return txt;
}

// RFC 3597 §5: `\# length hex`.
Parsed parse_generic(RecordType type, std::string_view text) {
  auto fields = fields_of(text);
  if (fields.size() < 2 || fields[0] != "\\#")
    return error(fmt::format("{} is only taken as '\\# length hex'", name(type)));
  const auto length = parse_number<std::uint16_t>(fields[1]);
  std::string hex;
  for (std::size_t i = 2; i < fields.size(); ++i) hex += fields[i];
  auto rdata = hex_decode(hex);
  if (!length || !rdata || rdata->size() != *length)
    return error("the length and the hex octets after '\\#' do not agree");
  return Other{std::move(*rdata)};
}

}  // namespace

std::string name(RecordType type) {
  for (const auto& known : type_names) {
    if (known.type == type) return std::string(known.name);
  }
  return fmt::format("TYPE{}", static_cast<unsigned>(type));
}

std::optional<RecordType> parse_record_type(std::string_view text) {
  const std::string upper = ascii_upper(text);
  for (const auto& known : type_names) {
    if (known.name == upper) return known.type;
  }
  if (!upper.starts_with("TYPE")) return std::nullopt;
  const auto number = parse_number<std::uint16_t>(std::string_view(upper).substr(4));
  if (!number) return std::nullopt;
  return static_cast<RecordType>(*number);
}

std::string Txt::joined() const {
  std::string out;
  for (const auto& string : strings) out += string;
  return out;
}

std::string presentation(const RecordData& data) {
  return std::visit(
      overloaded{
          [](const A& a) { return a.address; }, [](const Aaaa& aaaa) { return aaaa.address; },
          [](const Ns& ns) { return absolute(ns.host); }, [](const Cname& cname) { return absolute(cname.target); },
          [](const Ptr& ptr) { return absolute(ptr.target); },
          [](const Mx& mx) { return fmt::format("{} {}", mx.preference, absolute(mx.exchange)); },
          [](const Txt& txt) { return quoted_strings(txt); },
          [](const Soa& soa) {
            return fmt::format("{} {} {} {} {} {} {}", absolute(soa.primary), absolute(soa.mailbox), soa.serial,
                               soa.refresh, soa.retry, soa.expire, soa.minimum);
          },
          [](const Other& other) { return fmt::format("\\# {} {}", other.rdata.size(), hex_encode(other.rdata)); }},
      data);
}

std::string presentation(const Record& record) {
  return fmt::format("{} {} IN {} {}", absolute(record.name), record.ttl, name(record.type), presentation(record.data));
}

std::variant<RecordData, RecordParseError> parse_record_data(RecordType type, std::string_view text) {
  text = trim(text);
  if (text.empty()) return error(fmt::format("the {} value is empty", name(type)));
  switch (type) {
    case RecordType::a: return parse_address(AF_INET, text);
    case RecordType::aaaa: return parse_address(AF_INET6, text);
    case RecordType::ns: return parse_single_name<Ns>(text);
    case RecordType::cname: return parse_single_name<Cname>(text);
    case RecordType::ptr: return parse_single_name<Ptr>(text);
    case RecordType::mx: return parse_mx(text);
    case RecordType::txt: return parse_txt(text);
    case RecordType::soa: return parse_soa(text);
    case RecordType::any: return error("ANY is a question, not a record");
    default: return parse_generic(type, text);
  }
}

}  // namespace sesame::dns
