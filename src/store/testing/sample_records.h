// store/testing/sample_records.h: records with every field set to something recognisable.
#pragma once

#include "store/control_store.h"
#include "store/queue_store.h"

namespace sesame::store {

IdentityRecord sample_identity(std::string name, std::string account_id = "111122223333");
// Without any of the optional parts.
IdentityRecord plain_identity(std::string name, std::string account_id = "111122223333");
DkimKey sample_key(const IdentityRecord& identity, std::string selector, DkimOrigin origin = DkimOrigin::service);

ConfigurationSet sample_configuration_set(std::string name, std::string account_id = "111122223333");

// Accepted at `accepted_ms`, expires a day later.
NewMessage sample_message(std::string api_message_id, std::vector<std::string> recipients,
                          std::int64_t accepted_ms = 1767225600000);
Event sample_event(std::string api_message_id, EventKind kind, std::string recipient = "");

}  // namespace sesame::store
