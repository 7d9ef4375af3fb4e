// check/txt_fields.h: the TXT records of MTA-STS and TLS-RPT share one form: `v=<version>; name=value; ...`. Pure.
//
// Source: RFC 8461 §3.1 (sts-text-record), RFC 8460 §3 (tlsrpt-record). The version comes first, exactly so spelled.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sesame::check {

struct RecordProblem {
  std::string text;  // completes "the record ..."
};

struct TxtField {
  std::string_view name, value;  // views into the text; neither is empty
};

// Letters, digits, '_', '-', '.', the first a letter or digit, at most 32: how extensions may be called in both.
bool is_field_name(std::string_view name);

// True if `txt` claims to be such a record: `version` ("v=STSv1") alone or with blanks before a ';'.
bool has_version(std::string_view txt, std::string_view version);

// The fields after the version; one ';' may end the record. What may stand in a value is for the caller to say. Linear.
Result<std::vector<TxtField>, RecordProblem> txt_fields(std::string_view txt, std::string_view version);

// A value as extensions may have: visible ASCII without ';' and '='.
bool is_field_value(std::string_view value);

}  // namespace sesame::check
