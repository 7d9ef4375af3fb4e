#include "delivery/warmup.h"

#include <algorithm>
#include <cmath>

namespace sesame::delivery {
namespace {

constexpr std::chrono::milliseconds plan = warmup_days;

std::chrono::milliseconds elapsed(Time began, Time now) {
  return std::max(std::chrono::milliseconds(0), std::chrono::milliseconds(now - began));
}

}  // namespace

std::optional<std::uint64_t> warmup_cap(Time began, Time now) {
  const std::chrono::milliseconds passed = elapsed(began, now);
  if (passed >= plan) return std::nullopt;
  const auto day = std::chrono::floor<std::chrono::days>(passed).count();
  return static_cast<std::uint64_t>(warmup_first_day * std::pow(warmup_growth, double(day)));
}

int warmup_percentage(Time began, Time now) {
  return static_cast<int>(std::min(elapsed(began, now), plan) * 100 / plan);
}

std::optional<Time> warmup_began_at(int percentage, Time now) {
  if (percentage >= 100) return std::nullopt;
  return now - plan * std::max(percentage, 0) / 100;
}

void WarmupCounts::load(Day day, const std::vector<store::WarmupCount>& counts) {
  day_ = day;
  tried_.clear();
  for (const store::WarmupCount& count : counts) tried_[{count.address, count.group}] = count.recipients;
}

std::uint64_t WarmupCounts::tried(const std::string& address, const std::string& group, Day today) const {
  if (day_ != today) return 0;
  auto found = tried_.find({address, group});
  if (found == tried_.end() && tried_.size() >= max_counted) found = tried_.find({address, ""});
  return found == tried_.end() ? 0 : found->second;
}

void WarmupCounts::add(const std::string& address, const std::string& group, std::uint64_t recipients, Day today) {
  if (day_ != today) {
    tried_.clear();
    unsaved_.clear();  // counts of a day that is over limit nothing any more
    day_ = today;
  }
  const bool has_room = tried_.size() < max_counted || tried_.contains({address, group});
  const Key key(address, has_room ? group : "");
  tried_[key] += recipients;
  unsaved_[key] += recipients;
}

WarmupCounts::Unsaved WarmupCounts::take_unsaved() {
  Unsaved taken{day_, {}};
  for (const auto& [key, recipients] : unsaved_) taken.counts.push_back({key.first, key.second, recipients});
  unsaved_.clear();
  return taken;
}

void WarmupCounts::put_back(const Unsaved& unsaved) {
  if (unsaved.day != day_) return;
  for (const store::WarmupCount& count : unsaved.counts) unsaved_[{count.address, count.group}] += count.recipients;
}

}  // namespace sesame::delivery
