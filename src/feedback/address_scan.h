// feedback/address_scan.h: addresses in free text, as notices write them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sesame::feedback {

struct FoundAddress {
  std::string address;
  std::size_t begin = 0, end = 0;  // in the text, angle brackets included
};

// What looks like an RFC 5321 mailbox: a dot-string (dots may repeat, as in the world), quoted string or UTF-8 local
// part, "@", a domain or literal. Punctuation around it, "mailto:", "smtp:" and "SMTP=" are no part of it, nor, outside
// of angle brackets, the text of scripts that set no blanks around an ASCII address. At most `max` of them, in order.
// Linear.
std::vector<FoundAddress> find_addresses(std::string_view text, std::size_t max);

}  // namespace sesame::feedback
