// dns_providers/plan.h: the records that are wanted beside those that are there: what to change, and what stands in the
// way. Pure.
//
// Nothing of anybody else's is overwritten unless its conflict is accepted by name. Texts that have nothing to do with
// mail stay in their set. What is right in other words is left as it is: another feedback host of the service, another
// SPF record with the include.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dns_providers/change_set.h"
#include "dns_providers/wanted.h"

namespace sesame::dns_providers {

enum class ConflictReason {
  foreign_mx,            // another MX stands at the MAIL FROM domain: mail may be received there
  cname,                 // an alias stands at the name, and nothing can stand beside one (RFC 1034 §3.6.2)
  second_spf,            // another SPF record; two are an error for every receiver (RFC 7208 §4.5)
  other_target,          // the DKIM alias leads elsewhere
  other_txt,             // a TXT record stands where the alias or another key must be
  existing_dmarc,        // there is a policy already
  other_delegation,      // the label is delegated elsewhere
  hidden_by_delegation,  // records nobody would see any more once the label is delegated
  delegated_away,        // the name lies below a delegation in this zone: never replaceable
};
std::string_view name(ConflictReason reason);

struct Conflict {
  SetKey at;
  ConflictReason reason = ConflictReason::foreign_mx;
  std::vector<dns::RecordData> found;
  std::vector<dns::RecordData> wanted;
  std::string explanation;  // a sentence or two, for people
  bool accepted = false;

  bool is_replaceable() const { return reason != ConflictReason::delegated_away; }
};

struct PlannedChange {
  Change change;
  std::vector<Purpose> purposes;  // for whose sake
};

struct Unchanged {
  RecordSet present;
  std::vector<Purpose> purposes;
};

struct Plan {
  std::vector<PlannedChange> changes;  // in the order of names wanted; without what a conflict keeps from being made
  std::vector<Unchanged> unchanged;
  std::vector<Conflict> conflicts;
  std::vector<RecordSet> expected;  // of the names that change, everything that was asked for

  bool is_blocked() const;  // by a conflict that is not accepted
};

struct PlanOptions {
  std::string zone;         // apex
  std::uint32_t ttl = 300;  // of new sets
  std::vector<SetKey> replace;
};

// What to ask the provider for before planning: all that can stand in the way at the names wanted, and delegations
// above them.
std::vector<SetKey> questions_for(const std::vector<Wanted>& wanted, std::string_view zone);

// `present` are the sets there are, of those asked for.
Plan make_plan(const std::vector<Wanted>& wanted, const std::vector<RecordSet>& present,
               const identity::ServiceNames& names, const PlanOptions& options);

// Stands for what is wanted and what is there: 64 hex digits, the same again only if both are the same.
std::string fingerprint(const std::vector<Wanted>& wanted, const std::vector<RecordSet>& present,
                        std::string_view zone);

}  // namespace sesame::dns_providers
