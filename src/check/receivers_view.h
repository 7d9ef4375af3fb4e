// check/receivers_view.h: a check as part of the service's look at an identity.
#pragma once

#include "base/clock.h"
#include "check/check.h"
#include "identity/receivers_view.h"

namespace sesame::check {

// Takes at most `time_for_receivers` after the look. The sources must outlive it. Thread-safe if they are.
class CheckedReceivers final : public identity::ReceiversView {
 public:
  static constexpr std::chrono::milliseconds time_for_receivers{10'000};

  CheckedReceivers(Sources sources, const Clock& clock, identity::ServiceNames names)
      : sources_(sources), clock_(clock), names_(std::move(names)) {}

  net::Task<boost::json::object> see(identity::Look look, store::IdentityRecord identity) override;

 private:
  const Sources sources_;
  const Clock& clock_;
  const identity::ServiceNames names_;
};

// The verdict takes into account what the look itself found wrong. Pure.
void add_look(Report& report, const identity::Look& look);

}  // namespace sesame::check
