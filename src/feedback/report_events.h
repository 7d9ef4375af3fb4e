// feedback/report_events.h: from a report to the events of the message it is about (docs/events.md).
#pragma once

#include <vector>

#include "base/clock.h"
#include "feedback/report.h"
#include "store/queue_store.h"

namespace sesame::feedback {

// A report speaks only for recipients the message really had: an address it names is matched against them (domain
// without case; the local part too when nothing else fits), the sole recipient is taken when the report names somebody
// else (mail that was forwarded), and otherwise the event is about the message as a whole.
std::vector<store::Event> to_events(const Report& report, const store::MessageRecord& message, Time now);

}  // namespace sesame::feedback
