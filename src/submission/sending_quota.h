// submission/sending_quota.h: how much an account may send: recipients in any 24 hours, and in a second (spec 4.1).
//
// One message passes when anything is left and then uses up all its recipients, so that a quota may be overdrawn by one
// message (spec 4.1, R). Counted in memory, by the minute, from what the store has counted when an account is first
// asked about. Each process counts for itself. Thread-safe; the store must outlive it.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "base/clock.h"
#include "net/task.h"
#include "store/queue_store.h"
#include "submission/error.h"

namespace sesame::submission {

struct QuotaLimits {
  std::optional<std::uint64_t> per_day;  // recipients in 24 hours; unset: no limit
  std::optional<double> per_second;      // recipients, with a burst of one second; unset: no limit
};

class SendingQuota {
 public:
  SendingQuota(store::QueueStore& queue, const Clock& clock, QuotaLimits limits)
      : queue_(queue), clock_(clock), limits_(limits) {}

  // Errors: daily_quota_exceeded, sending_rate_exceeded, unavailable.
  net::Task<SubmissionResult<void>> take(std::string account_id, std::size_t recipients);
  // What was taken at `when` and not sent.
  void give_back(const std::string& account_id, std::size_t recipients, Time when);

  const QuotaLimits& limits() const { return limits_; }

 private:
  struct Account {
    std::deque<std::pair<Time, std::uint64_t>> minutes;  // of the last 24 hours, the oldest first
    std::uint64_t today = 0;                             // their sum
    double tokens = 0;
    Time refilled{};
  };
  bool is_known(const std::string& account_id);
  SubmissionResult<void> take_known(const std::string& account_id, std::size_t recipients, Time now);

  store::QueueStore& queue_;
  const Clock& clock_;
  const QuotaLimits limits_;
  std::mutex mutex_;
  std::map<std::string, Account> accounts_;  // under mutex_; as many as there are accounts that send
};

}  // namespace sesame::submission
