// delivery/dedicated_pools.h: the verbs on pools of dedicated addresses and their warm-up, with the rules for them
// (spec 7, docs/shaping.md).
//
// Which addresses there are is configuration; they belong to the account of the installation. Which pool each is in and
// how far it is warmed up is changed here. Thread-safe; what the constructor is given must outlive it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "delivery/source.h"
#include "net/task.h"
#include "store/pool_store.h"

namespace sesame::delivery {

inline constexpr std::size_t max_pools = 50;      // of an account
inline constexpr std::size_t max_pool_name = 64;  // of [A-Za-z0-9_-]

bool is_pool_name(std::string_view name);

enum class PoolErrc {
  pool_missing,
  pool_exists,      // also those every account has
  address_missing,  // not one of the account's, or not configured any more
  invalid_name,
  invalid_percentage,
  limit_exceeded,
  unavailable,  // the store failed; nothing was changed
};
struct PoolError {
  PoolErrc code = PoolErrc::unavailable;
  std::string text;
};
template <class T>
using PoolTask = net::Task<Result<T, PoolError>>;

struct AddressView {
  std::string address;
  std::string pool;
  int warmup_percentage = 100;
  bool is_warm = true;
};

class DedicatedPools {
 public:
  // `configured`: those that are dedicated count. `tell_delivery`: something was changed; any thread; may be empty.
  DedicatedPools(store::PoolStore& store, const Clock& clock, std::vector<OwnAddress> configured,
                 std::function<void()> tell_delivery);

  // Makes the addresses of the configuration known that are new, and the pools they begin in. Once, at the start.
  PoolTask<void> take_configured(std::string account_id);

  PoolTask<void> create(store::SendingPool pool);
  PoolTask<void> remove(std::string account_id, std::string name);
  PoolTask<store::SendingPool> find(std::string account_id, std::string name);
  PoolTask<std::vector<std::string>> list(std::string account_id);  // in order of name

  // Those of one pool, or all; pool_missing. In order of address.
  PoolTask<std::vector<AddressView>> addresses(std::string account_id, std::optional<std::string> pool);
  PoolTask<AddressView> address(std::string account_id, std::string address);
  PoolTask<void> move(std::string account_id, std::string address, std::string pool);
  // 0 to 100: how much of the plan is over; 100 ends it.
  PoolTask<void> set_warmup(std::string account_id, std::string address, int percentage);

  PoolTask<bool> auto_warmup(std::string account_id);
  PoolTask<void> set_auto_warmup(std::string account_id, bool enabled);

 private:
  // As the configuration spells it; nullopt: it is none of ours.
  std::optional<std::string> known_address(const std::string& text) const;
  void tell() const {
    if (tell_delivery_) tell_delivery_();
  }

  store::PoolStore& store_;
  const Clock& clock_;
  std::vector<OwnAddress> configured_;
  std::function<void()> tell_delivery_;
};

}  // namespace sesame::delivery
