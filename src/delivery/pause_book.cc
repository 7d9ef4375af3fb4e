#include "delivery/pause_book.h"

#include "delivery/group_rules.h"

namespace sesame::delivery {

using store::PauseScope;

std::vector<store::RecipientId> PauseBook::replace(const std::vector<store::Pause>& pauses) {
  std::set<Name> names;
  for (const store::Pause& pause : pauses) names.emplace(pause.account_id, pause.scope, pause.value);
  std::vector<store::RecipientId> ended;
  std::erase_if(pauses_, [&](const auto& entry) {
    if (names.contains(entry.first)) return false;
    ended.insert(ended.end(), entry.second.begin(), entry.second.end());
    return true;
  });
  for (const Name& name : names) pauses_.try_emplace(name);
  held_ -= ended.size();
  return ended;
}

const PauseBook::Name* PauseBook::find_one(const std::string& account_id, PauseScope scope,
                                           const std::string& value) const {
  const auto found = pauses_.find(Name(account_id, scope, value));
  return found == pauses_.end() ? nullptr : &found->first;
}

const PauseBook::Name* PauseBook::find(const store::DueRecipient& recipient, const std::string& domain,
                                       const std::vector<MxHost>& hosts) const {
  if (pauses_.empty()) return nullptr;
  const std::string& account = recipient.account_id;
  if (const Name* name = find_one(account, PauseScope::account, "")) return name;
  if (const Name* name = find_one(account, PauseScope::identity, recipient.identity)) return name;
  if (recipient.configuration_set) {
    const Name* name = find_one(account, PauseScope::configuration_set, *recipient.configuration_set);
    if (name != nullptr) return name;
  }
  if (const Name* name = find_one(account, PauseScope::domain, domain)) return name;
  // Few at a time: patterns are tried one after the other.
  for (auto at = pauses_.lower_bound(Name(account, PauseScope::mx, "")); at != pauses_.end(); ++at) {
    const auto& [of_account, scope, pattern] = at->first;
    if (of_account != account || scope != PauseScope::mx) break;
    for (const MxHost& host : hosts) {
      if (matches_name(pattern, host.name)) return &at->first;
    }
  }
  return nullptr;
}

void PauseBook::hold(const Name& pause, store::RecipientId recipient) {
  pauses_.at(pause).push_back(recipient);
  ++held_;
}

std::vector<store::RecipientId> PauseBook::all_held() const {
  std::vector<store::RecipientId> all;
  for (const auto& [name, held] : pauses_) all.insert(all.end(), held.begin(), held.end());
  return all;
}

}  // namespace sesame::delivery
