#include "delivery/recorder.h"

#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include "base/counted_in.h"
#include "base/log.h"

namespace sesame::delivery {
namespace {

using namespace std::chrono_literals;
constexpr std::chrono::milliseconds first_pause = 200ms, longest_pause = 30s;

std::string_view word(store::RecipientState state) {
  switch (state) {
    case store::RecipientState::delivered: return "delivered";
    case store::RecipientState::queued: return "deferred";
    case store::RecipientState::bounced: return "bounced";
    case store::RecipientState::expired: return "expired";
    case store::RecipientState::suppressed: return "suppressed";
    case store::RecipientState::not_rendered: return "not_rendered";
    case store::RecipientState::rejected: return "rejected";
  }
  return "?";
}

}  // namespace

net::Task<void> Recorder::record(Batch batch, std::vector<AttemptOutcome> outcomes, AttemptPlace place) {
  const Time now = clock_.now();
  std::vector<Decision> decisions;
  std::vector<store::RecipientOutcome> stored;
  std::vector<store::Event> events;
  for (std::size_t i = 0; i < batch.recipients.size(); ++i) {
    const store::DueRecipient& recipient = batch.recipients[i];
    decisions.push_back(decide(outcomes[i], recipient.attempts, recipient.accepted, recipient.expires, now, random_));
    stored.push_back(to_outcome(recipient, decisions.back(), place, now));
    events.push_back(to_event(recipient, decisions.back(), place, now));
  }
  co_await commit(std::move(stored), std::move(events));
  tell(batch, decisions, place);
  feed_.committed();
}

net::Task<void> Recorder::commit(std::vector<store::RecipientOutcome> outcomes, std::vector<store::Event> events) {
  std::optional<CountedIn> failing;
  for (std::chrono::milliseconds pause = first_pause;; pause = std::min(pause * 2, longest_pause)) {
    auto recorded = co_await queue_.record_outcomes(outcomes, events);
    if (recorded) co_return;
    if (!failing) failing.emplace(failing_);
    log::error("delivery", "outcomes cannot be stored; nothing new is begun until they are",
               {{"detail", recorded.error().detail}, {"recipients", outcomes.size()}});
    // Who has just heard its peer's last words is not cancelled a second time.
    if (given_up_) throw boost::system::system_error(boost::asio::error::operation_aborted);
    co_await net::sleep_until(net::after(pause));
  }
}

void Recorder::tell(const Batch& batch, const std::vector<Decision>& decisions, const AttemptPlace& place) {
  for (std::size_t i = 0; i < decisions.size(); ++i) {
    const Decision& decision = decisions[i];
    switch (decision.state) {
      case store::RecipientState::delivered: ++delivered_; break;
      case store::RecipientState::queued: ++deferred_; break;
      case store::RecipientState::bounced:
      case store::RecipientState::expired: ++bounced_; break;
      case store::RecipientState::suppressed:
      case store::RecipientState::not_rendered:
      case store::RecipientState::rejected: break;  // never tried
    }
    log::info("delivery", "attempt",
              {{"api_message_id", batch.recipients[i].api_message_id},
               {"recipient", batch.recipients[i].forward_path},
               {"state", word(decision.state)},
               {"host", place.remote_host},
               {"reply", decision.text}});
  }
}

}  // namespace sesame::delivery
