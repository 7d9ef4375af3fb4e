// store/new_credential.h: making access keys.
#pragma once

#include "base/clock.h"
#include "base/random.h"
#include "store/control_store.h"

namespace sesame::store {

// A new access key of `account_id`: "SESA" and 16 letters or digits, a secret of 40 characters. Not yet stored.
Credential new_credential(std::string account_id, std::string description, const Clock& clock, RandomSource& random);

}  // namespace sesame::store
