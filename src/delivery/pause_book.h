// delivery/pause_book.h: what is held back by request (store/pause_store.h), in memory, because every recipient asks.
//
// Not thread-safe: lives on the engine's executor.
#pragma once

#include <deque>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "delivery/next_hop.h"
#include "store/pause_store.h"
#include "store/queue_store.h"

namespace sesame::delivery {

class PauseBook {
 public:
  using Name = std::tuple<std::string, store::PauseScope, std::string>;  // account, scope, value

  // All pauses there are. Returns those held by pauses that are no more.
  std::vector<store::RecipientId> replace(const std::vector<store::Pause>& pauses);

  // The pause that holds mail of this recipient, whose address is at `domain`; nullptr: none does. `hosts` are those of
  // its site; empty while they are not known.
  const Name* find(const store::DueRecipient& recipient, const std::string& domain,
                   const std::vector<MxHost>& hosts) const;
  // Keeps a leased recipient until the pause ends.
  void hold(const Name& pause, store::RecipientId recipient);

  std::size_t held() const { return held_; }
  std::vector<store::RecipientId> all_held() const;

 private:
  const Name* find_one(const std::string& account_id, store::PauseScope scope, const std::string& value) const;

  std::map<Name, std::deque<store::RecipientId>> pauses_;
  std::size_t held_ = 0;
};

}  // namespace sesame::delivery
