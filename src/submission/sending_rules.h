// submission/sending_rules.h: what the account and the configuration set say about a message before it is taken:
// whether it may be sent at all, how, and to whom not (spec 3.5, 4.2, 7).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "identity/service_names.h"
#include "store/queue_store.h"
#include "submission/configuration_sets.h"
#include "submission/error.h"
#include "submission/senders.h"

namespace sesame::submission {

struct SendingRules {
  ConfigurationCache::SharedSet set;      // nullptr: none
  store::SuppressionReasons suppression;  // the set's, else the account's
};

// Errors: account_paused, unavailable.
net::Task<SubmissionResult<store::AccountAttributes>> require_sending(ConfigurationSets& sets, std::string account_id);

// The set that is named, else the default one of the most specific verified identity of the author address that has
// one. Errors: configuration_set_missing (also of a default set that has been deleted), configuration_set_paused,
// unavailable.
net::Task<SubmissionResult<SendingRules>> decide_rules(ConfigurationSets& sets, store::AccountAttributes account,
                                                       std::string account_id, std::optional<std::string> named,
                                                       const SenderDecision& senders, std::string author_address);

// `address` is at simulator.<service domain>: such mail uses up no quota and suppresses nobody (spec 1.5).
bool is_simulator(std::string_view address, const identity::ServiceNames& names);

// A recipient that is told of and not sent to.
struct Suppressed {
  std::string address;
  store::SuppressionReason reason = store::SuppressionReason::bounce;
  bool simulated = false;  // suppressionlist@simulator: on nobody's list
};

// Those of `recipients` that are listed for a reason that is on, by one read of the store. Errors: unavailable.
net::Task<SubmissionResult<std::vector<Suppressed>>> find_suppressed(store::QueueStore& queue,
                                                                     const identity::ServiceNames& names,
                                                                     std::string account_id,
                                                                     store::SuppressionReasons reasons,
                                                                     std::vector<std::string> recipients);

// What is told of it: a bounce or a complaint that never left the house (spec 3.5).
store::Event suppressed_event(const store::NewMessage& message, const Suppressed& suppressed);

}  // namespace sesame::submission
