#include "check/tls_rpt.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace sesame::check {
namespace {

constexpr std::string_view record_version = "v=TLSRPTv1";

// RFC 3986 in outline: a scheme this record may have, something after it, no octet that would have to be encoded.
bool is_report_uri(std::string_view uri) {
  const std::size_t colon = uri.find(':');
  if (colon == uri.npos || !percent_decode(uri)) return false;
  const std::string_view scheme = uri.substr(0, colon);
  const std::string_view rest = uri.substr(colon + 1);
  if (std::ranges::any_of(rest, [](char c) { return c <= ' ' || c > '~' || c == ';' || c == '!'; })) return false;
  if (ascii_iequals(scheme, "mailto")) {
    const std::size_t at = rest.rfind('@');
    return at != rest.npos && at > 0 && at + 1 < rest.size();
  }
  return ascii_iequals(scheme, "https") && rest.size() > 2 && rest.starts_with("//");
}

}  // namespace

bool is_tls_rpt_record(std::string_view txt) { return has_version(txt, record_version); }

Result<TlsRptRecord, RecordProblem> parse_tls_rpt_record(std::string_view txt) {
  const auto fields = txt_fields(txt, record_version);
  if (!fields) return std::unexpected(fields.error());
  TlsRptRecord record;
  for (const TxtField& field : *fields) {
    if (field.name != "rua") {
      if (is_field_value(field.value)) continue;
      return std::unexpected(RecordProblem{fmt::format("has a {}= that is not allowed", field.name)});
    }
    for (const std::string_view part : split(field.value, ',')) {
      const std::string_view uri = trim(part);
      if (!is_report_uri(uri))
        return std::unexpected(RecordProblem{"has an address in rua= that is neither mailto: nor https:"});
      record.rua.emplace_back(uri);
    }
  }
  if (record.rua.empty()) return std::unexpected(RecordProblem{"has no rua="});
  return record;
}

}  // namespace sesame::check
