// api/sigv4/canonical.h: the canonical request of AWS Signature Version 4.
//
// Source: "Create a signed AWS API request" (AWS IAM User Guide), the rules for every service but S3, and what the
// signers of botocore, the JavaScript SDK and aws-c-auth do where that text is silent. Pure functions, no limits of
// their own: the HTTP reader has bounded target, header section and body before they get here.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sesame::sigv4 {

struct HeaderView {
  std::string_view name;
  std::string_view value;
};

// One HTTP request as it is on the wire. Views: whatever they look at must outlive it.
struct HttpFacts {
  std::string_view method;
  std::string_view target;          // origin form, path and query still percent-encoded
  std::vector<HeaderView> headers;  // in wire order, duplicates kept
  std::string_view body;
};

enum class CanonicalError {
  bad_escape,  // a '%' without two hex digits; refuse the request as malformed
};

// The path on the wire already is one encoding of the path, and SigV4 wants two.
enum class PathRule {
  // Encode the wire's octets once more. This is what every client signs: it signs what it sends.
  encode_again,
  // Decode each segment and encode it twice. The same as encode_again when the wire carries each segment in RFC 3986
  // form; differs when a proxy on the way has rewritten "%40" to "@" or "%c3" to "%C3".
  decode_and_encode_twice,
};

struct CanonicalOptions {
  bool normalize_path = true;  // drop empty and "." segments, resolve ".."
  PathRule path_rule = PathRule::encode_again;
};

// The path and the query of a target; the query is what follows the first '?'.
struct TargetParts {
  std::string_view path;
  std::string_view query;
};
TargetParts split_target(std::string_view target);

// One decoded parameter of a query.
struct Parameter {
  std::string name;
  std::string value;
};

// The parameters of a raw query in wire order. "a" is the same as "a="; empty pieces ("a&&b") are dropped. A '+' is a
// space. Whoever routes on a query must decode it with this function: a second opinion on '+' would let somebody on
// the way change the meaning of a signed request.
Result<std::vector<Parameter>, CanonicalError> decode_query(std::string_view raw_query);

// Errors: bad_escape with PathRule::decode_and_encode_twice only.
Result<std::string, CanonicalError> canonical_path(std::string_view raw_path, const CanonicalOptions& options);

// Encoded, sorted by encoded name, then by encoded value. X-Amz-Signature is left out.
std::string canonical_query(const std::vector<Parameter>& parameters);

// Strips blanks (SP, HTAB and the CR LF of folded lines) at both ends; a run of them inside becomes one space.
std::string canonical_header_value(std::string_view value);

// The whole canonical request.
//
//   signed_headers  lower case, in the order they are to be listed; values of a repeated header are joined by ","; one
//                   that the request does not have stands for an empty value
//   payload_hash    lower-case hex SHA-256 of the body
Result<std::string, CanonicalError> canonical_request(const HttpFacts& facts,
                                                      std::span<const std::string> signed_headers,
                                                      std::string_view payload_hash, const CanonicalOptions& options);

}  // namespace sesame::sigv4
