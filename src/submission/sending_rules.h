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
  SharedSet set;                          // nullptr: none
  store::SuppressionReasons suppression;  // the set's, else the account's
};

// A configuration set with this tag is for mail that somebody waits for: delivery lets it go first (docs/shaping.md).
inline const std::pair<std::string, std::string> transactional_tag{"sesame:priority", "transactional"};

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

// Those of `recipients` that the simulator lets be on a suppression list (spec 1.5): they are on nobody's.
std::vector<std::string> simulated_listings(const std::vector<std::string>& recipients,
                                            const identity::ServiceNames& names);

// The message that an event is about.
struct EventSubject {
  explicit EventSubject(const store::NewMessage& message)
      : account_id(message.account_id), api_message_id(message.api_message_id), accepted(message.accepted) {}
  std::string account_id, api_message_id;
  Time accepted;
};

// What is told of a recipient that is on a list for `reason`: a bounce or a complaint that never left the house
// (spec 3.5).
enum class Listing { of_account, simulated, contact_opted_out };
store::Event suppressed_event(const EventSubject& message, std::string recipient, store::SuppressionReason reason,
                              Listing listing);

// Whom of the message's recipients the account's list keeps it from, for the store to find in its commit. `names` must
// outlive the check.
store::SuppressionCheck suppression_check(const store::NewMessage& message, store::SuppressionReasons reasons,
                                          const identity::ServiceNames& names);

}  // namespace sesame::submission
