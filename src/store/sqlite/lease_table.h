// sqlite/lease_table.h: who is being delivered to right now. Lives in memory: after a crash nobody is, so every queued
// recipient is due again, and only the leased ones cost memory.
//
// The index on next_attempt gives recipients in order of (next_attempt, recipient_id). Leased ones stay in it, at its
// front. The table therefore keeps a frontier: everything before it is leased or no longer queued, so a search begins
// there. Whoever makes a recipient available must tell the table where (may_be_available), which moves the frontier
// back.
//
// Used on the writer's thread only.
#pragma once

#include <unordered_set>
#include <vector>

#include "base/clock.h"
#include "store/queue_store.h"
#include "store/sqlite/database.h"

namespace sesame::store::sqlite {

struct DuePosition {
  Time next_attempt{};
  RecipientId recipient_id = 0;
  friend auto operator<=>(const DuePosition&, const DuePosition&) = default;
};

class LeaseTable {
 public:
  // Leases up to `limit` recipients due at `now`, the earliest first.
  std::vector<RecipientId> lease(Database& db, Time now, std::size_t limit);

  // Leases one that is not.
  void hold(RecipientId recipient) { leased_.insert(recipient); }

  // When the first unleased recipient is due.
  std::optional<Time> next_due(Database& db);

  // Ends leases; the recipients are available again if they are still queued. Unknown ones are ignored.
  void release(Database& db, const std::vector<RecipientId>& recipients);
  // The same when the outcome has been committed; `position` is unset unless the recipient is still queued.
  void settle(RecipientId recipient, const std::optional<DuePosition>& position);

  void may_be_available(const DuePosition& position);

  std::size_t size() const { return leased_.size(); }

 private:
  // Visits unleased recipients from the frontier on, which it advances over the leased ones before the first; stops
  // past `last` or when `visit` returns false.
  template <class Visit>
  void search(Database& db, Time last, Visit visit);

  std::unordered_set<RecipientId> leased_;
  DuePosition frontier_{Time::min(), 0};
};

}  // namespace sesame::store::sqlite
