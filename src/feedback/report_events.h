// feedback/report_events.h: from a report to the events of the message it is about (docs/events.md).
#pragma once

#include <string_view>
#include <vector>

#include "base/clock.h"
#include "feedback/report.h"
#include "store/queue_store.h"

namespace sesame::feedback {

// What one report may write, however long it is: SES takes 50 recipients in a message.
constexpr std::size_t max_report_events = 50;

// A report speaks only for recipients the message really had. An address it names is matched against them exactly, else
// with the domain in any case, else with the local part in any case too. What it says of anybody else (mail that was
// forwarded) counts once, for the sole recipient, or for the message as a whole (an empty recipient) when there are
// several.
//
// An event suppresses its recipient only when the report speaks of that very address and the cause is the address
// itself (replies::suppresses), or when the recipient complained of the message.
//
// At most one event per recipient and kind, the first the report gives; at most max_report_events.
//
// `kept`: the name under which a mail that is not understood is kept (kept_mail.h).
std::vector<store::Event> to_events(const Report& report, const store::MessageRecord& message, Time now,
                                    std::string_view kept = "");

}  // namespace sesame::feedback
