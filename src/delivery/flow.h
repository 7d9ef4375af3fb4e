// delivery/flow.h: whose mail it is that waits: the accounts and identities that share the engine.
//
// Not thread-safe: lives on the engine's executor.
#pragma once

#include <map>
#include <string>
#include <tuple>

#include "store/queue_store.h"

namespace sesame::delivery {

struct AccountUse {
  std::size_t flows = 0;
  std::size_t sessions = 0;  // that serve mail of the account
};

// Mail of one identity and one priority. What is fair is decided between flows.
struct Flow {
  std::string account_id, identity;
  store::Priority priority = store::Priority::ordinary;
  AccountUse* account = nullptr;
  std::size_t held = 0;      // recipients in memory, waiting or being served
  std::size_t parked = 0;    // recipients of whom only the number is kept
  std::size_t sessions = 0;  // that serve it

  bool is_transactional() const { return priority == store::Priority::transactional; }
};

// Flows are known while they have recipients or sessions.
class Flows {
 public:
  Flow& of(const store::DueRecipient& recipient) {
    const auto [found, is_new] = flows_.try_emplace(Name(recipient.account_id, recipient.identity, recipient.priority));
    Flow& flow = found->second;
    if (is_new) {
      flow = {recipient.account_id, recipient.identity, recipient.priority, &accounts_[recipient.account_id]};
      ++flow.account->flows;
    }
    return flow;
  }
  void drop_if_unused(const Flow& flow) {
    if (flow.held > 0 || flow.parked > 0 || flow.sessions > 0) return;
    const auto found = flows_.find(Name(flow.account_id, flow.identity, flow.priority));
    if (found == flows_.end()) return;
    const auto account = accounts_.find(flow.account_id);
    if (--account->second.flows == 0) accounts_.erase(account);
    flows_.erase(found);
  }

 private:
  using Name = std::tuple<std::string, std::string, store::Priority>;
  std::map<std::string, AccountUse> accounts_;
  std::map<Name, Flow> flows_;
};

}  // namespace sesame::delivery
