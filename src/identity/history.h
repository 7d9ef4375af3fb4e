// identity/history.h: what changed of an identity, as entries of its history (store::HistoryEntry). Pure.
//
// A document is one JSON object:
//
//   {"subject": "verification" | "dkim" | "mail_from",
//    "before": state or null, "after": state or null,
//    "records": [{"purpose", "name", "type", "expected", "before": [...], "after": [...]}]}
//
//   state of verification   {"status"}
//   of dkim                 {"status", "signing_enabled", "origin", "selectors": [...]}
//   of mail_from            {"domain", "status", "behavior"}
//
// The words are those of store/identity_json.h. An entry whose states are equal tells of records alone. `records` of a
// change of state that a look made: all that belong to the part, as the diagnosis before and this look found them; of a
// part that kept its state: those that were found to be others. A look that not all servers had the same answer to, or
// none, changes nothing. Values are cut after max_value_octets, and after max_values of a record: strangers publish
// them.
#pragma once

#include <boost/json/object.hpp>
#include <vector>

#include "identity/look.h"
#include "store/identity_record.h"

namespace sesame::identity {

constexpr std::size_t max_value_octets = 300;
constexpr std::size_t max_values = 5;

// What a look saw, and the diagnosis it replaces (empty: there was none). Both outlive their user.
struct Seen {
  const Look& look;
  const boost::json::object& previous;
};

// Oldest first; empty when nothing of this kind changed.
std::vector<store::HistoryEntry> history_of(const store::IdentityRecord& before, const store::IdentityRecord& after,
                                            const Seen* seen, Time now);
// The one entry a new identity begins with.
std::vector<store::HistoryEntry> history_of_creation(const store::IdentityRecord& created);

}  // namespace sesame::identity
