// api/sigv4/failure.h: why a request is not authenticated, and the one table that says so to a client.
#pragma once

#include <string>
#include <string_view>

namespace sesame::sigv4 {

// Every one ends the request. The kind says who raises it.
enum class AuthFailureKind {
  missing,             // parse_authorization: neither an Authorization header nor a presigned query
  malformed,           // parse_authorization: cannot be read, or lacks something that must be signed
  unknown_key,         // the caller: no such access key id, or it is not active
  wrong_scope,         // parse_authorization: date, region, service or terminator of the credential scope
  payload_mismatch,    // parse_authorization: x-amz-content-sha256 is not the hash of the body
  signature_mismatch,  // verify
  expired,             // verify: signed too long ago
  not_yet_current,     // verify: signed in the future
  expired_token,       // the caller: the session token's time is over
};

struct AuthFailure {
  AuthFailureKind kind;
  std::string text;  // for the client; empty: the table's own message says it all
};

// How a failure looks on the wire (spec/ses.md section 6).
struct AuthFailureWire {
  std::string_view v1_code;        // <Code> of the Query APIs (SES v1, SNS)
  std::string_view v2_error_type;  // x-amzn-ErrorType of the JSON API
  int http_status;
  std::string_view message;  // unless the failure brings its own text
};
AuthFailureWire wire_form(AuthFailureKind kind);

// What the client reads. Printable ASCII.
std::string message_of(const AuthFailure& failure);

}  // namespace sesame::sigv4
