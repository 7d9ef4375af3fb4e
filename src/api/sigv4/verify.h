// api/sigv4/verify.h: is this request signed by the owner of that access key?
//
// Two steps, because the secret lives behind an asynchronous store:
//
//   const auto signed_request = sigv4::parse_authorization(facts, options);      // all that needs no secret
//   ... look up signed_request->access_key_id; not there: AuthFailureKind::unknown_key ...
//   const auto verdict = sigv4::verify(*signed_request, secret, clock.now());    // time and signature
//
// What must be signed: the header `host`, every `x-amz-*` header that is present, and always the body. The header form
// needs X-Amz-Date; the presigned form is for GET. Only the presence of a session token is noted, its value is the
// caller's to judge. Pure functions; any thread. Linear in the request (the body is hashed once).
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "api/sigv4/canonical.h"
#include "api/sigv4/failure.h"
#include "api/sigv4/signature.h"
#include "base/clock.h"
#include "base/result.h"
#include "base/secret.h"

namespace sesame::sigv4 {

// How far a client's clock may be off, either way (spec/ses.md section 6).
inline constexpr std::chrono::minutes max_clock_skew{5};

struct VerifyOptions {
  std::vector<std::string> services{"ses", "sns"};
  std::vector<std::string> regions{};  // empty: any
  bool normalize_path = true;
};

// Owns all it needs, so that the HTTP request may be dropped or moved before verify().
struct SignedRequest {
  std::string access_key_id;
  Scope scope;
  std::string session_token;  // may be empty; signed
  Time signed_at;
  std::chrono::seconds lifetime;  // how long after signed_at it is good
  std::string signature;
  // What the client may have signed, most likely first: one text, or two when the path's escapes are not in RFC 3986
  // form (see PathRule). Both name the same resource.
  std::vector<std::string> strings_to_sign;
};

// Errors: missing, malformed, wrong_scope, payload_mismatch.
Result<SignedRequest, AuthFailure> parse_authorization(const HttpFacts& facts, const VerifyOptions& options);

// Errors: expired, not_yet_current, signature_mismatch. The signature is compared in constant time.
Result<void, AuthFailure> verify(const SignedRequest& request, const Secret& secret_access_key, Time now);

}  // namespace sesame::sigv4
