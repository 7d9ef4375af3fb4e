// api/sigv4/authorization.h: the text forms in which a client presents a signature.
//
//   Authorization: AWS4-HMAC-SHA256 Credential=<key>/<date>/<region>/<service>/aws4_request, SignedHeaders=a;b,
//   Signature=<hex>
//   ?X-Amz-Algorithm=..&X-Amz-Credential=..&X-Amz-Date=..&X-Amz-Expires=..&X-Amz-SignedHeaders=..&X-Amz-Signature=..
//
// Only the grammar; whether scope, time and signature are right is verify.h's business. Bad input never throws, and
// failure texts hold no octet of the input that was not checked to be printable ASCII.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "api/sigv4/canonical.h"
#include "api/sigv4/failure.h"
#include "api/sigv4/signature.h"
#include "base/result.h"

namespace sesame::sigv4 {

inline constexpr std::size_t max_authorization_octets = 8192;
inline constexpr std::size_t max_signed_headers = 100;
inline constexpr std::size_t max_access_key_id_octets = 128;
inline constexpr std::chrono::seconds max_presigned_lifetime{604800};  // seven days

struct Authorization {
  std::string access_key_id;                // visible ASCII without '/' and ','
  Scope scope;                              // three non-empty parts, the terminator was right
  std::vector<std::string> signed_headers;  // lower-case tokens, no duplicates, in the client's order
  std::string signature;                    // visible ASCII; not yet known to be hex
  bool operator==(const Authorization&) const = default;
};

// The value of an Authorization header. The three parts may come in any order, once each.
Result<Authorization, AuthFailure> parse_authorization_header(std::string_view value);

// The inverse of parse_authorization_header.
std::string authorization_header(const Authorization& authorization);

struct PresignedAuthorization {
  Authorization authorization;
  std::string amz_date;
  std::chrono::seconds lifetime;  // 1 to max_presigned_lifetime
  std::string session_token;      // may be empty
};

// True if any parameter belongs to a presigned query, complete or not.
bool is_presigned(const std::vector<Parameter>& parameters);

Result<PresignedAuthorization, AuthFailure> parse_presigned_query(const std::vector<Parameter>& parameters);

}  // namespace sesame::sigv4
