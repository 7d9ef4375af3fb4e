// smtp/path.h: reverse-paths, forward-paths and the mailboxes in them, as octets and as values.
//
// Source: RFC 5321 §4.1.2 (grammar), §4.1.3 (address literals), §4.5.1 (Postmaster), §4.5.3.1 (limits), appendix C
// (source routes); RFC 6531 §3.3 (UTF-8 in both parts of a mailbox). No I/O; bad input never throws; linear in the
// input.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sesame::smtp {

// Octets as they stand on the wire, quoting included.
constexpr std::size_t max_local_part_octets = 64;  // RFC 5321 §4.5.3.1.1
constexpr std::size_t max_domain_octets = 255;     // RFC 5321 §4.5.3.1.2
constexpr std::size_t max_path_octets = 256;       // RFC 5321 §4.5.3.1.3: with "<", ">" and a source route
constexpr std::size_t max_label_octets = 63;       // RFC 1035 §2.3.4

// Whether octets above 0x7f may stand in a mailbox: only where SMTPUTF8 is in force (RFC 6531 §3.4).
enum class Utf8 { refuse, accept };

// A mailbox by value. The local part holds what it means, not how it was quoted: `"a b"@d` has local part `a b`.
// Comparison is octet by octet; domains that differ in case only are the same to DNS but not to ==.
struct Mailbox {
  std::string local_part;
  std::string domain;  // as written: a domain, or an address literal with its brackets; empty for <Postmaster> only

  bool operator==(const Mailbox&) const = default;
};

// nullopt is the null reverse-path "<>".
using ReversePath = std::optional<Mailbox>;

enum class PathError {
  malformed,            // not the grammar
  non_ascii,            // well formed but for octets above 0x7f where Utf8::refuse was asked
  local_part_too_long,  // the three limits above
  domain_too_long,
  path_too_long,
};

// Take one path off the front of `input`, which is left at the first octet after ">". On error the position of `input`
// says nothing. Source routes ("<@a,@b:user@d>") are checked and dropped, as appendix C wants. A forward-path is never
// null and may be <Postmaster> (any case) without a domain; a reverse-path may be null and may not.
Result<ReversePath, PathError> take_reverse_path(std::string_view& input, Utf8 utf8);
Result<Mailbox, PathError> take_forward_path(std::string_view& input, Utf8 utf8);

// The whole of `text` is one Mailbox: no brackets, blanks, source route or comments.
Result<Mailbox, PathError> parse_mailbox(std::string_view text, Utf8 utf8);

// The whole of `text` is a Domain of RFC 5321 §4.1.2 (one label is enough; no underscore, no final dot) in its limits.
bool is_domain(std::string_view text, Utf8 utf8);
// "[192.0.2.1]" or "[IPv6:2001:db8::1]": the forms that IANA's registry of address literal tags knows.
bool is_address_literal(std::string_view text);

// `local_part@domain`, quoted only where the grammar needs it. parse_mailbox() of the result gives the value back.
std::string format_mailbox(const Mailbox& mailbox);
std::string format_path(const Mailbox& forward_path);      // <local_part@domain>, <Postmaster>
std::string format_path(const ReversePath& reverse_path);  // the same or <>

// True if no octet is above 0x7f: the mailbox needs no SMTPUTF8.
bool is_ascii(const Mailbox& mailbox);

}  // namespace sesame::smtp
