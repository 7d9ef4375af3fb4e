#include "app/maintenance.h"

#include "base/log.h"

namespace sesame::app {
namespace {

constexpr std::size_t messages_per_commit = 1000;  // others' writes come between
constexpr std::size_t keys_per_commit = 1000;
constexpr std::size_t counters_per_commit = 5000;

}  // namespace

void Maintenance::start(net::Executor executor) { tasks_.spawn(std::move(executor), run()); }

net::Task<void> Maintenance::stop() { co_await tasks_.stop(); }

net::Task<void> Maintenance::run() {
  net::Deadline next = net::after(options_.first_round);
  for (;;) {
    const bool due = co_await net::sleep_until(next);
    if (!due) co_return;
    co_await run_once();
    next = net::after(options_.between_rounds);
  }
}

net::Task<void> Maintenance::run_once() {
  co_await forget_finished();
  co_await forget_counters();
  co_await forget_replaced_dkim_keys();
  co_await rotate_keys();
}

net::Task<void> Maintenance::forget_finished() {
  const Time before = clock_.now() - options_.retention;
  std::size_t forgotten = 0;
  while (!tasks_.stopping()) {
    const auto some = co_await queue_.forget_finished(before, messages_per_commit);
    if (!some) {
      log::error("app", "old messages cannot be forgotten", {{"detail", some.error().detail}});
      co_return;
    }
    if (*some == 0) break;
    forgotten += *some;
  }
  if (forgotten > 0) log::info("app", "old messages forgotten", {{"messages", forgotten}});
}

net::Task<void> Maintenance::forget_counters() {
  const Time before = clock_.now() - options_.counters;
  while (!tasks_.stopping()) {
    const auto some = co_await queue_.forget_metrics(before, counters_per_commit);
    if (!some) {
      log::error("app", "old counters cannot be forgotten", {{"detail", some.error().detail}});
      co_return;
    }
    if (*some == 0) co_return;
  }
}

net::Task<void> Maintenance::forget_replaced_dkim_keys() {
  const Time before = clock_.now() - options_.replaced_dkim_keys;
  std::size_t forgotten = 0;
  while (!tasks_.stopping()) {
    const auto some = co_await control_.forget_replaced_keys(before, keys_per_commit);
    if (!some) {
      log::error("app", "replaced DKIM keys cannot be forgotten", {{"detail", some.error().detail}});
      co_return;
    }
    if (*some == 0) break;
    forgotten += *some;
  }
  if (forgotten > 0) log::info("app", "replaced DKIM keys forgotten", {{"keys", forgotten}});
}

net::Task<void> Maintenance::rotate_keys() {
  if (clock_.now() - ids_.newest_key_made() <= options_.key_age) co_return;
  const auto rotated = co_await ids_.rotate();
  if (!rotated) {
    log::error("app", "no new return-path key", {{"detail", rotated.error()}});
    co_return;
  }
  log::info("app", "new return-path key");
}

}  // namespace sesame::app
