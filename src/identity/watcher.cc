#include "identity/watcher.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <mutex>
#include <unordered_map>
#include <unordered_set>

#include "base/log.h"
#include "identity/slow_looks.h"

namespace sesame::identity {
namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;

// While a look is under way its identity hides the next due time of the others.
constexpr milliseconds nap_beside_looks{200};
// After a look the store would not take, so that a failing store is not asked in a tight loop.
constexpr std::chrono::seconds pause_after_failure{1};
// Those that could not be queued when they came up; the others never wait.
constexpr std::chrono::seconds between_owed_notices{60};

// The identities being looked at. Thread-safe.
class LooksUnderWay {
 public:
  // False: it is being looked at already.
  bool begin(const std::string& key, bool slow) {
    const std::lock_guard lock(mutex_);
    if (!slow_by_key_.emplace(key, slow).second) return false;
    if (slow) ++slow_;
    return true;
  }
  void end(const std::string& key) {
    const std::lock_guard lock(mutex_);
    const auto held = slow_by_key_.extract(key);
    if (held.mapped()) --slow_;
  }
  std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return slow_by_key_.size();
  }
  std::size_t slow() const {
    const std::lock_guard lock(mutex_);
    return slow_;
  }

 private:
  mutable std::mutex mutex_;
  std::unordered_map<std::string, bool> slow_by_key_;
  std::size_t slow_ = 0;
};

std::string key_of(const store::IdentityRecord& identity) { return identity.account_id + '/' + identity.name; }

}  // namespace

// The loop runs on a strand of its own; wake() posts to it, so a wake between two steps of the loop is not lost.
struct Watcher::Impl {
  IdentityService& service;
  store::ControlStore& store;
  const Clock& clock;
  const WatcherOptions options;
  LooksUnderWay under_way;
  SlowLooks slow_looks{};
  net::TaskGroup tasks{"identity watcher"};

  struct Loop {
    Loop(const net::Executor& on, net::Executor own) : executor(on), strand(own), nap(own) {}
    net::Executor executor;
    net::Executor strand;
    asio::steady_timer nap;  // used on the strand only, as is `woken`
    bool woken = false;
    std::optional<store::DuePosition> read_to{};  // where the last round stopped reading; unset: it read to the end
  };
  std::mutex loop_mutex;
  std::shared_ptr<Loop> loop;  // set by start(); posted wakes keep it alive

  // Ends a look's place in `under_way` however the coroutine ends.
  struct Place {
    Place(Impl& owner, std::string held) : impl(owner), key(std::move(held)) {}
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    ~Place() {
      impl.under_way.end(key);
      impl.wake();
    }
    Impl& impl;
    std::string key;
  };

  void wake();
  net::Task<void> run(std::shared_ptr<Loop> on);
  net::Task<milliseconds> start_due(std::shared_ptr<Loop> on);
  net::Task<std::optional<store::DuePage>> due(Time now, std::optional<store::DuePosition> after, std::size_t limit);
  net::Task<void> send_owed_notices();
  bool start_those(const std::vector<store::IdentityRecord>& due, const net::Executor& on);
  net::Task<milliseconds> time_to_next();
  net::Task<void> look(std::unique_ptr<Place> place, store::IdentityRecord identity);
};

void Watcher::Impl::wake() {
  std::shared_ptr<Loop> to_wake;
  {
    const std::lock_guard lock(loop_mutex);
    to_wake = loop;
  }
  if (!to_wake) return;
  asio::post(to_wake->strand, [to_wake] {
    to_wake->woken = true;
    to_wake->nap.cancel();
  });
}

net::Task<void> Watcher::Impl::look(std::unique_ptr<Place> place, store::IdentityRecord identity) {
  const DueParts due = due_parts(identity, clock.now());
  const LookOptions what{due.dkim, due.txt, due.mail_from, true};
  const std::string name = identity.name;
  const auto begun = std::chrono::steady_clock::now();
  const auto looked = co_await service.look_and_apply(std::move(identity), what);
  slow_looks.note(place->key, std::chrono::steady_clock::now() - begun > options.slow_after);
  if (looked || looked.error().code == IdentityErrc::not_found) co_return;
  log::warning("identity", "a look was not applied", {{"identity", name}, {"why", looked.error().text}});
  co_await net::sleep_until(net::after(pause_after_failure));
}

net::Task<milliseconds> Watcher::Impl::time_to_next() {
  if (under_way.size() > 0) co_return std::min(nap_beside_looks, options.longest_nap);
  const auto next = co_await store.next_identity_look();
  const std::optional<Time> due = next.value_or(std::nullopt);
  if (!due) co_return options.longest_nap;
  co_return std::clamp(*due - clock.now(), milliseconds(0), options.longest_nap);
}

// Starts those of `due` that may start. False when there is room for no more, whatever else is due.
bool Watcher::Impl::start_those(const std::vector<store::IdentityRecord>& due, const net::Executor& on) {
  for (const store::IdentityRecord& identity : due) {
    if (under_way.size() >= options.max_looks) return false;
    std::string key = key_of(identity);
    const bool slow = slow_looks.is_slow(key);
    if (slow && under_way.slow() >= options.max_slow_looks) continue;
    if (!under_way.begin(key, slow)) continue;
    auto place = std::make_unique<Place>(*this, std::move(key));
    if (!tasks.spawn(on, look(std::move(place), identity))) return false;
  }
  return under_way.size() < options.max_looks;
}

// Those under way and the slow ones passed by are still due in the store and come first. So each round begins with the
// earliest, and goes on, while there is room, where the last one ended: however many are passed by, the rounds get
// beyond them.
net::Task<milliseconds> Watcher::Impl::start_due(std::shared_ptr<Loop> on) {
  if (under_way.size() >= options.max_looks) co_return options.longest_nap;  // the end of a look wakes the loop
  const Time now = clock.now();
  const auto earliest = co_await due(now, std::nullopt, options.max_looks);
  if (!earliest) co_return options.longest_nap;
  if (earliest->identities.empty()) {
    const milliseconds nap = co_await time_to_next();
    co_return nap;
  }
  const bool room = start_those(earliest->identities, on->executor);
  if (room && earliest->next_after) {
    const store::DuePosition from = on->read_to.value_or(*earliest->next_after);
    const auto later = co_await due(now, from, options.max_due_read);
    if (!later) co_return options.longest_nap;
    const bool still_room = start_those(later->identities, on->executor);
    on->read_to = still_room ? later->next_after : from;
  }
  // What is due is under way or passed by, and either way no reason to look again at once.
  co_return std::min(nap_beside_looks, options.longest_nap);
}

net::Task<std::optional<store::DuePage>> Watcher::Impl::due(Time now, std::optional<store::DuePosition> after,
                                                            std::size_t limit) {
  auto page = co_await store.due_identities(now, after, limit);
  if (page) co_return std::move(*page);
  log::error("identity", "cannot read what is due", {{"detail", page.error().detail}});
  co_return std::nullopt;
}

net::Task<void> Watcher::Impl::send_owed_notices() {
  for (bool go_on = true; go_on;) {
    co_await service.send_owed_notices();
    go_on = co_await net::sleep_until(net::after(between_owed_notices));
  }
}

net::Task<void> Watcher::Impl::run(std::shared_ptr<Loop> on) {
  while (!tasks.stopping()) {
    on->woken = false;
    const milliseconds nap = co_await start_due(on);
    if (on->woken || nap <= milliseconds(0)) continue;
    on->nap.expires_after(nap);
    co_await on->nap.async_wait(asio::as_tuple(asio::use_awaitable));
  }
}

Watcher::Watcher(IdentityService& service, store::ControlStore& store, const Clock& clock, WatcherOptions options)
    : impl_(new Impl{service, store, clock, options}) {}

Watcher::~Watcher() = default;

void Watcher::start(net::Executor executor) {
  auto loop = std::make_shared<Impl::Loop>(executor, asio::make_strand(executor));
  {
    const std::lock_guard lock(impl_->loop_mutex);
    impl_->loop = loop;
  }
  impl_->tasks.spawn(loop->strand, impl_->run(loop));
  impl_->tasks.spawn(executor, impl_->send_owed_notices());
}

void Watcher::wake() { impl_->wake(); }

net::Task<void> Watcher::stop() {
  co_await impl_->tasks.stop();
  const std::lock_guard lock(impl_->loop_mutex);
  impl_->loop.reset();
}

WatcherUse Watcher::use() const {
  return {impl_->under_way.size(), impl_->options.max_looks, impl_->under_way.slow(), impl_->options.max_slow_looks};
}

net::Task<std::size_t> Watcher::run_due() {
  const Time now = impl_->clock.now();
  std::unordered_set<std::string> looked;  // one that could not be applied stays due
  while (true) {
    const auto due = co_await impl_->due(now, std::nullopt, impl_->options.max_looks);
    const std::size_t before = looked.size();
    for (const store::IdentityRecord& identity : due ? due->identities : std::vector<store::IdentityRecord>{}) {
      std::string key = key_of(identity);
      if (!looked.insert(key).second || !impl_->under_way.begin(key, false)) continue;
      auto place = std::make_unique<Impl::Place>(*impl_, std::move(key));
      co_await impl_->look(std::move(place), identity);
    }
    if (looked.size() == before) co_return looked.size();
  }
}

}  // namespace sesame::identity
