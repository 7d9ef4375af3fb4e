// identity/names.h: what may be an identity's name (spec 1.1).
//
// A domain is kept as lower-case A-labels; U-labels are converted (IDNA 2008). An address is kept as given: it compares
// case-sensitively, its domain part included, and is 7-bit. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "identity/error.h"
#include "store/identity_record.h"

namespace sesame::identity {

constexpr std::size_t max_local_part_octets = 64;  // RFC 5321 §4.5.3.1.1
constexpr std::size_t max_address_octets = 320;    // spec 1.1: 64 + "@" + 255
// A path is at most 256 octets, "<" and ">" among them (RFC 5321 §4.5.3.1.3), and a return path begins with an API
// message id, 60 octets, and "@".
constexpr std::size_t max_mail_from_octets = 193;
constexpr std::uint64_t max_identities = 10'000;  // per account, spec 1.1

struct IdentityName {
  store::IdentityKind kind = store::IdentityKind::domain;
  std::string name;
};

// With an "@" an address, else a domain. Errors: invalid_name.
Result<IdentityName, IdentityError> parse_identity_name(std::string_view text);

// A domain of at least two labels, the last one not all digits. Errors: invalid_name.
Result<std::string, IdentityError> parse_domain(std::string_view text);

// The same, at most max_mail_from_octets and strictly below the domain of `identity`. Errors: invalid_mail_from,
// mail_from_not_below; the text is the one SES gives (spec 2.1).
Result<std::string, IdentityError> parse_mail_from_domain(std::string_view text, std::string_view identity);

// The key an existing identity is found under: a domain canonical, an address as it is. Anything is accepted; a name
// that cannot exist is simply not found.
std::string lookup_name(std::string_view text);

// The domain itself, or the part after the last "@", canonical.
std::string domain_of(std::string_view identity);

}  // namespace sesame::identity
