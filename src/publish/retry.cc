#include "publish/retry.h"

#include <fmt/format.h>

#include <algorithm>

namespace sesame::publish {
namespace {

using namespace std::chrono_literals;
constexpr std::chrono::milliseconds first_pause = 1s, longest_pause = 5min;
constexpr std::uint32_t most_doublings = 9;  // 1 s * 2^9 is beyond the longest pause

bool is_about_the_message(int status) { return status == 400 || status == 413 || status == 415 || status == 422; }

}  // namespace

Attempted judge(const Result<int, PostError>& posted) {
  if (!posted) return {Verdict::destination_failed, posted.error().detail};
  if (*posted / 100 == 2) return {Verdict::taken, ""};
  const Verdict verdict = is_about_the_message(*posted) ? Verdict::entry_failed : Verdict::destination_failed;
  return {verdict, fmt::format("status {}", *posted)};
}

std::chrono::milliseconds pause_after(std::uint32_t failures, RandomSource& random) {
  const std::uint32_t doublings = std::min(failures == 0 ? 0 : failures - 1, most_doublings);
  const std::chrono::milliseconds pause = std::min(first_pause * (1 << doublings), longest_pause);
  return pause + std::chrono::milliseconds(random.below(static_cast<std::uint64_t>(pause.count()) / 5));
}

}  // namespace sesame::publish
