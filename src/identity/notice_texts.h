// identity/notice_texts.h: the words of the mails the service sends about identities. Pure.
//
// A notice on every change of state (spec 1.3, 2.3): what changed, what it means for mail being sent now, what to do
// until when. Lines end with \n and are at most 78 characters as far as names allow. `to` is left for the caller to
// fill in.
#pragma once

#include <string>

#include "base/clock.h"
#include "identity/notices.h"
#include "identity/service_names.h"
#include "identity/verification.h"
#include "store/identity_record.h"

namespace sesame::identity {

// `told.change` must not be none. `identity` is the state after the change, and has what `told.subject` names.
Notice change_notice(const Told& told, const store::IdentityRecord& identity, const ServiceNames& names);

// To the address to be verified. `link` is complete.
Notice verification_link_notice(const store::IdentityRecord& identity, const ServiceNames& names,
                                const std::string& link);

}  // namespace sesame::identity
