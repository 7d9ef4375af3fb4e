// identity/error.h: why an identity operation was refused.
#pragma once

#include <string>

#include "base/result.h"
#include "net/task.h"

namespace sesame::identity {

enum class IdentityErrc {
  not_found,  // no such identity
  already_exists,
  invalid_name,         // neither a domain nor an address within the limits of spec 1.1
  invalid_mail_from,    // not a domain name, too long
  mail_from_not_below,  // not strictly below the domain of the identity (spec 2.1)
  limit_exceeded,       // 10,000 identities per account
  invalid_dkim_key,     // own key: not base64 PKCS#1/PKCS#8, not RSA, not 1024..2048 bits
  invalid_selector,
  key_change_refused,  // key length: same again, or within 24 h of the last change
  not_a_domain,        // the operation concerns domains only
  concurrent_change,   // gave up after several conflicts; the caller may try again
  unavailable,         // the store failed; nothing was changed
};

struct IdentityError {
  IdentityErrc code = IdentityErrc::unavailable;
  std::string text;  // for the caller, in the words the service is known for; no internals
};

template <class T>
using IdentityTask = net::Task<Result<T, IdentityError>>;

}  // namespace sesame::identity
