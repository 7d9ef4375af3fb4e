// Which of our addresses mail leaves from. A source is chosen for a recipient when it is sorted into a lane, and stays
// the same for some messages to the same site, so that they find an open connection.
#include "base/log.h"
#include "delivery/engine_impl.h"

namespace sesame::delivery {
namespace {

constexpr std::size_t messages_to_a_choice = 20;
constexpr std::size_t max_choices = 10'000;  // beyond, all are made anew
constexpr auto warmup_save_pace = std::chrono::seconds(1);

bool contains(const std::vector<SourcePtr>& sources, const SourcePtr& source) {
  return std::ranges::find(sources, source) != sources.end();
}

}  // namespace

std::optional<std::uint64_t> Engine::Impl::warmup_share(const Source& source, const std::string& group) const {
  if (!source.warmup_began) return std::nullopt;
  const Time at = deps.clock.now();
  const auto cap = warmup_cap(*source.warmup_began, at);
  if (!cap) return std::nullopt;
  return *cap - std::min(*cap, warmup.tried(source.name(), group, WarmupCounts::day_of(at)));
}

bool Engine::Impl::may_send(const Source& source, const Site& site) const {
  const auto share = warmup_share(source, site.group);
  return !share || lanes.waiting(site, source) < *share;
}

std::vector<SourcePtr> Engine::Impl::usable_sources(const Pool& pool, const Site& site) const {
  for (const Families& families : families_of(site, hosts, now())) {
    std::vector<SourcePtr> usable;
    for (const SourcePtr& source : pool.sources) {
      const auto& address = source->address;
      const bool is_aside = address && sources_aside.aside_until(*address, now());
      if (families.overlaps(*source) && !is_aside && may_send(*source, site)) usable.push_back(source);
    }
    if (!usable.empty()) return usable;
  }
  return {};
}

SourcePtr Engine::Impl::source_for(const store::DueRecipient& recipient, const Site& site) {
  if (!pools.has_choice()) return pools.shared().sources.front();
  const Pool& pool = pools.pool_of(recipient.account_id, recipient.configuration_set);
  std::vector<SourcePtr> usable = usable_sources(pool, site);
  if (usable.empty()) usable = usable_sources(pools.shared(), site);
  if (usable.empty()) usable = pools.shared().sources;  // none can be bound: each is tried again in its time
  if (choices.size() >= max_choices) choices.clear();
  Choice& choice = choices[pool.key + '\n' + site.name];
  const bool is_same_message = choice.message == recipient.queue_id;
  if ((!is_same_message && choice.messages == 0) || !contains(usable, choice.source)) {
    choice = {draw(usable, deps.random), recipient.queue_id, messages_to_a_choice};
  }
  if (choice.message != recipient.queue_id) {
    choice.message = recipient.queue_id;
    --choice.messages;
  }
  return choice.source;
}

bool Engine::Impl::has_other_source(Lane& lane) {
  const Flow* flow = lane.queue.next_flow();
  if (flow == nullptr) return false;
  for (const Pool* pool : {&pools.pool(lane.source->pool), &pools.shared()}) {
    const std::vector<SourcePtr> usable = usable_sources(*pool, *lane.site);
    if (!usable.empty() && !contains(usable, lane.source)) return true;
  }
  return false;
}

SessionSources Engine::Impl::session_sources(const Lane& lane) {
  SessionSources sources{lane.source, nullptr};
  if (lane.source->v4 && lane.source->v6) return sources;
  std::vector<SourcePtr> others;
  for (const SourcePtr& other : pools.pool(lane.source->pool).sources) {
    const bool is_other_family = other->v4 != lane.source->v4;
    if (is_other_family && may_send(*other, *lane.site)) others.push_back(other);
  }
  sources.second = draw(others, deps.random);
  return sources;
}

// Nothing is waited for between the lane and here, so what waits and what was tried are never both without it. A lane
// holds no more than its own address may send; a session may have left from another one of the pool, and the share may
// have become smaller since.
bool Engine::Impl::count_warmup(Lane& lane, const OpenSession& open, Batch& batch) {
  if (open.place.source_ip.empty()) return true;
  const SourcePtr source = pools.find(open.place.source_ip);  // it may be another one since the session was opened
  if (!source) return true;
  const std::string& group = lane.group.name;
  const auto share = warmup_share(*source, group);
  if (!share) return true;
  if (*share == 0) {
    lane.queue.put_back(std::move(batch));
    reroute(lane);
    settle_touched();
    ask_routes();
    return false;
  }
  if (batch.recipients.size() > *share) lane.queue.put_back(split_off(batch, *share));
  warmup.add(source->name(), group, batch.recipients.size(), WarmupCounts::day_of(deps.clock.now()));
  return true;
}

// Once a second: a crash forgets what was tried since.
net::Task<void> Engine::Impl::save_warmup() {
  if (deps.pools == nullptr || (now() < next_warmup_save && !stopping)) co_return;
  next_warmup_save = now() + warmup_save_pace;
  const WarmupCounts::Unsaved unsaved = warmup.take_unsaved();
  if (unsaved.counts.empty()) co_return;
  std::vector<store::WarmupCount> counts = unsaved.counts;
  const auto saved = co_await deps.pools->add_warmup_counts(unsaved.day, std::move(counts));
  if (saved) co_return;
  log::error("delivery", "what was sent in warm-ups cannot be stored", {{"detail", saved.error().detail}});
  warmup.put_back(unsaved);
}

net::Task<void> Engine::Impl::load_pools() {
  const std::uint64_t wanted = pools_wanted;  // a change that comes while we read is read again
  if (deps.pools == nullptr) {
    pools_read = wanted;
    co_return;
  }
  const auto addresses = co_await deps.pools->list_addresses();
  const auto choices_of_sets = co_await deps.pools->list_choices();
  const WarmupCounts::Day today = WarmupCounts::day_of(deps.clock.now());
  const auto counts = co_await deps.pools->warmup_counts(today);
  if (!addresses || !choices_of_sets || !counts) {
    const store::StoreError& error =
        !addresses ? addresses.error() : (!choices_of_sets ? choices_of_sets.error() : counts.error());
    log::error("delivery", "pools cannot be read", {{"detail", error.detail}});
    co_return;
  }
  if (!std::exchange(counts_known, true)) warmup.load(today, *counts);
  pools.replace(*addresses, *choices_of_sets);
  pools_read = wanted;
  choices.clear();
  for (const auto& lane : lanes.all()) reroute(*lane);
  settle_touched();
  ask_routes();
  for (const auto& lane : lanes.all()) drop_if_empty(*lane);
}

}  // namespace sesame::delivery
