// sandbox/zone_records.h: DNS records as the sandbox's API and its file have them: [{"name","type","ttl","value"}].
//
//   name    absolute, at or below the zone's apex, with or without the final dot; U-labels become A-labels
//   type    "MX"; types without a form of their own as "TYPE65280" with an RFC 3597 value
//   ttl     0..2147483647 seconds (RFC 2181 §8); 60 if absent
//   value   what a person types at a DNS provider (dns::parse_record_data); written in zone-file form
#pragma once

#include <boost/json/array.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "dns/record.h"

namespace sesame::sandbox {

constexpr std::size_t max_value_octets = 8'192;    // of one record's value
constexpr std::size_t max_listed_records = 2'000;  // in one list

struct RecordsError {
  bool unreadable = false;  // no JSON, or a value of the wrong type; else a value that cannot be
  std::string text;         // one line: "records[2].type: 'MXX' is not a record type"
};

Result<std::vector<dns::Record>, RecordsError> records_from_json(const boost::json::array& list, std::string_view apex);

// The body of a PUT.
Result<std::vector<dns::Record>, RecordsError> parse_zone_records(std::string_view body, std::string_view apex);

// Reading the result gives the records back.
boost::json::array to_json(const std::vector<dns::Record>& records);

}  // namespace sesame::sandbox
