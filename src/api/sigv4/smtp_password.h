// api/sigv4/smtp_password.h: the SMTP password that belongs to an access key (spec/ses.md section 5).
//
// Source: "Obtaining Amazon SES SMTP credentials", version 4 of the algorithm. The SMTP user name is the access key id.
// The password is good for one region; it does not give the secret key away.
#pragma once

#include <string_view>

#include "base/secret.h"

namespace sesame::sigv4 {

// 44 characters of base64.
Secret smtp_password(const Secret& secret_access_key, std::string_view region);

// Compares in constant time.
bool smtp_password_matches(std::string_view password, const Secret& secret_access_key, std::string_view region);

}  // namespace sesame::sigv4
