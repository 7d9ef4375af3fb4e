#include "delivery/pool_book.h"

#include <algorithm>

namespace sesame::delivery {
namespace {

std::string key_of(const std::string& account_id, std::string_view pool) {
  return pool == store::shared_pool ? "" : account_id + "/" + std::string(pool);
}

}  // namespace

PoolBook::PoolBook(const std::vector<OwnAddress>& configured, const std::string& helo_name) : helo_name_(helo_name) {
  Source unbound;
  unbound.helo_name = helo_name;
  for (const OwnAddress& own : configured) {
    if (!own.pool.empty()) {
      configured_.push_back(own);
      continue;
    }
    shared_.sources.push_back(std::make_shared<const Source>(make_source(own, helo_name)));
    (own.address.is_v6() ? unbound.v6 : unbound.v4) = false;
  }
  if (unbound.v4 || unbound.v6) shared_.sources.push_back(std::make_shared<const Source>(unbound));
}

void PoolBook::replace(const std::vector<store::DedicatedAddress>& known,
                       const std::vector<store::PoolChoice>& choices) {
  pools_.clear();
  dedicated_.clear();
  pool_names_.clear();
  for (const OwnAddress& own : configured_) {
    const auto found = std::ranges::find(known, own.address.to_string(), &store::DedicatedAddress::address);
    if (found == known.end()) continue;
    Pool& pool = pools_[key_of(found->account_id, found->pool)];
    pool.key = key_of(found->account_id, found->pool);
    auto source = std::make_shared<Source>(make_source(own, helo_name_));
    source->pool = pool.key;
    source->warmup_began = found->warmup_began;
    dedicated_[source->name()] = source;
    pool.sources.push_back(std::move(source));
  }
  for (const store::PoolChoice& choice : choices) {
    pool_names_[{choice.account_id, choice.configuration_set}] = choice.pool;
  }
}

const Pool& PoolBook::pool(const std::string& key) const {
  const auto found = pools_.find(key);
  return found == pools_.end() ? shared_ : found->second;
}

SourcePtr PoolBook::find(const std::string& address) const {
  const auto found = dedicated_.find(address);
  return found == dedicated_.end() ? nullptr : found->second;
}

const Pool& PoolBook::pool_of(const std::string& account_id,
                              const std::optional<std::string>& configuration_set) const {
  if (pools_.empty()) return shared_;
  if (configuration_set) {
    const auto named = pool_names_.find({account_id, *configuration_set});
    if (named != pool_names_.end()) return pool(key_of(account_id, named->second));
  }
  return pool(key_of(account_id, store::default_pool));
}

std::vector<Families> families_of(const Site& site, const HostBook& hosts, HostBook::Moment now) {
  std::vector<Families> families;
  Families all, best;
  for (std::size_t i = 0; i < site.hosts.size(); ++i) {
    for (const net::IpAddress& address : site.hosts[i].addresses) {
      (address.is_v6() ? all.v6 : all.v4) = true;
      if (!hosts.aside_until(address, now)) (address.is_v6() ? best.v6 : best.v4) = true;
    }
    const bool is_last = i + 1 == site.hosts.size() || site.hosts[i + 1].preference != site.hosts[i].preference;
    if (!is_last) continue;
    if (best.v4 || best.v6) families.push_back(best);
    best = {};
  }
  families.push_back(all);
  return families;
}

SourcePtr draw(const std::vector<SourcePtr>& sources, RandomSource& random) {
  std::uint64_t weights = 0;
  for (const SourcePtr& source : sources) weights += source->weight;
  if (weights == 0) return nullptr;
  std::uint64_t at = random.below(weights);
  for (const SourcePtr& source : sources) {
    if (at < source->weight) return source;
    at -= source->weight;
  }
  return nullptr;
}

}  // namespace sesame::delivery
