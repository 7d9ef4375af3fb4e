// mailauth/results/authentication_results.h: the Authentication-Results field, written and read.
//
// Source: RFC 8601 §2.2 (grammar), §2.7 (methods and results), §5 (whose fields to believe: the caller's business).
// Texts of outside origin may stand in any value: what a header field cannot hold is replaced when writing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sesame::mailauth {

struct ResultProperty {
  std::string type;   // "smtp", "header", "body", "policy"
  std::string name;   // "mailfrom", "d"
  std::string value;  // unquoted
  friend bool operator==(const ResultProperty&, const ResultProperty&) = default;
};

struct MethodResult {
  std::string method;   // "spf", "dkim", "dmarc"; lower case when read
  std::string result;   // "pass"; lower case when read
  std::string reason;   // unquoted; empty if there is none
  std::string comment;  // written after the result; not kept when reading
  std::vector<ResultProperty> properties;
  friend bool operator==(const MethodResult&, const MethodResult&) = default;
};

struct AuthenticationResults {
  std::string authserv_id;            // who judged
  std::vector<MethodResult> results;  // empty: "none"
  friend bool operator==(const AuthenticationResults&, const AuthenticationResults&) = default;
};

// The value on one line: "mx.example; spf=pass smtp.mailfrom=example.com; dkim=none".
std::string format_value(const AuthenticationResults& results);
// The whole field, folded so that each method begins a line, ending in CRLF.
std::string format_field(const AuthenticationResults& results);

struct ResultsParseError {
  std::size_t position = 0;  // octet of the value where reading stopped
};

// `value` is a field's value, folded or not. Comments and an unknown version's number are skipped; a value that is
// empty has an empty authserv_id and no results. Linear.
Result<AuthenticationResults, ResultsParseError> parse_authentication_results(std::string_view value);

}  // namespace sesame::mailauth
