#include "identity/search.h"

namespace sesame::identity {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr seconds watched_pace{2};
constexpr minutes recheck_after_wrong{1};
constexpr minutes recheck_after_unknown{5};

milliseconds searching_pace(milliseconds since_opened) {
  if (since_opened < minutes(10)) return seconds(15);
  if (since_opened < hours(1)) return minutes(1);
  if (since_opened < hours(6)) return minutes(5);
  return minutes(15);
}

// Uniform in [9/10, 11/10] of `base`, so that identities verified together do not stay together.
milliseconds jittered(milliseconds base, RandomSource& random) {
  const auto tenth = static_cast<std::uint64_t>(base.count() / 10);
  const std::uint64_t offset = random.below(2 * tenth + 1);
  return base - milliseconds(tenth) + milliseconds(offset);
}

bool window_is_over(const store::LookTimer& timer, Time now) {
  return timer.window_opened && now - *timer.window_opened >= search_window;
}

void find(SearchStep& step, Time now) {
  step.change = step.phase == Phase::pending             ? Change::succeeded
                : step.phase == Phase::temporary_failure ? Change::restored
                                                         : Change::none;
  step.phase = Phase::success;
  step.timer.window_opened.reset();
  step.timer.last_success = now;
  step.timer.bad_looks = 0;
  step.timer.last_error = store::LookError::none;
}

void give_up(SearchStep& step) {
  step.change = step.phase == Phase::pending ? Change::failed : Change::given_up;
  step.phase = Phase::failed;
  step.timer.window_opened.reset();
}

void lose(SearchStep& step, Time now) {
  step.change = Change::lost;
  step.phase = Phase::temporary_failure;
  step.timer.window_opened = now;
}

}  // namespace

store::LookTimer open_search(Time now) {
  store::LookTimer timer;
  timer.window_opened = now;
  timer.next_look = now;
  return timer;
}

SearchStep after_look(Phase phase, store::LookTimer timer, Finding finding, store::LookError error, Pace pace, Time now,
                      RandomSource& random) {
  SearchStep step{phase, timer, Change::none};
  if (phase == Phase::failed) return step;

  step.timer.last_checked = now;
  step.timer.last_error = error;
  if (finding == Finding::wrong) ++step.timer.bad_looks;

  if (finding == Finding::right) {
    find(step, now);
  } else if (window_is_over(step.timer, now)) {
    give_up(step);
  } else if (phase == Phase::success && step.timer.bad_looks >= bad_looks_to_lose) {
    lose(step, now);
  }
  step.timer.next_look = next_look_at(step.phase, step.timer, pace, now, random);
  return step;
}

std::optional<Time> next_look_at(Phase phase, const store::LookTimer& timer, Pace pace, Time now,
                                 RandomSource& random) {
  switch (phase) {
    case Phase::failed: return std::nullopt;
    case Phase::success:
      if (timer.bad_looks > 0) return now + (pace.watched ? milliseconds(watched_pace) : recheck_after_wrong);
      if (timer.last_error == store::LookError::dns_server_error ||
          timer.last_error == store::LookError::service_error) {
        return now + recheck_after_unknown;
      }
      return now + jittered(pace.review, random);
    case Phase::pending:
    case Phase::temporary_failure: break;
  }
  const Time opened = timer.window_opened.value_or(now);
  const milliseconds wait = pace.watched ? milliseconds(watched_pace) : searching_pace(now - opened);
  // The end of the window is a look of its own, so that a search never outlives it by a pace.
  const Time window_end = opened + search_window;
  return now < window_end ? std::min(now + wait, window_end) : now + wait;
}

}  // namespace sesame::identity
