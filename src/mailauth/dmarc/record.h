// mailauth/dmarc/record.h: DMARC policy records as values.
//
// Source: RFC 9989 §4.7 (tags), §4.8 (grammar), §4.10.1 (what a broken policy means). The tags of RFC 7489 that are
// gone (pct, rf, ri) are unknown tags. Errors outside p, sp and np are ignored in favour of the defaults.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sesame::mailauth::dmarc {

enum class Policy { none, quarantine, reject };
std::string_view name(Policy policy);

enum class Alignment { relaxed, strict };
enum class PublicSuffix { unknown, yes, no };  // psd=u, y, n

struct DmarcRecord {
  // p=, sp=, np= as they have to be acted on. No p: the record asks for no processing at all (§4.10.1).
  std::optional<Policy> p;
  std::optional<Policy> sp;
  std::optional<Policy> np;
  Alignment adkim = Alignment::relaxed;
  Alignment aspf = Alignment::relaxed;
  PublicSuffix psd = PublicSuffix::unknown;
  bool testing = false;          // t=y
  std::vector<std::string> rua;  // URIs whose form is right, RFC 7489's size suffix removed
  std::vector<std::string> ruf;
  std::string fo = "0";  // of the characters 0, 1, d, s; "0" unless given
  std::string problem;   // one sentence if something was ignored or replaced

  // The policy for a domain below the one with the record (§4.7: np, else sp, else p).
  std::optional<Policy> for_existing_subdomain() const { return sp ? sp : p; }
  std::optional<Policy> for_nonexistent_subdomain() const { return np ? np : for_existing_subdomain(); }
};

enum class RecordError {
  not_dmarc,      // does not begin with v=DMARC1, exactly so spelled: none of our business
  duplicate_tag,  // RFC 6376 §3.2: a name given twice spoils the whole list
};

// `txt` is one whole TXT record. Linear.
Result<DmarcRecord, RecordError> parse_record(std::string_view txt);

}  // namespace sesame::mailauth::dmarc
