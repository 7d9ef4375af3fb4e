// mailauth/tag_list.h: lists of tag=value, as DKIM and DMARC write them.
//
// Source: RFC 6376 §3.2; RFC 9989 §4.7 uses the same form. Views into the caller's text. Linear in the text.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sesame::mailauth {

struct Tag {
  std::string_view name;   // as written; DKIM compares with case, DMARC without
  std::string_view value;  // outer blanks and folding removed; inner ones remain
};

struct TagListError {
  std::string text;  // one sentence
};

// Strict: names of letters, digits and '_' beginning with a letter, no empty tag but after a final ';', no name twice.
Result<std::vector<Tag>, TagListError> parse_tag_list(std::string_view text);

// Whatever has the form name=value, in order; everything else is left out. Names may repeat.
std::vector<Tag> scan_tag_list(std::string_view text);

// The first tag of this name, compared with case.
std::optional<std::string_view> find_tag(const std::vector<Tag>& tags, std::string_view name);

// The value without any blank or line end, for base64 and name lists.
std::string without_blanks(std::string_view value);

// "a : b:c" -> {"a","b","c"}: a colon-separated list with blanks around its items.
std::vector<std::string_view> split_list(std::string_view value);

}  // namespace sesame::mailauth
