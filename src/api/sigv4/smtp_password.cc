#include "api/sigv4/smtp_password.h"

#include <string>

#include "api/sigv4/signature.h"
#include "base/digest.h"
#include "base/text.h"

namespace sesame::sigv4 {

Secret smtp_password(const Secret& secret_access_key, std::string_view region) {
  // A signing key whose day is fixed, so that the password does not change from day to day.
  const Secret key = signing_key(secret_access_key, {"11111111", std::string(region), "ses"});
  constexpr char version = 0x04;
  const Secret versioned(version + hmac_sha256(key.reveal(), "SendRawEmail"));
  return Secret(base64_encode(versioned.reveal()));
}

bool smtp_password_matches(std::string_view password, const Secret& secret_access_key, std::string_view region) {
  return smtp_password(secret_access_key, region).equals(password);
}

}  // namespace sesame::sigv4
