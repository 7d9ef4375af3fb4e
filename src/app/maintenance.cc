#include "app/maintenance.h"

#include "base/log.h"

namespace sesame::app {
namespace {

constexpr std::size_t messages_per_commit = 1000;  // others' writes come between
constexpr std::size_t keys_per_commit = 1000;
constexpr std::size_t counters_per_commit = 5000;

net::Task<Result<std::size_t, std::string>> forget_old(feedback::KeptMail& kept) { co_return kept.forget_old(); }

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
  co_await forget_kept_mail();
  co_await rotate_keys();
}

net::Task<void> Maintenance::forget_finished() {
  const Time before = deps_.clock.now() - options_.retention;
  std::size_t forgotten = 0;
  while (!tasks_.stopping()) {
    const auto some = co_await deps_.queue.forget_finished(before, messages_per_commit);
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
  const Time before = deps_.clock.now() - options_.counters;
  while (!tasks_.stopping()) {
    const auto some = co_await deps_.queue.forget_metrics(before, counters_per_commit);
    if (!some) {
      log::error("app", "old counters cannot be forgotten", {{"detail", some.error().detail}});
      co_return;
    }
    if (*some == 0) co_return;
  }
}

net::Task<void> Maintenance::forget_replaced_dkim_keys() {
  const Time before = deps_.clock.now() - options_.replaced_dkim_keys;
  std::size_t forgotten = 0;
  while (!tasks_.stopping()) {
    const auto some = co_await deps_.control.forget_replaced_keys(before, keys_per_commit);
    if (!some) {
      log::error("app", "replaced DKIM keys cannot be forgotten", {{"detail", some.error().detail}});
      co_return;
    }
    if (*some == 0) break;
    forgotten += *some;
  }
  if (forgotten > 0) log::info("app", "replaced DKIM keys forgotten", {{"keys", forgotten}});
}

net::Task<void> Maintenance::forget_kept_mail() {
  net::Task<Result<std::size_t, std::string>> work = forget_old(deps_.kept);
  const auto forgotten = co_await net::on_executor(deps_.workers, std::move(work));
  if (!forgotten) {
    log::error("app", "old mail that was kept cannot be forgotten", {{"detail", forgotten.error()}});
  } else if (*forgotten > 0) {
    log::info("app", "old mail that was kept is forgotten", {{"mails", *forgotten}});
  }
}

net::Task<void> Maintenance::rotate_keys() {
  if (deps_.clock.now() - deps_.ids.newest_key_made() <= options_.key_age) co_return;
  const auto rotated = co_await deps_.ids.rotate();
  if (!rotated) {
    log::error("app", "no new return-path key", {{"detail", rotated.error()}});
    co_return;
  }
  log::info("app", "new return-path key");
}

}  // namespace sesame::app
