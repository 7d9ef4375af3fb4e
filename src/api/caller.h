// api/caller.h: who asks, and what, once the signature has been found good.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/sigv4/canonical.h"

namespace sesame::api {

struct Caller {
  std::string account_id;
  std::string access_key_id;
  std::string source_ip;
  std::string user_agent;  // as sent; may be empty. Outside text: escape it wherever it is shown
  std::string region;      // of the credential scope
  std::string service;     // of the credential scope: "ses", "sns"
};

// One authenticated request, taken apart once. Everything is owned.
struct Call {
  Caller caller;
  std::string request_id;  // x-amzn-RequestId; Front sets the header on every answer
  std::string method;
  // Of the path, decoded once: "/v2/email/identities/a%40b" is {"v2", "email", "identities", "a@b"}. "/" is {""}.
  std::vector<std::string> segments;
  // Decoded, wire order, repetitions kept. JSON APIs: of the query. Query APIs: of the form in the body of a POST, of
  // the query of a GET (where the parameters of a presigned URL, X-Amz-..., are among them).
  std::vector<sigv4::Parameter> parameters;
  std::string body;  // JSON APIs; empty for Query APIs
};

// The first of that name, nullptr if there is none. Names compare octet by octet.
const std::string* find_parameter(const Call& call, std::string_view name);

}  // namespace sesame::api
