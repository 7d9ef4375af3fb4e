#include "message/address.h"

#include <arpa/inet.h>

#include "base/text.h"

namespace sesame::message {
namespace {

using enum AddressProblem;

constexpr std::size_t max_label_octets = 63;  // RFC 1035 §2.3.4

std::unexpected<AddressError> fail(AddressProblem problem, std::size_t position) {
  return std::unexpected(AddressError{problem, position});
}

bool is_alnum(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool is_printable_or_space(char c) { return c >= 32 && c <= 126; }

bool is_dot_string(std::string_view text) {
  char before = '.';
  for (char c : text) {
    if (c == '.' ? before == '.' : !is_atext(c)) return false;
    before = c;
  }
  return before != '.';
}

// `literal` with its brackets. General-address-literal needs a registered tag and none but IPv6 is.
bool is_address_literal(std::string_view literal) {
  if (literal.size() < 2 || literal.size() > max_domain_octets || !literal.ends_with(']')) return false;
  const std::string_view inner = literal.substr(1, literal.size() - 2);
  if (inner.find('\0') != std::string_view::npos) return false;
  constexpr std::string_view tag = "IPv6:";
  unsigned char address[16];
  if (ascii_iequals(inner.substr(0, tag.size()), tag)) {
    return inet_pton(AF_INET6, std::string(inner.substr(tag.size())).c_str(), address) == 1;
  }
  return inet_pton(AF_INET, std::string(inner).c_str(), address) == 1;
}

// `offset` is where `domain` begins in the text the error is about.
Result<void, AddressError> check_domain(std::string_view domain, std::size_t offset) {
  if (domain.empty()) return fail(missing_domain, offset);
  if (domain.starts_with('[')) {
    if (!domain.ends_with(']')) return fail(unterminated, offset);
    if (!is_address_literal(domain)) return fail(domain_illegal, offset);
    return {};
  }
  std::size_t label = 0;  // octets of the current label so far
  char before = '.';
  for (std::size_t i = 0; i <= domain.size(); ++i) {
    const char c = i < domain.size() ? domain[i] : '.';
    const bool fits = c == '.' || c == '-' || is_alnum(c);
    const bool starts_wrong = before == '.' && !is_alnum(c);
    const bool ends_wrong = c == '.' && before == '-';
    if (!fits || starts_wrong || ends_wrong) return fail(domain_illegal, offset + i);
    label = c == '.' ? 0 : label + 1;
    if (label > max_label_octets) return fail(domain_too_long, offset + i);
    before = c;
  }
  if (domain.size() > max_domain_octets) return fail(domain_too_long, offset + max_domain_octets);
  return {};
}

// Reads a quoted local part that begins `text`; sets `used` to its octets, quotes included.
Result<std::string, AddressError> parse_quoted_local_part(std::string_view text, std::size_t& used) {
  std::string local_part;
  for (std::size_t i = 1; i < text.size(); ++i) {
    char c = text[i];
    if (c == '"') {
      used = i + 1;
      return local_part;
    }
    if (c == '\\') {
      if (++i == text.size()) break;
      c = text[i];
    }
    if (!is_printable_or_space(c)) return fail(local_part_blank, i);
    local_part += c;
  }
  return fail(unterminated, text.size());
}

Result<std::string, AddressError> parse_dot_string(std::string_view text, std::size_t& used) {
  char before = '.';
  std::size_t i = 0;
  for (; i < text.size() && text[i] != '@'; ++i) {
    const char c = text[i];
    if (c <= 32 || c >= 127) return fail(local_part_blank, i);  // char is signed: c <= 32 covers octets above 0x7f
    if (c == '.' ? before == '.' : !is_atext(c)) return fail(local_part_illegal, i);
    before = c;
  }
  if (i == 0) return text.empty() ? fail(empty, 0) : fail(missing_local_part, 0);
  if (i == text.size()) return fail(missing_at, i);
  if (before == '.') return fail(local_part_illegal, i - 1);
  used = i;
  return std::string(text.substr(0, i));
}

}  // namespace

bool is_atext(char c) {
  constexpr std::string_view specials = "!#$%&'*+-/=?^_`{|}~";
  return is_alnum(c) || (c != '\0' && specials.find(c) != std::string_view::npos);
}

std::string_view describe(AddressProblem problem) {
  switch (problem) {
    case missing_at: return "Missing final '@domain'";
    case missing_local_part: return "Missing local name";
    case missing_domain: return "Missing domain";
    case local_part_blank: return "Local address contains control or whitespace";
    case local_part_illegal: return "Local address contains illegal character";
    case local_part_too_long: return "Local address is longer than 64 octets";
    case domain_illegal: return "Domain contains illegal character";
    case domain_too_long: return "Domain is too long";
    case mailbox_too_long: return "Address is longer than 254 octets";
    case too_many_addresses: return "Too many addresses";
    case empty:
    case unterminated:
    case illegal: return "Illegal address";
  }
  return "Illegal address";
}

Result<AddressSpec, AddressError> parse_addr_spec(std::string_view text) {
  std::size_t used = 0;
  Result<std::string, AddressError> local_part =
      text.starts_with('"') ? parse_quoted_local_part(text, used) : parse_dot_string(text, used);
  if (!local_part) return std::unexpected(local_part.error());
  if (used == text.size()) return fail(missing_at, used);
  if (text[used] != '@') return fail(local_part_illegal, used);
  const std::string_view domain = text.substr(used + 1);
  const auto domain_ok = check_domain(domain, used + 1);
  if (!domain_ok) return std::unexpected(domain_ok.error());
  if (used > max_local_part_octets) return fail(local_part_too_long, max_local_part_octets);
  if (text.size() > max_mailbox_octets) return fail(mailbox_too_long, max_mailbox_octets);
  return AddressSpec{std::move(*local_part), std::string(domain)};
}

Result<AddressSpec, AddressError> make_addr_spec(std::string_view local_part, std::string_view domain) {
  for (char c : local_part) {
    if (!is_printable_or_space(c)) return fail(local_part_blank, 0);
  }
  const auto domain_ok = check_domain(domain, 0);
  if (!domain_ok) return fail(domain_ok.error().problem, 0);
  const std::size_t written = local_part_to_wire(local_part).size();
  if (written > max_local_part_octets) return fail(local_part_too_long, 0);
  if (written + 1 + domain.size() > max_mailbox_octets) return fail(mailbox_too_long, 0);
  return AddressSpec{std::string(local_part), std::string(domain)};
}

std::string local_part_to_wire(std::string_view local_part) {
  if (is_dot_string(local_part)) return std::string(local_part);
  std::string wire = "\"";
  for (char c : local_part) {
    if (c == '"' || c == '\\') wire += '\\';
    wire += c;
  }
  return wire += '"';
}

std::string to_wire(const AddressSpec& address) {
  std::string wire = local_part_to_wire(address.local_part);
  wire += '@';
  wire += address.domain;
  return wire;
}

}  // namespace sesame::message
