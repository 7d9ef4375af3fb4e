#include "identity/names.h"

#include <fmt/format.h>

#include "base/text.h"
#include "dns/name.h"
#include "identity/mail_from.h"

namespace sesame::identity {
namespace {

// Lower-case A-labels, or nothing if the text is not a host name below some top-level domain.
std::optional<std::string> host_name(std::string_view text) {
  std::string domain = dns::canonical(text);
  if (!is_ascii(domain)) {
    if (!is_utf8(text)) return std::nullopt;
    std::optional<std::string> ascii = dns::to_ascii(text);
    if (!ascii) return std::nullopt;
    domain = dns::canonical(*ascii);
  }
  if (!dns::is_valid_host(domain)) return std::nullopt;
  return domain;
}

// RFC 5321 §4.1.2 Dot-string. Quoted strings name no mailbox anybody verifies by mail.
bool is_dot_string(std::string_view local_part) {
  constexpr std::string_view atext_specials = "!#$%&'*+-/=?^_`{|}~";
  if (local_part.empty() || local_part.size() > max_local_part_octets) return false;
  for (const std::string_view atom : split(local_part, '.')) {
    if (atom.empty()) return false;
    for (const char c : atom) {
      const bool alphanumeric = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      if (!alphanumeric && atext_specials.find(c) == std::string_view::npos) return false;
    }
  }
  return true;
}

// What goes back to the caller of a name that is not one: bounded and without octets that could break a line.
std::string shown(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, max_address_octets)) out += (c < ' ' || c == '\x7f') ? '?' : c;
  if (!is_utf8(out)) return "?";
  return out;
}

}  // namespace

Result<std::string, IdentityError> parse_domain(std::string_view text) {
  std::optional<std::string> domain = host_name(text);
  if (!domain) {
    return std::unexpected(
        IdentityError{IdentityErrc::invalid_name, fmt::format("Invalid domain name {}.", shown(text))});
  }
  return std::move(*domain);
}

Result<IdentityName, IdentityError> parse_identity_name(std::string_view text) {
  const std::size_t at = text.rfind('@');
  if (at == std::string_view::npos) {
    Result<std::string, IdentityError> domain = parse_domain(text);
    if (!domain) return std::unexpected(std::move(domain.error()));
    return IdentityName{store::IdentityKind::domain, std::move(*domain)};
  }
  const bool valid = text.size() <= max_address_octets && is_ascii(text) && is_dot_string(text.substr(0, at)) &&
                     !text.ends_with('.') && host_name(text.substr(at + 1)).has_value();
  if (!valid) {
    return std::unexpected(
        IdentityError{IdentityErrc::invalid_name, fmt::format("Invalid email address<{}>.", shown(text))});
  }
  return IdentityName{store::IdentityKind::email_address, std::string(text)};
}

Result<std::string, IdentityError> parse_mail_from_domain(std::string_view text, std::string_view identity) {
  std::optional<std::string> domain = host_name(text);
  if (!domain || domain->size() > max_mail_from_octets) {
    return std::unexpected(IdentityError{IdentityErrc::invalid_mail_from,
                                         fmt::format("Invalid MAIL-FROM domain name <{}>.", shown(text))});
  }
  if (!is_allowed_mail_from(*domain, domain_of(identity))) {
    return std::unexpected(
        IdentityError{IdentityErrc::mail_from_not_below,
                      fmt::format("Provided MAIL-FROM domain <{}> is not subdomain of the domain of the identity <{}>.",
                                  shown(text), identity)});
  }
  return std::move(*domain);
}

std::string lookup_name(std::string_view text) {
  if (text.find('@') != std::string_view::npos) return std::string(text);
  return host_name(text).value_or(dns::canonical(text));
}

std::string domain_of(std::string_view identity) {
  const std::size_t at = identity.rfind('@');
  return dns::canonical(at == std::string_view::npos ? identity : identity.substr(at + 1));
}

}  // namespace sesame::identity
