// store/pause_store.h: what an operator holds back: mail that stays queued until the pause ends.
//
// A pause is of one account. It decides nothing by itself: delivery/ asks for all of them and holds what they match.
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "store/error.h"

namespace sesame::store {

enum class PauseScope {
  account,            // all mail of the account; `value` is empty
  identity,           // mail that identity governs
  configuration_set,  // mail sent with that set
  domain,             // mail to that domain of recipients, in lower case
  mx,                 // mail whose MX host is that name, or matches "*.<name>"; in lower case
};

struct Pause {
  std::string account_id;
  PauseScope scope = PauseScope::account;
  std::string value;
  Time since{};
  std::string note;  // who paused it and why, for people
  friend bool operator==(const Pause&, const Pause&) = default;
};

// Thread-safe; errors as in queue_store.h.
class PauseStore {
 public:
  virtual ~PauseStore() = default;

  // A pause that is there already keeps its beginning and its note.
  virtual StoreTask<void> put_pause(Pause pause) = 0;
  virtual StoreTask<void> delete_pause(std::string account_id, PauseScope scope, std::string value) = 0;  // not_found
  // Of all accounts, ordered by account, scope and value.
  virtual StoreTask<std::vector<Pause>> list_pauses() = 0;
};

}  // namespace sesame::store
