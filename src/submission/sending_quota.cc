#include "submission/sending_quota.h"

#include <algorithm>

#include "base/log.h"

namespace sesame::submission {
namespace {

constexpr std::chrono::hours day{24};

std::unexpected<SubmissionError> refuse(SubmissionErrc code, std::string text) {
  return std::unexpected(SubmissionError{code, std::move(text), ""});
}

}  // namespace

bool SendingQuota::is_known(const std::string& account_id) {
  const std::lock_guard lock(mutex_);
  return accounts_.contains(account_id);
}

net::Task<SubmissionResult<void>> SendingQuota::take(std::string account_id, std::size_t recipients) {
  if (!limits_.per_day && !limits_.per_second) co_return SubmissionResult<void>();
  if (!is_known(account_id)) {
    // Two that ask at once read the same twice, and the second finds the first one's account.
    const auto minutes = co_await queue_.recipients_by_minute(account_id, clock_.now() - day);
    if (!minutes) {
      log::error("submission", "the quota cannot be read", {{"detail", minutes.error().detail}});
      co_return refuse(SubmissionErrc::unavailable, "Temporary service failure");
    }
    Account account;
    account.minutes.assign(minutes->begin(), minutes->end());
    for (const auto& [minute, count] : *minutes) account.today += count;
    account.tokens = std::max(1.0, limits_.per_second.value_or(0));
    account.refilled = clock_.now();
    const std::lock_guard lock(mutex_);
    accounts_.try_emplace(account_id, std::move(account));
  }
  co_return take_known(account_id, recipients, clock_.now());
}

SubmissionResult<void> SendingQuota::take_known(const std::string& account_id, std::size_t recipients, Time now) {
  const std::lock_guard lock(mutex_);
  Account& account = accounts_[account_id];
  const Time minute = std::chrono::floor<std::chrono::minutes>(now);
  while (!account.minutes.empty() && account.minutes.front().first + day < now) {
    account.today -= account.minutes.front().second;
    account.minutes.pop_front();
  }
  if (limits_.per_day && account.today >= *limits_.per_day) {
    return refuse(SubmissionErrc::daily_quota_exceeded, "Daily message quota exceeded.");
  }
  if (limits_.per_second) {
    const double burst = std::max(1.0, *limits_.per_second);
    const double passed = std::chrono::duration<double>(std::max(now - account.refilled, Time::duration(0))).count();
    account.tokens = std::min(burst, account.tokens + passed * *limits_.per_second);
    account.refilled = now;
    if (account.tokens < 1) {
      return refuse(SubmissionErrc::sending_rate_exceeded, "Maximum sending rate exceeded.");
    }
    account.tokens -= double(recipients);
  }
  if (account.minutes.empty() || account.minutes.back().first < minute) account.minutes.emplace_back(minute, 0);
  account.minutes.back().second += recipients;
  account.today += recipients;
  return {};
}

void SendingQuota::give_back(const std::string& account_id, std::size_t recipients, Time when) {
  if (!limits_.per_day && !limits_.per_second) return;
  const Time minute = std::chrono::floor<std::chrono::minutes>(when);
  const std::lock_guard lock(mutex_);
  const auto account = accounts_.find(account_id);
  if (account == accounts_.end()) return;
  for (auto& [counted_minute, count] : account->second.minutes) {
    if (counted_minute != minute) continue;
    const std::uint64_t back = std::min<std::uint64_t>(count, recipients);
    count -= back;
    account->second.today -= back;
  }
}

}  // namespace sesame::submission
