// dns_providers/testing/zone_in_memory.h: a provider whose zone is in memory, and that goes wrong in the ways providers
// do.
#pragma once

#include <functional>
#include <map>

#include "dns_providers/kinds.h"

namespace sesame::dns_providers {

// Every provider it makes is of the one zone. Not thread-safe.
class ZoneInMemory final : public ProviderFactory {
 public:
  Result<std::unique_ptr<Provider>, FieldError> make(const Kind& kind, std::string zone,
                                                     const Credentials& credentials) override;

  void put(RecordSet set) { sets_[key_of(set)] = std::move(set); }
  void remove(const SetKey& key) { sets_.erase(key); }
  std::vector<RecordSet> sets() const;
  void heal();

  int changes_made = 0;
  std::function<void()> before_apply, after_apply;
  bool lose_answer = false;             // the change is made, the answer does not arrive
  bool fail_reads_after_apply = false;  // likewise, and nothing can be read afterwards
  bool refuse_changes = false;
  bool ignore_changes = false;  // taken, and not made
  bool no_zone = false;
  Credentials last_credentials;

 private:
  class Access;
  std::map<SetKey, RecordSet> sets_;
  bool unreadable_ = false;
};

}  // namespace sesame::dns_providers
