#include "api/sigv4/signature.h"

#include "base/digest.h"
#include "base/text.h"

namespace sesame::sigv4 {

std::string scope_text(const Scope& scope) {
  return fmt::format("{}/{}/{}/{}", scope.date, scope.region, scope.service, scope_terminator);
}

std::string string_to_sign(std::string_view amz_date, const Scope& scope, std::string_view canonical_request) {
  return fmt::format("{}\n{}\n{}\n{}", algorithm_name, amz_date, scope_text(scope), sha256_hex(canonical_request));
}

Secret signing_key(const Secret& secret_access_key, const Scope& scope) {
  const Secret first(fmt::format("AWS4{}", secret_access_key.reveal()));
  const Secret of_date(hmac_sha256(first.reveal(), scope.date));
  const Secret of_region(hmac_sha256(of_date.reveal(), scope.region));
  const Secret of_service(hmac_sha256(of_region.reveal(), scope.service));
  return Secret(hmac_sha256(of_service.reveal(), scope_terminator));
}

std::string calculate_signature(const Secret& secret_access_key, const Scope& scope, std::string_view string_to_sign) {
  return hex_encode(hmac_sha256(signing_key(secret_access_key, scope).reveal(), string_to_sign));
}

}  // namespace sesame::sigv4
