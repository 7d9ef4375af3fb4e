// api/sigv4/sign.h: signs requests as a client of the API.
//
// Pure functions; any thread. The time is an argument, so a published vector is an ordinary call.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "api/sigv4/canonical.h"
#include "base/clock.h"
#include "base/result.h"
#include "base/secret.h"

namespace sesame::sigv4 {

struct SigningCredentials {
  std::string access_key_id;
  Secret secret_access_key;
  std::string session_token;  // empty: none
};

struct SigningOptions {
  std::string region;
  std::string service;
  Time at;
  bool normalize_path = true;
};

struct OwnedHeader {
  std::string name;
  std::string value;
};

enum class SignError {
  no_host,       // facts must hold exactly one Host header
  bad_escape,    // the target is not percent-encoded
  bad_lifetime,  // not 1 to 604800 seconds
  reserved,  // facts already hold what signing adds (X-Amz-Date, X-Amz-Security-Token, Authorization, X-Amz-* query)
};

// The headers to add to the request: X-Amz-Date, X-Amz-Security-Token if there is one, Authorization. Everything in
// facts.headers is signed except fields that hops on the way may change (Connection, User-Agent, ...).
Result<std::vector<OwnedHeader>, SignError> sign(const HttpFacts& facts, const SigningCredentials& credentials,
                                                 const SigningOptions& options);

// The target with the signature in its query, good for `lifetime`. The request must carry every header of facts that
// sign() would sign. Our own server takes presigned GETs only; others take more, so the method is not looked at.
Result<std::string, SignError> presign(const HttpFacts& facts, const SigningCredentials& credentials,
                                       const SigningOptions& options, std::chrono::seconds lifetime);

}  // namespace sesame::sigv4
