#include "delivery/dedicated_pools.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/log.h"
#include "base/text.h"
#include "delivery/warmup.h"

namespace sesame::delivery {
namespace {

using store::DedicatedAddress;
using store::SendingPool;
using store::StoreErrc;

std::unexpected<PoolError> refuse(PoolErrc code, std::string text) {
  return std::unexpected(PoolError{code, std::move(text)});
}

std::unexpected<PoolError> unavailable(const store::StoreError& error) {
  log::error("delivery", "pools cannot be read or changed", {{"detail", error.detail}});
  return refuse(PoolErrc::unavailable, "Temporary service failure");
}

std::unexpected<PoolError> no_such_pool(std::string_view name) {
  return refuse(PoolErrc::pool_missing,
                fmt::format("Dedicated IP pool <{}> does not exist.", printable_utf8(name, 4 * max_pool_name)));
}

std::unexpected<PoolError> no_such_address(std::string_view address) {
  return refuse(PoolErrc::address_missing,
                fmt::format("Dedicated IP <{}> does not exist.", printable_utf8(address, max_pool_name)));
}

bool is_of_every_account(std::string_view name) { return name == store::default_pool || name == store::shared_pool; }

std::vector<OwnAddress> dedicated(std::vector<OwnAddress> configured) {
  std::erase_if(configured, [](const OwnAddress& own) { return own.pool.empty(); });
  return configured;
}

AddressView view_of(const DedicatedAddress& known, Time now) {
  AddressView view{.address = known.address, .pool = known.pool};
  if (known.warmup_began) view.warmup_percentage = warmup_percentage(*known.warmup_began, now);
  view.is_warm = view.warmup_percentage >= 100;
  return view;
}

}  // namespace

bool is_pool_name(std::string_view name) {
  return !name.empty() && name.size() <= max_pool_name && std::ranges::all_of(name, [](char c) {
    const char l = ascii_lower(c);
    return (l >= 'a' && l <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

DedicatedPools::DedicatedPools(store::PoolStore& store, const Clock& clock, std::vector<OwnAddress> configured,
                               std::function<void()> tell_delivery)
    : store_(store),
      clock_(clock),
      configured_(dedicated(std::move(configured))),
      tell_delivery_(std::move(tell_delivery)) {}

std::optional<std::string> DedicatedPools::known_address(const std::string& text) const {
  const auto address = net::parse_ip(text);
  if (!address || std::ranges::find(configured_, *address, &OwnAddress::address) == configured_.end()) {
    return std::nullopt;
  }
  return address->to_string();
}

PoolTask<void> DedicatedPools::take_configured(std::string account_id) {
  if (configured_.empty()) co_return Result<void, PoolError>();
  const auto warms_up = co_await store_.auto_warmup(account_id);
  if (!warms_up) co_return unavailable(warms_up.error());
  std::vector<DedicatedAddress> addresses;
  std::set<std::string> pools;
  for (const OwnAddress& own : configured_) {
    DedicatedAddress address{own.address.to_string(), account_id, own.pool, std::nullopt};
    if (*warms_up && !own.is_warm) address.warmup_began = clock_.now();
    addresses.push_back(std::move(address));
    if (!is_of_every_account(own.pool)) pools.insert(own.pool);
  }
  for (const std::string& name : pools) {
    SendingPool pool{account_id, name, clock_.now(), {}};
    const auto created = co_await store_.create_pool(std::move(pool));
    if (!created && created.error().code != StoreErrc::already_exists) co_return unavailable(created.error());
  }
  const auto added = co_await store_.add_addresses(std::move(addresses));
  if (!added) co_return unavailable(added.error());
  co_return Result<void, PoolError>();
}

PoolTask<void> DedicatedPools::create(SendingPool pool) {
  const std::string name = pool.name;
  if (!is_pool_name(name)) {
    co_return refuse(PoolErrc::invalid_name,
                     fmt::format("Invalid dedicated IP pool name <{}>: only alphanumeric ASCII characters, '_', and "
                                 "'-' are allowed, at most {}.",
                                 printable_utf8(name, max_pool_name), max_pool_name));
  }
  const auto names = co_await list(pool.account_id);
  if (!names) co_return std::unexpected(names.error());
  const std::string exists = fmt::format("Dedicated IP pool <{}> already exists.", name);
  if (is_of_every_account(name)) co_return refuse(PoolErrc::pool_exists, exists);
  if (names->size() >= max_pools) {
    co_return refuse(PoolErrc::limit_exceeded,
                     fmt::format("A maximum of {} dedicated IP pools is allowed per account.", max_pools));
  }
  pool.created = clock_.now();
  const auto created = co_await store_.create_pool(std::move(pool));
  if (created) co_return Result<void, PoolError>();
  if (created.error().code == StoreErrc::already_exists) co_return refuse(PoolErrc::pool_exists, exists);
  co_return unavailable(created.error());
}

PoolTask<void> DedicatedPools::remove(std::string account_id, std::string name) {
  const auto removed = co_await store_.delete_pool(std::move(account_id), name);
  if (!removed && removed.error().code == StoreErrc::not_found) co_return no_such_pool(name);
  if (!removed) co_return unavailable(removed.error());
  tell();
  co_return Result<void, PoolError>();
}

PoolTask<SendingPool> DedicatedPools::find(std::string account_id, std::string name) {
  const auto pools = co_await store_.list_pools();
  if (!pools) co_return unavailable(pools.error());
  for (const SendingPool& pool : *pools) {
    if (pool.account_id == account_id && pool.name == name) co_return pool;
  }
  if (name == store::default_pool) co_return SendingPool{account_id, name, {}, {}};
  co_return no_such_pool(name);
}

PoolTask<std::vector<std::string>> DedicatedPools::list(std::string account_id) {
  const auto pools = co_await store_.list_pools();
  if (!pools) co_return unavailable(pools.error());
  std::vector<std::string> names;
  for (const SendingPool& pool : *pools) {
    if (pool.account_id == account_id) names.push_back(pool.name);
  }
  co_return names;
}

PoolTask<std::vector<AddressView>> DedicatedPools::addresses(std::string account_id, std::optional<std::string> pool) {
  if (pool) {
    const auto found = co_await find(account_id, *pool);
    if (!found) co_return std::unexpected(found.error());
  }
  const auto known = co_await store_.list_addresses();
  if (!known) co_return unavailable(known.error());
  std::vector<AddressView> views;
  for (const DedicatedAddress& one : *known) {
    const bool is_meant = one.account_id == account_id && (!pool || one.pool == *pool) && known_address(one.address);
    if (is_meant) views.push_back(view_of(one, clock_.now()));
  }
  co_return views;
}

PoolTask<AddressView> DedicatedPools::address(std::string account_id, std::string address) {
  auto all = co_await addresses(std::move(account_id), std::nullopt);
  if (!all) co_return std::unexpected(all.error());
  const auto found = std::ranges::find(*all, known_address(address).value_or(""), &AddressView::address);
  if (found == all->end()) co_return no_such_address(address);
  co_return std::move(*found);
}

PoolTask<void> DedicatedPools::move(std::string account_id, std::string address, std::string pool) {
  const auto known = co_await this->address(account_id, address);
  if (!known) co_return std::unexpected(known.error());
  const auto moved = co_await store_.move_address(std::move(account_id), known->address, pool);
  if (!moved && moved.error().code == StoreErrc::not_found) co_return no_such_pool(pool);
  if (!moved) co_return unavailable(moved.error());
  tell();
  co_return Result<void, PoolError>();
}

PoolTask<void> DedicatedPools::set_warmup(std::string account_id, std::string address, int percentage) {
  if (percentage < 0 || percentage > 100) {
    co_return refuse(PoolErrc::invalid_percentage, "WarmupPercentage must be between 0 and 100.");
  }
  const auto known = co_await this->address(account_id, address);
  if (!known) co_return std::unexpected(known.error());
  const std::optional<Time> began = warmup_began_at(percentage, clock_.now());
  const auto set = co_await store_.set_warmup(std::move(account_id), known->address, began);
  if (!set) co_return unavailable(set.error());
  tell();
  co_return Result<void, PoolError>();
}

PoolTask<bool> DedicatedPools::auto_warmup(std::string account_id) {
  const auto enabled = co_await store_.auto_warmup(std::move(account_id));
  if (!enabled) co_return unavailable(enabled.error());
  co_return *enabled;
}

PoolTask<void> DedicatedPools::set_auto_warmup(std::string account_id, bool enabled) {
  const auto set = co_await store_.set_auto_warmup(std::move(account_id), enabled);
  if (!set) co_return unavailable(set.error());
  co_return Result<void, PoolError>();
}

}  // namespace sesame::delivery
