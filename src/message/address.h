// message/address.h: mailboxes as RFC 5321 and RFC 5322 define them, as values.
//
// Source: RFC 5321 §4.1.2 (Mailbox), §4.1.3 (address literals), §4.5.3.1 (lengths); RFC 5322 §3.4.1 (addr-spec).
// ASCII only: no SMTPUTF8 (RFC 6531), domains are A-labels. Values are compared octet by octet: whether a local part or
// the case of a domain matters is for the caller to decide. No I/O; bad input never throws.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sesame::message {

constexpr std::size_t max_local_part_octets = 64;  // RFC 5321 §4.5.3.1.1, as written: quotes and backslashes count
constexpr std::size_t max_domain_octets = 253;     // RFC 1035 §2.3.4 in presentation form
constexpr std::size_t max_mailbox_octets = 254;    // RFC 5321 §4.5.3.1.3: a path of 256 less "<" and ">"

// Why a text is not an address. All but too_many_addresses name a fault the sender of the text must repair.
enum class AddressProblem {
  empty,                // no address where one is needed
  missing_at,           // no "@domain"
  missing_local_part,   // nothing before the "@"
  missing_domain,       // nothing after the "@"
  local_part_blank,     // control, blank or non-ASCII octet in the local part
  local_part_illegal,   // unquoted special, misplaced dot or quotation mark in the local part
  local_part_too_long,  // over max_local_part_octets
  domain_illegal,       // not a domain of letters, digits and inner hyphens, nor an IPv4 or IPv6 address literal
  domain_too_long,      // over max_domain_octets, or a label over 63
  mailbox_too_long,     // over max_mailbox_octets
  unterminated,         // quoted string, comment, angle bracket, literal or group without its end
  illegal,              // something else than the grammar allows here
  too_many_addresses,   // the list is longer than max_list_mailboxes
};

struct AddressError {
  AddressProblem problem;
  std::size_t position;  // octet offset in the text given at which the problem shows

  bool operator==(const AddressError&) const = default;
};

// One line for a person, without the address: "Missing final '@domain'", "Illegal address".
std::string_view describe(AddressProblem problem);

struct AddressSpec {
  std::string local_part;  // the text it means: quotes and backslashes removed; 32..126 only; may be empty ("")
  std::string domain;      // as written: "Example.com" or "[192.0.2.1]", "[IPv6:2001:db8::1]"

  bool is_address_literal() const { return domain.starts_with('['); }
  bool operator==(const AddressSpec&) const = default;
};

struct Mailbox {
  std::string display_name;  // UTF-8, decoded, no controls when parsed; empty if there is none
  AddressSpec address;

  bool operator==(const Mailbox&) const = default;
};

// Exactly one RFC 5321 Mailbox: no comments, no blanks around, no angle brackets, no trailing dot. Linear.
[[nodiscard]] Result<AddressSpec, AddressError> parse_addr_spec(std::string_view text);

// From parts already taken apart (no quoting in `local_part`). `position` is always 0.
[[nodiscard]] Result<AddressSpec, AddressError> make_addr_spec(std::string_view local_part, std::string_view domain);

// The local part as it stands on the wire: a dot-string where that is possible, else a quoted string with the least
// quoting (RFC 5321 §4.1.2).
std::string local_part_to_wire(std::string_view local_part);
// "local@domain" with the local part in wire form.
std::string to_wire(const AddressSpec& address);

// RFC 5322 §3.2.3.
bool is_atext(char c);

}  // namespace sesame::message
