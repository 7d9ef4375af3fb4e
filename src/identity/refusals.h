// identity/refusals.h: the texts of refusals that several operations share, in the words SES is known for (spec
// 1, 2.1).
#pragma once

#include <string_view>

#include "identity/error.h"
#include "store/error.h"

namespace sesame::identity {

std::unexpected<IdentityError> refuse(IdentityErrc code, std::string text);

// "Email identity x does not exist.", as SES v2 says it of most operations.
IdentityError no_such_identity(std::string_view name);
// "Identity <x> does not exist.", as SES says it of the MAIL FROM domain.
IdentityError no_such_identity_for_mail_from(std::string_view name);
// "Domain x is not verified for DKIM signing.": what SES says of the DKIM switch where there is nothing to switch.
IdentityError not_set_up_for_dkim(std::string_view domain);

// What a failed store operation on the identity `name` means to the caller. The detail goes to the log.
IdentityError from_store(const store::StoreError& error, std::string_view name);

}  // namespace sesame::identity
