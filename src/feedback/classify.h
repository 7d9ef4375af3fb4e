// feedback/classify.h: one classifier for the feedback door and `sesame classify`.
//
// Source: RFC 3464 (delivery status notifications), RFC 6533 (internationalised), RFC 5965 and 6591 (abuse and
// authentication failure reports), RFC 9477 (CFBL, in ARF or XARF), RFC 8098 (read receipts), RFC 3834 (automatic
// responses), and the notices of mail systems that follow none of these, which are read by the tables under rules/.
//
// In this order, the first that applies: a feedback report; an SES notification as JSON; a delivery status; a read
// receipt; a notice in words; an automatic reply. A notice in words needs two independent signs (who writes, the
// subject, a sentence, a refusal), so that a person who quotes a bounce makes none.
#pragma once

#include <string_view>

#include "feedback/report.h"

namespace sesame::feedback {

// Of a message, what is read; what a report says stands in front of the message it returns.
constexpr std::size_t max_classified_octets = 1 << 20;

// Never fails. Time and memory are bounded by max_classified_octets, whatever the MIME structure. Any line ends; a
// "From " line of a mailbox file in front is skipped. Thread-safe.
Report classify(std::string_view message);

}  // namespace sesame::feedback
