#include "api/sigv4/failure.h"

#include <utility>

namespace sesame::sigv4 {
namespace {

constexpr std::string_view mismatch_text =
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key "
    "and signing method. Consult the service documentation for details.";

}  // namespace

AuthFailureWire wire_form(AuthFailureKind kind) {
  using enum AuthFailureKind;
  switch (kind) {
    case missing:
      return {"MissingAuthenticationToken", "MissingAuthenticationTokenException", 403,
              "Request is missing Authentication Token"};
    case malformed:
      return {"IncompleteSignature", "IncompleteSignatureException", 400,
              "The request signature does not conform to AWS standards."};
    case unknown_key:
      return {"InvalidClientTokenId", "UnrecognizedClientException", 403,
              "The security token included in the request is invalid."};
    case expired_token:
      return {"ExpiredToken", "ExpiredTokenException", 403, "The security token included in the request is expired"};
    case wrong_scope:
    case payload_mismatch:
    case signature_mismatch:
    case expired:
    case not_yet_current: return {"SignatureDoesNotMatch", "SignatureDoesNotMatch", 403, mismatch_text};
  }
  std::unreachable();
}

std::string message_of(const AuthFailure& failure) {
  return failure.text.empty() ? std::string(wire_form(failure.kind).message) : failure.text;
}

}  // namespace sesame::sigv4
