// delivery/signal.h: what an outcome says about how hard the receiver may be pushed.
#pragma once

#include <string_view>

#include "delivery/retry.h"

namespace sesame::delivery {

enum class Signal {
  taken,      // it takes mail
  neutral,    // about the message, the recipient, the network: nothing about us
  throttled,  // it wants less from us
};

// throttled: replies known to mean that we send too much or are not trusted with more (replies/cause.h), 421, and what
// else is said with 4.7.z (RFC 3463 §3.8: by policy) but greylisting and what finds fault with the message. Pure.
Signal signal_of(const AttemptOutcome& outcome, std::string_view remote_host);

}  // namespace sesame::delivery
