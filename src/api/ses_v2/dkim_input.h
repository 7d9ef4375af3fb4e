// api/ses_v2/dkim_input.h: DkimSigningAttributes, which two operations take.
#pragma once

#include <optional>

#include "api/json.h"
#include "identity/identity_service.h"

namespace sesame::api {

struct DkimSigningInput {
  std::optional<identity::OwnDkimKey> own_key;
  std::optional<std::uint32_t> next_key_bits;
};

// Notes in `validation` what is out of bounds or half there. Errors: bad_request for an own key and a key length at
// once.
ApiResult<DkimSigningInput> read_dkim_signing(const ObjectReader& attributes, Validation& validation);

}  // namespace sesame::api
