// mailauth/arc/sets.h: the ARC sets of a message, put in order.
//
// Source: RFC 8617 §4.1 (the three fields), §4.2 (sets and instances), §4.4 (cv=), §5.2 steps 1 to 3. Pure: no
// signature is looked at.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "message/header_section.h"

namespace sesame::mailauth::arc {

constexpr unsigned max_instances = 50;  // §4.2.1

// One intermediary's three fields; none is null. They are the message's, and live as long as it does.
struct ArcSet {
  const message::HeaderField* authentication_results = nullptr;
  const message::HeaderField* message_signature = nullptr;
  const message::HeaderField* seal = nullptr;
};

struct SetsError {
  std::string text;  // one sentence; whatever it is, the chain's status is fail
};

// The sets in the order of their instances: set i stands at i - 1. Empty if the message has no ARC field at all.
//
// It is an error if an instance is missing, repeated or out of range, if a set lacks a field, if a cv= does not
// fit its place (none for the first, pass for the others), or if the newest says cv=fail. Linear in the header section.
Result<std::vector<ArcSet>, SetsError> collect_sets(const message::ParsedMessage& message);

}  // namespace sesame::mailauth::arc
