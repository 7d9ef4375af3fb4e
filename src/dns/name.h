// dns/name.h: domain names as text.
//
// Inside the project a domain name is a std::string in presentation form: lower case, no trailing dot, labels of
// letters, digits, '-' and '_' (anything else escaped \DDD only when read from the wire). The root is "".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sesame::dns {

constexpr std::size_t max_label_octets = 63;  // RFC 1035 §2.3.4
constexpr std::size_t max_name_octets = 253;  // presentation form of the 255-octet wire form

// Lower case, one trailing dot removed. No check.
std::string canonical(std::string_view name);

// True for at least one label, each 1..63 octets of letters, digits, '-', '_' (and '*' as a whole first label), total
// within max_name_octets.
bool is_valid_name(std::string_view name);
// The same but host name labels only: letters, digits and inner '-' (RFC 1123 §2.1); at least two labels, the last one
// not all digits.
bool is_valid_host(std::string_view name);

// Label-wise, case-insensitive. "a.example.com" lies below "example.com"; a name does not lie below itself.
bool is_below(std::string_view name, std::string_view ancestor);
bool is_at_or_below(std::string_view name, std::string_view ancestor);
bool equal(std::string_view a, std::string_view b);

// "a.b.example" -> "b.example"; a single label -> "".
std::string_view parent(std::string_view name);
std::size_t label_count(std::string_view name);

// IDNA 2008 (libidn2, non-transitional): U-labels to A-labels, lower case. nullopt if not a valid domain.
std::optional<std::string> to_ascii(std::string_view utf8_name);

}  // namespace sesame::dns
