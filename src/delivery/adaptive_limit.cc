#include "delivery/adaptive_limit.h"

#include <algorithm>

namespace sesame::delivery {
namespace {

using namespace std::chrono_literals;
constexpr auto own_limit_lasts = 1h;  // receivers change theirs

std::optional<TokenBucket> bucket(const LimitSettings& settings, AdaptiveLimit::Moment now) {
  if (!settings.max_rate) return std::nullopt;
  return TokenBucket(*settings.max_rate, std::max(1.0, *settings.max_rate), now);
}

double first_window(const LimitSettings& settings) {
  return double(std::min(settings.max_connections, AdaptiveLimit::first_sessions));
}

}  // namespace

AdaptiveLimit::AdaptiveLimit(LimitSettings settings, Moment now)
    : settings_(settings),
      rate_(bucket(settings, now)),
      window_(first_window(settings)),
      threshold_(double(settings.max_connections)),
      active_(now) {}

std::size_t AdaptiveLimit::sessions(Moment now) const {
  if (now < resume_at_) return 0;
  if (probing_) return 1;
  return static_cast<std::size_t>(is_silent(now) ? std::min(window_, first_window(settings_)) : window_);
}

std::optional<AdaptiveLimit::Moment> AdaptiveLimit::resumes_at(Moment now) const {
  if (now >= resume_at_) return std::nullopt;
  return resume_at_;
}

std::size_t AdaptiveLimit::messages_per_connection(Moment now) const {
  const bool is_known = own_messages_ != SIZE_MAX && now - own_messages_at_ < own_limit_lasts;
  if (!is_known) return settings_.max_messages_per_connection;
  return std::min(settings_.max_messages_per_connection, own_messages_);
}

bool AdaptiveLimit::take_send(Moment now) { return !rate_ || rate_->take(now); }

AdaptiveLimit::Moment AdaptiveLimit::next_send(Moment now) {
  if (!rate_ || rate_->has_token(now)) return now;
  const Moment at = rate_->reserve(now);
  rate_->give_back();
  return at;
}

void AdaptiveLimit::delivered(Moment now) {
  if (now < resume_at_) return;  // begun before the pause
  if (is_silent(now)) window_ = std::min(window_, first_window(settings_));
  active_ = now;
  probing_ = false;
  window_ = std::min(most(), window_ + (window_ < threshold_ ? 1 : 1 / window_));
}

void AdaptiveLimit::throttled(Moment now) {
  if (now < resume_at_) return;
  ++backoffs_;
  active_ = now;
  window_ = threshold_ = std::max(1.0, window_ / 2);
  const bool went_well = pause_ == 0s || now - resume_at_ > std::max<std::chrono::seconds>(2 * pause_, 60s);
  pause_ = went_well ? first_pause : std::min<std::chrono::seconds>(2 * pause_, longest_pause);
  resume_at_ = now + pause_;
  probing_ = true;
}

void AdaptiveLimit::crowded(std::size_t at_work, Moment now) {
  active_ = now;
  window_ = threshold_ = std::clamp(double(at_work), 1.0, window_);
}

void AdaptiveLimit::unreachable(Moment now) {
  active_ = now;
  window_ = std::min(window_, first_window(settings_));
}

void AdaptiveLimit::connection_ended(std::size_t messages, Moment now) {
  if (messages == 0) return;
  own_messages_ = std::min(messages_per_connection(now), messages);
  own_messages_at_ = now;
}

}  // namespace sesame::delivery
