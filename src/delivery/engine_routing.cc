// From leased recipients to the lanes of their sites.
//
// Room in memory is shared by dynamic thresholds (Choudhury and Hahne, 1998): a flow may hold as much as is still free,
// so one alone gets half, two get a third each, and one that comes anew always finds some. The same rule, once more,
// shares out a lane.
#include <algorithm>

#include "base/log.h"
#include "delivery/engine_impl.h"

namespace sesame::delivery {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t max_read_again = 500;  // at a time
constexpr auto dns_patience = 30s;

}  // namespace

std::size_t Engine::Impl::room_for(const Flow& flow, std::size_t place_recipients, std::size_t of_flow) const {
  const std::size_t free =
      left(flow.is_transactional() ? options.bounds.held : options.bounds.held * 9 / 10, held.size());
  const std::size_t free_in_place = left(options.bounds.in_place, place_recipients);
  // Each one that comes takes one from what is free, too.
  return (std::min(left(free, flow.held), left(free_in_place, of_flow)) + 1) / 2;
}

void Engine::Impl::hold(const store::DueRecipient& recipient, Flow& flow) {
  held.insert(recipient.recipient_id);
  ++flow.held;
}

void Engine::Impl::let_go(const store::DueRecipient& recipient) {
  if (held.erase(recipient.recipient_id) == 0) return;
  Flow& flow = flows.of(recipient);
  --flow.held;
  flows.drop_if_unused(flow);
}

void Engine::Impl::drop_if_empty(Lane& lane) {
  if (!lane.is_empty()) return;
  slots.forget(lane);
  touched.erase(&lane);
  with_parked.erase(&lane);
  lanes.drop_if_empty(lane, now());
}

void Engine::Impl::park(Lane& lane, Flow& flow, store::RecipientId recipient) {
  lane.parked[&flow].push_back(recipient);
  ++flow.parked;
  ++parked;
  with_parked.insert(&lane);
}

void Engine::Impl::admit(store::DueRecipient recipient, SitePtr site) {
  std::string domain = destination_of(recipient.forward_path);
  if (!site) site = routes.find(domain, now());
  static const std::vector<MxHost> not_known;
  if (const auto* pause = pauses.find(recipient, domain, site ? site->hosts : not_known)) {
    pauses.hold(*pause, recipient.recipient_id);
    return;
  }
  Flow& flow = flows.of(recipient);
  if (!site) return wait_for_route(std::move(recipient), std::move(domain), flow);
  Lane& lane = *lanes.of(site, source_for(recipient, *site));
  if (room_for(flow, lane.queue.recipients(), lane.queue.recipients_of(flow)) == 0) {
    return park(lane, flow, recipient.recipient_id);
  }
  hold(recipient, flow);
  lane.queue.add(std::move(recipient), std::move(domain), flow);
  touched.insert(&lane);
}

void Engine::Impl::settle_touched() {
  for (Lane* lane : touched) {
    lane->wake_idle();
    slots.update(*lane, now());
  }
  touched.clear();
}

// ---- looking for the site ----

void Engine::Impl::wait_for_route(store::DueRecipient recipient, std::string domain, Flow& flow) {
  const auto [found, is_new] = unrouted.try_emplace(domain);
  if (is_new && flow.is_transactional()) to_ask.push_front(domain);
  if (is_new && !flow.is_transactional()) to_ask.push_back(std::move(domain));
  Unrouted& place = found->second;
  if (room_for(flow, place.waiting.size(), 0) > 0) {
    hold(recipient, flow);
    place.waiting.push_back(std::move(recipient));
  } else {
    place.parked.push_back(recipient.recipient_id);
    ++parked;
    flows.drop_if_unused(flow);
  }
}

void Engine::Impl::ask_routes() {
  while (!stopping && asking < options.bounds.lookups && !to_ask.empty()) {
    std::string domain = std::move(to_ask.front());
    to_ask.pop_front();
    CountedIn counted(asking);  // from here on, not from when the task begins
    tasks.spawn(executor, find_route(std::move(domain), std::move(counted)));
  }
}

net::Task<NextHop> Engine::Impl::next_hop_of(std::string domain) {
  HostRules host_rules = options.hosts;
  bool takes_it_ourselves = false;
  if (deps.takes_mail_for) takes_it_ourselves = co_await deps.takes_mail_for(domain);
  if (takes_it_ourselves) {
    host_rules.own_addresses.clear();
    host_rules.own_names.clear();
  }
  NextHop hop =
      co_await find_next_hop(deps.resolver, std::move(domain), host_rules, deps.random, net::after(dns_patience));
  co_return hop;
}

net::Task<void> Engine::Impl::find_route(std::string domain, CountedIn counted) {
  std::optional<NextHop> hop;
  std::string trouble;
  const Moment begin = now();
  try {
    hop = co_await unless_stopped(next_hop_of(domain));
  } catch (const boost::system::system_error&) {
    throw;  // cancelled
  } catch (const std::exception& error) {
    trouble = error.what();
  }
  counted.leave();
  if (stopping) co_return;  // those who wait stay held, and are released
  times.add(Phase::dns, now() - begin);
  if (!hop) {
    log::error("delivery", "a look for mail hosts failed", {{"domain", domain}, {"what", trouble}});
    hop = NextHopFailure{NextHopProblem::dns_unavailable, "the mail hosts cannot be looked up"};
  }
  Unrouted place = std::move(unrouted.extract(domain).mapped());
  parked -= place.parked.size();
  again.insert(again.end(), place.parked.begin(), place.parked.end());
  if (!place.parked.empty()) wake();
  ask_routes();
  if (auto* failure = std::get_if<NextHopFailure>(&*hop)) {
    AttemptPlace nowhere;
    co_await fail(std::move(place.waiting), std::move(*failure), std::move(nowhere));
    co_return;
  }
  const SitePtr site = make_site(domain, std::get<std::vector<MxHost>>(std::move(*hop)), rules, now());
  routes.put(domain, site);
  for (store::DueRecipient& recipient : place.waiting) {
    let_go(recipient);
    admit(std::move(recipient), site);
  }
  settle_touched();
  start_sessions();
}

void Engine::Impl::reroute(Lane& lane) {
  slots.forget(lane);
  for (Batch& batch : lane.queue.take_all()) {
    for (store::DueRecipient& recipient : batch.recipients) {
      let_go(recipient);
      admit(std::move(recipient));
    }
  }
  slots.update(lane, now());
}

// ---- room again ----

void Engine::Impl::collect_parked(Lane& lane, std::vector<store::RecipientId>& into) {
  const std::size_t waiting = lane.queue.recipients();
  for (auto at = lane.parked.begin(); at != lane.parked.end();) {
    Flow& flow = *at->first;
    std::deque<store::RecipientId>& numbers = at->second;
    const std::size_t of_flow = lane.queue.recipients_of(flow);
    std::size_t room = std::min({room_for(flow, waiting, of_flow), numbers.size(), max_read_again - into.size()});
    if (2 * room < of_flow && room < numbers.size()) room = 0;  // not yet worth it
    const auto end = numbers.begin() + static_cast<std::ptrdiff_t>(room);
    into.insert(into.end(), numbers.begin(), end);
    numbers.erase(numbers.begin(), end);
    flow.parked -= room;
    parked -= room;
    if (!numbers.empty()) {
      ++at;
      continue;
    }
    at = lane.parked.erase(at);
    flows.drop_if_unused(flow);
  }
}

void Engine::Impl::collect_parked(std::vector<store::RecipientId>& into) {
  for (auto at = with_parked.begin(); at != with_parked.end() && into.size() < max_read_again;) {
    Lane& lane = **at;
    collect_parked(lane, into);
    if (!lane.parked.empty()) {
      ++at;
      continue;
    }
    at = with_parked.erase(at);
    drop_if_empty(lane);
  }
}

// True if something was read.
net::Task<bool> Engine::Impl::read_again() {
  if (again.empty() && with_parked.empty()) co_return false;
  if (!refill_wanted && again.empty() && now() < next_refill) co_return false;
  refill_wanted = false;
  next_refill = now() + refill_pace;
  const std::size_t count = std::min(again.size(), max_read_again);
  std::vector<store::RecipientId> numbers(again.begin(), again.begin() + static_cast<std::ptrdiff_t>(count));
  collect_parked(numbers);
  if (numbers.empty()) co_return false;
  again.erase(again.begin(), again.begin() + static_cast<std::ptrdiff_t>(count));
  const std::vector<store::RecipientId> kept = numbers;
  auto due = co_await deps.queue.read_leased(std::move(numbers));
  if (!due) {
    log::error("delivery", "leased recipients cannot be read", {{"detail", due.error().detail}});
    again.insert(again.begin(), kept.begin(), kept.end());
    co_return false;
  }
  for (store::DueRecipient& recipient : *due) admit(std::move(recipient));
  settle_touched();
  ask_routes();
  in_flight = held.size();
  co_return true;
}

net::Task<void> Engine::Impl::load_pauses() {
  const std::uint64_t wanted = pauses_wanted;  // a change that comes while we read is read again
  if (deps.pauses == nullptr) {
    pauses_read = wanted;
    co_return;
  }
  auto listed = co_await deps.pauses->list_pauses();
  if (!listed) {
    log::error("delivery", "pauses cannot be read", {{"detail", listed.error().detail}});
    co_return;
  }
  pauses_read = wanted;
  const std::vector<store::RecipientId> ended = pauses.replace(*listed);
  again.insert(again.end(), ended.begin(), ended.end());
  for (const auto& lane : lanes.all()) reroute(*lane);
  settle_touched();
  ask_routes();
  for (const auto& lane : lanes.all()) drop_if_empty(*lane);
}

}  // namespace sesame::delivery
