// mailauth/arc/verify.h: judging the chain of custody that forwarders attached to a message.
//
// Source: RFC 8617 §5.2 (validator actions), §5.2.1 (every failure is final, DNS failures among them), §4.4 (the
// words). A chain that passes says who handled the message and that they were not tampered with; whether to believe
// what a sealer says is the receiver's choice, and none of DMARC's.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "dns/resolver.h"
#include "mailauth/dkim/key_cache.h"
#include "message/header_section.h"
#include "net/task.h"

namespace sesame::mailauth::arc {

enum class ArcResult {
  none,  // no ARC field in the message
  pass,
  fail,
};
std::string_view name(ArcResult result);

struct ArcOutcome {
  ArcResult result = ArcResult::none;
  std::vector<std::string> sealers;  // d= of each seal, oldest first; empty if the sets could not be put in order
  // The oldest ARC-Message-Signature that still holds, as §5.2 step 5 counts: 0 if all do, else the message was changed
  // before the instance named. Only on pass, and not beyond max_message_signatures.
  std::optional<unsigned> oldest_pass;
  std::string problem;  // one sentence; empty on a plain pass
};

// Older ARC-Message-Signatures are looked at only as far as this (looking at them is optional).
constexpr std::size_t max_message_signatures = 10;

// The message's octets outlive the call. Asks DNS at most once per key name: at most 50 seals' and
// max_message_signatures'. `now` judges x= of message signatures. `keys` as in dkim/verify.h.
net::Task<ArcOutcome> verify(dns::Resolver& resolver, const message::ParsedMessage& message, Time now,
                             net::Deadline deadline, dkim::KeyCache* keys = nullptr);

}  // namespace sesame::mailauth::arc
