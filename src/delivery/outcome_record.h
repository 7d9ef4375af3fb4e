// delivery/outcome_record.h: from a decision to what is stored: outcome, attempt and event of one recipient.
#pragma once

#include "delivery/retry.h"
#include "store/attempt_tls.h"
#include "store/queue_store.h"

namespace sesame::delivery {

// Where the attempt was made; fields are empty when no connection came about.
struct AttemptPlace {
  std::string remote_host, remote_ip, source_ip;
  store::AttemptTls tls;
};

store::RecipientOutcome to_outcome(const store::DueRecipient& recipient, const Decision& decision,
                                   const AttemptPlace& place, Time now);

// The event that tells of it (docs/events.md): delivery, delivery_delay or bounce.
store::Event to_event(const store::DueRecipient& recipient, const Decision& decision, const AttemptPlace& place,
                      Time now);

}  // namespace sesame::delivery
