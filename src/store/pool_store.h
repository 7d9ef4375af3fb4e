// store/pool_store.h: which pool each dedicated address is in, how far it is warmed up, and what was sent from it
// today.
//
// Which addresses there are is configuration ([[delivery.address]]): an address is made known here when a service first
// starts with it, and what is known of one that has gone from the configuration stays, should it come back. The rules
// are delivery/dedicated_pools.h's.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "store/error.h"

namespace sesame::store {

// SES's names for what every account has: its addresses that are in no other pool, and those all accounts share.
inline constexpr std::string_view default_pool = "ses-default-dedicated-pool";
inline constexpr std::string_view shared_pool = "ses-shared-pool";

struct SendingPool {
  std::string account_id;
  std::string name;  // unique in the account, case-sensitive
  Time created{};
  std::vector<std::pair<std::string, std::string>> tags;
  friend bool operator==(const SendingPool&, const SendingPool&) = default;
};

struct DedicatedAddress {
  std::string address;  // as net::IpAddress writes it; of one account in the installation
  std::string account_id;
  std::string pool;
  std::optional<Time> warmup_began;  // unset: it is warm
  friend bool operator==(const DedicatedAddress&, const DedicatedAddress&) = default;
};

// The pool that mail sent with a configuration set leaves from; the set itself is in the control store.
struct PoolChoice {
  std::string account_id, configuration_set, pool;
  friend bool operator==(const PoolChoice&, const PoolChoice&) = default;
};

// Recipients tried from an address at the hosts of one destination group on one day (UTC).
struct WarmupCount {
  std::string address, group;
  std::uint64_t recipients = 0;
  friend bool operator==(const WarmupCount&, const WarmupCount&) = default;
};

// Thread-safe; errors as in queue_store.h.
class PoolStore {
 public:
  virtual ~PoolStore() = default;

  virtual StoreTask<void> create_pool(SendingPool pool) = 0;  // already_exists
  // Its addresses come to default_pool, and sets that named it name none. not_found
  virtual StoreTask<void> delete_pool(std::string account_id, std::string name) = 0;
  // Of all accounts, ordered by account and name.
  virtual StoreTask<std::vector<SendingPool>> list_pools() = 0;

  // Those that are known already stay as they are.
  virtual StoreTask<void> add_addresses(std::vector<DedicatedAddress> addresses) = 0;
  // not_found: no such address of the account, or no such pool (default_pool is always there).
  virtual StoreTask<void> move_address(std::string account_id, std::string address, std::string pool) = 0;
  virtual StoreTask<void> set_warmup(std::string account_id, std::string address,
                                     std::optional<Time> began) = 0;  // not_found
  // Of all accounts, ordered by address.
  virtual StoreTask<std::vector<DedicatedAddress>> list_addresses() = 0;

  // No pool: the set goes without one, if it ever had. not_found: no such pool (those every account has are always
  // there), and nothing was changed. Whether there is such a set is not known here.
  virtual StoreTask<void> choose_pool(std::string account_id, std::string configuration_set,
                                      std::optional<std::string> pool) = 0;
  virtual StoreTask<std::optional<std::string>> chosen_pool(std::string account_id, std::string configuration_set) = 0;
  // Of all accounts, ordered by account and set.
  virtual StoreTask<std::vector<PoolChoice>> list_choices() = 0;

  // Whether addresses that come anew to the account are warmed up; they are until this is switched off.
  virtual StoreTask<void> set_auto_warmup(std::string account_id, bool enabled) = 0;
  virtual StoreTask<bool> auto_warmup(std::string account_id) = 0;

  // Adds to the counts of `day`; those of earlier days go.
  virtual StoreTask<void> add_warmup_counts(std::chrono::sys_days day, std::vector<WarmupCount> counts) = 0;
  virtual StoreTask<std::vector<WarmupCount>> warmup_counts(std::chrono::sys_days day) = 0;
};

}  // namespace sesame::store
