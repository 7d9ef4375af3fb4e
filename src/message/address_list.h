// message/address_list.h: the address lists of header fields, read tolerantly and written strictly.
//
// Source: RFC 5322 §3.4 (mailbox, group, lists), §4.4 (obsolete forms), RFC 2047 §5 (encoded words in phrases).
//
// Read: comments and folding anywhere, obsolete local parts, domains and routes, dots and raw UTF-8 in display names,
// empty list elements, a missing comma after a group. Each address must then be an RFC 5321 Mailbox (address.h).
// Encoded words in phrases and comments are decoded, in quoted strings they are not (RFC 2047 §5). A comment beside an
// address without display name becomes its display name (the custom RFC 5322 §3.4 mentions). Routes are dropped.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "message/address.h"

namespace sesame::message {

constexpr std::size_t max_list_mailboxes = 2'000;

// `value` is a field's value, folded or not. Groups give their members; their names are dropped.
//   returns  the mailboxes in order; empty for a list of nothing ("undisclosed-recipients:;", "")
//   errors   AddressError with the offset in `value`
// Linear.
[[nodiscard]] Result<std::vector<Mailbox>, AddressError> parse_address_list(std::string_view value);

// The same without groups and with at least one mailbox (From, RFC 5322 §3.6.2): AddressProblem::empty if none.
[[nodiscard]] Result<std::vector<Mailbox>, AddressError> parse_mailbox_list(std::string_view value);

// Exactly one mailbox (Sender): AddressProblem::illegal if there are more.
[[nodiscard]] Result<Mailbox, AddressError> parse_mailbox(std::string_view value);

// Field text without folding: `"Doe, J." <j@example.com>`; 7-bit whatever the display name holds.
std::string format_mailbox(const Mailbox& mailbox);
std::string format_mailbox_list(std::span<const Mailbox> mailboxes);  // separated by ", "

}  // namespace sesame::message
