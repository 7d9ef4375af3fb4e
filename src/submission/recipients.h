// submission/recipients.h: the envelope's recipients (spec 4.1, 4.2).
#pragma once

#include <string>
#include <vector>

#include "message/header_section.h"
#include "submission/error.h"

namespace sesame::submission {

constexpr std::size_t max_recipients = 50;  // To, Cc and Bcc together

// Address texts as a caller writes them (`Ann <ann@example.com>` or bare), in `member` of the request, become
// forward-paths. An invalid one refuses the whole message. Duplicates are kept once.
//   errors  invalid_parameter, too_many_recipients
SubmissionResult<std::vector<std::string>> recipients_of(const std::vector<std::string>& addresses,
                                                         const std::string& member);
// Those of To, Cc and Bcc of a message.
SubmissionResult<std::vector<std::string>> recipients_of(const message::ParsedMessage& message);

// None, or more than allowed: what the caller named counts, not what remains without duplicates.
SubmissionResult<void> check_count(std::size_t named, const std::vector<std::string>& recipients);

}  // namespace sesame::submission
