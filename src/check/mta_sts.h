// check/mta_sts.h: MTA-STS records and policies as values. Pure.
//
// Source: RFC 8461 §3.1 (the TXT record at _mta-sts.<domain>), §3.2 (the policy file), §4.1 (which hosts it names).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "check/txt_fields.h"

namespace sesame::check {

constexpr std::uint32_t max_policy_age_seconds = 31'557'600;  // §3.2: a year
constexpr std::size_t max_policy_octets = 64 * 1024;          // §3.3: what a fetcher should read at most

struct MtaStsRecord {
  std::string id;  // 1 to 32 letters and digits; another id means another policy
};

enum class MtaStsMode { enforce, testing, none };
std::string_view name(MtaStsMode mode);

struct MtaStsPolicy {
  MtaStsMode mode = MtaStsMode::none;
  std::vector<std::string> mx;  // host names, the first label may be "*"; empty only with mode none
  std::uint32_t max_age_seconds = 0;

  // §4.1: "*." stands for exactly one label.
  bool names_host(std::string_view mx_host) const;
};

// `txt` is one whole TXT record. Linear.
Result<MtaStsRecord, RecordProblem> parse_mta_sts_record(std::string_view txt);
// `body` is the file as fetched: lines ending in LF or CRLF. Of a field given twice the first counts, but for mx.
// Linear.
Result<MtaStsPolicy, RecordProblem> parse_mta_sts_policy(std::string_view body);

}  // namespace sesame::check
