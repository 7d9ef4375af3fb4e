// zone/zone_file.h: a zone as text, one record per line: `name. ttl IN TYPE data` (RFC 1035 §5.1).
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "zone/zone_data.h"

namespace sesame::zone {

// The SOA first. Any DNS server reads it.
std::string print_zone(const ZoneData& zone);

struct ZoneFileError {
  std::size_t line = 0;  // from 1
  std::string text;
};

// Reads what print_zone writes, comments (`;`) and empty lines. Not the directives, relative names and parentheses of
// hand-written files. The first record must be the SOA; its name is the apex.
Result<ZoneData, ZoneFileError> parse_zone(std::string_view text);

}  // namespace sesame::zone
