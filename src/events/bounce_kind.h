// events/bounce_kind.h: what an enhanced status says about a failure, in the words bounce events use (spec 3.4).
//
// Source: RFC 3463. One table for failures in session (delivery/) and reported later (feedback/).
#pragma once

#include <string_view>

namespace sesame::events {

struct BounceKind {
  std::string_view type;  // "Permanent", "Transient", "Undetermined"
  std::string_view
      subtype;  // "General", "NoEmail", "MailboxFull", "MessageTooLarge", "ContentRejected", "Undetermined"
};

// `enhanced_status` as "5.1.1"; anything that is not one gives Undetermined.
BounceKind bounce_kind(std::string_view enhanced_status);

// Whether a permanent failure with this status speaks against the address itself: nobody there, closed, or no such host
// (RFC 3463 §3.2, §3.3, §3.5). Not so when it speaks of the sender, the message, policy or the network.
bool is_about_address(std::string_view enhanced_status);

}  // namespace sesame::events
