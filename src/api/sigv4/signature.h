// api/sigv4/signature.h: from a canonical request to a signature (AWS4-HMAC-SHA256).
//
// Source: "Create a signed AWS API request" (AWS IAM User Guide), steps 2 to 4.
#pragma once

#include <string>
#include <string_view>

#include "base/secret.h"

namespace sesame::sigv4 {

inline constexpr std::string_view algorithm_name = "AWS4-HMAC-SHA256";
inline constexpr std::string_view scope_terminator = "aws4_request";

// What a signature is good for: one day (YYYYMMDD), one region, one service.
struct Scope {
  std::string date;
  std::string region;
  std::string service;
  bool operator==(const Scope&) const = default;
};

std::string scope_text(const Scope& scope);  // 20150830/us-east-1/ses/aws4_request

// `amz_date` in the form of format_amz().
std::string string_to_sign(std::string_view amz_date, const Scope& scope, std::string_view canonical_request);

Secret signing_key(const Secret& secret_access_key, const Scope& scope);  // 32 octets

// 64 lower-case hex digits.
std::string calculate_signature(const Secret& secret_access_key, const Scope& scope, std::string_view string_to_sign);

}  // namespace sesame::sigv4
