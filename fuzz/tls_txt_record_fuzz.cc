// Any TXT record, read as MTA-STS (RFC 8461 §3.1) and as TLS-RPT (RFC 8460 §3): what parses can be written and read
// again, and a semicolon at the end changes nothing.
#include <cstdint>
#include <string>

#include "check.h"
#include "check/mta_sts.h"
#include "check/tls_rpt.h"

using namespace sesame::check;

namespace {

void check_mta_sts(const std::string& txt) {
  const auto record = parse_mta_sts_record(txt);
  if (!record) return;
  check(!record->id.empty() && record->id.size() <= 32);
  const auto again = parse_mta_sts_record("v=STSv1; id=" + record->id + ";");
  check(again && again->id == record->id);
}

void check_tls_rpt(const std::string& txt) {
  const auto record = parse_tls_rpt_record(txt);
  check(!record || is_tls_rpt_record(txt));
  if (!record) return;
  std::string written = "v=TLSRPTv1; rua=";
  for (const std::string& uri : record->rua) {
    check(uri.find_first_of(" ;,!") == uri.npos);
    written += (&uri == &record->rua.front() ? "" : ", ") + uri;
  }
  const auto again = parse_tls_rpt_record(written);
  check(again && again->rua == record->rua);
  if (txt.find_last_not_of(" \t") == txt.npos || txt[txt.find_last_not_of(" \t")] == ';') return;
  const auto ended = parse_tls_rpt_record(txt + ";");
  check(ended && ended->rua == record->rua);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string txt(reinterpret_cast<const char*>(data), size);
  check_mta_sts(txt);
  check_tls_rpt(txt);
  return 0;
}
