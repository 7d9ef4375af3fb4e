// delivery/retry.h: from what happened to the next step, decided in one exhaustive function.
//
// Source: RFC 5321 §4.2.1 (4yz, 5yz), §4.5.4.1 (retry intervals), §6.1; RFC 7505 (null MX); RFC 3463 for the derived
// enhanced status. Pure: time and chance are arguments.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "base/clock.h"
#include "base/random.h"
#include "delivery/next_hop.h"
#include "smtp/reply.h"
#include "store/queue_store.h"

namespace sesame::delivery {

// How one attempt for one recipient ended, as far as the retry decision cares.
struct DeliveredOutcome {
  smtp::Reply reply;  // to the final dot
};
struct ReplyOutcome {  // the peer's answer to MAIL, RCPT, DATA or the final dot (or to the greeting, EHLO ...)
  smtp::Reply reply;
  bool about_session;  // said before MAIL: about us or the host, not about the message
};
struct NetworkOutcome {  // no answer: connect failed, connection lost, time-out, TLS broken
  std::string detail;
};
struct Unfit {  // this peer, or no peer, can take the message as it is: too large, needs SMTPUTF8, broken line ends
  std::string enhanced_status;
  std::string detail;
};
using AttemptOutcome = std::variant<DeliveredOutcome, ReplyOutcome, NetworkOutcome, NextHopFailure, Unfit>;

struct Decision {
  store::RecipientState state = store::RecipientState::queued;
  Time next_attempt{};           // only when queued
  std::uint16_t reply_code = 0;  // 0: no reply
  std::string enhanced_status;   // given by the peer or derived
  std::string text;              // one line for the record and the DSN
};

// `attempts` made before this one. A transient failure past `expires` becomes `expired` with
// "554 4.4.7 Message expired: unable to deliver in N minutes.<last answer>" (spec 3.2).
Decision decide(const AttemptOutcome& outcome, std::uint32_t attempts, Time accepted, Time expires, Time now,
                RandomSource& random);

// 1, 2, 5, 10, 15, 30 minutes, then every hour; each with up to a fifth of jitter, never past `expires` (so that the
// last attempt is made at the end of the message's time).
std::chrono::milliseconds retry_delay(std::uint32_t attempts, RandomSource& random);

}  // namespace sesame::delivery
