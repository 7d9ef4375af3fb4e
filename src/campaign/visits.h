// campaign/visits.h: somebody followed a link that the service put into a mail: the events that tell of it.
//
// Each opening and click is an event of its own, durable before this returns; what follows it (the pixel, the redirect)
// does not depend on it. Counted are visits within 60 days of the message (spec 4.5), at most 20 at once and one in ten
// seconds for each message, so that one who got a mail cannot fill the store. Thread-safe; what the constructor is
// given must outlive it.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <string>

#include "base/clock.h"
#include "base/token_bucket.h"
#include "campaign/link_token.h"
#include "events/feed.h"
#include "store/queue_store.h"

namespace sesame::campaign {

inline constexpr std::chrono::days visits_count_for{60};

struct Visitor {
  std::string ip, user_agent;  // as sent
};

class Visits {
 public:
  static constexpr double per_second = 0.1, burst = 20;  // of one message
  static constexpr std::size_t max_messages = 10'000;    // watched at once; more, and all begin anew

  Visits(store::QueueStore& queue, events::Feed& feed, const Clock& clock)
      : queue_(queue), feed_(feed), clock_(clock) {}

  // A failure is logged: nobody waits for the event.
  net::Task<void> record(LinkClaim claim, Visitor visitor);

 private:
  bool may_count(const std::string& api_message_id);

  store::QueueStore& queue_;
  events::Feed& feed_;
  const Clock& clock_;
  std::mutex mutex_;
  std::map<std::string, TokenBucket> by_message_;
};

}  // namespace sesame::campaign
