// store/identity_json.h: the nested state of an identity as the JSON document both engines keep in a column.
//
// Format 1 (docs/store-format.md): one object, every member always present, null for "unset", times as milliseconds
// since 1970, enumerators by name. What stands in columns (account, name, kind, created, version, next_look) is not
// repeated.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "store/identity_record.h"

namespace sesame::store {

// The words of the document, which everything else that writes lower-case words uses as well.
std::string_view name(VerificationStatus status);
std::string_view name(MailFromStatus status);
std::string_view name(BehaviorOnMxFailure behavior);
std::string_view name(DkimOrigin origin);

std::string identity_state_to_json(const IdentityRecord& identity);

// Fills the nested state of `identity`. Strict: a missing, unknown or mistyped member is an error that names it (and
// leaves `identity` half filled), for then the row was damaged or written by another version. Never throws on input.
Result<void, std::string> read_identity_state(std::string_view text, IdentityRecord& identity);

}  // namespace sesame::store
