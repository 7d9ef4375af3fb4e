// check/tls_rpt.h: TLS-RPT records as values: where a domain wants reports about TLS with its hosts. Pure.
//
// Source: RFC 8460 §3 (the TXT record at _smtp._tls.<domain>).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "check/txt_fields.h"

namespace sesame::check {

struct TlsRptRecord {
  std::vector<std::string> rua;  // mailto: and https: URIs, at least one
};

// True if `txt` claims to be one.
bool is_tls_rpt_record(std::string_view txt);
// `txt` is one whole TXT record. Linear.
Result<TlsRptRecord, RecordProblem> parse_tls_rpt_record(std::string_view txt);

}  // namespace sesame::check
