#include "delivery/phase_times.h"

#include <algorithm>

namespace sesame::delivery {

using namespace std::chrono_literals;

std::string_view name(Phase phase) {
  switch (phase) {
    case Phase::dns: return "dns";
    case Phase::connect: return "connect";
    case Phase::first_reply: return "first_reply";
    case Phase::tls: return "tls";
    case Phase::transaction: return "transaction";
    case Phase::commit: return "commit";
  }
  return "";
}

void Histogram::add(std::chrono::nanoseconds time) {
  const auto bucket = std::ranges::lower_bound(bounds, time, {}, [](std::int64_t ms) { return ms * 1ms; });
  in_bucket_[static_cast<std::size_t>(bucket - bounds.begin())].fetch_add(1, std::memory_order_relaxed);
  const auto microseconds = std::chrono::duration_cast<std::chrono::microseconds>(time).count();
  microseconds_.fetch_add(static_cast<std::uint64_t>(std::max<std::int64_t>(microseconds, 0)),
                          std::memory_order_relaxed);
}

Histogram::Counts Histogram::counts() const {
  Counts counts;
  for (std::size_t i = 0; i < in_bucket_.size(); ++i) {
    counts.all += in_bucket_[i].load(std::memory_order_relaxed);
    if (i < bounds.size()) counts.up_to[i] = counts.all;
  }
  counts.seconds = double(microseconds_.load(std::memory_order_relaxed)) / 1e6;
  return counts;
}

}  // namespace sesame::delivery
