#include "store/sqlite/lease_table.h"

namespace sesame::store::sqlite {

template <class Visit>
void LeaseTable::search(Database& db, Time last, Visit visit) {
  bool is_front = true;
  const auto scan = [&](Query& query) {
    while (query.step()) {
      const DuePosition position{query.time(0), query.integer(1)};
      if (!leased_.contains(position.recipient_id)) {
        is_front = false;
        if (!visit(position)) return false;
      }
      if (is_front) frontier_ = position;
    }
    return true;
  };
  // First the rest of those due at the same moment, then the later ones: two ranges the index can seek to, where one
  // comparison of pairs would walk over all that share the moment.
  const DuePosition from = frontier_;
  Query same(db,
             "select next_attempt, recipient_id from recipients where next_attempt = ?1 and recipient_id > ?2 "
             "and next_attempt <= ?3 order by recipient_id",
             from.next_attempt, from.recipient_id, last);
  if (!scan(same)) return;
  Query later(db,
              "select next_attempt, recipient_id from recipients where next_attempt > ?1 and next_attempt <= ?2 "
              "order by next_attempt, recipient_id",
              from.next_attempt, last);
  scan(later);
}

std::vector<RecipientId> LeaseTable::lease(Database& db, Time now, std::size_t limit) {
  std::vector<RecipientId> found;
  if (limit == 0) return found;
  search(db, now, [&](const DuePosition& position) {
    found.push_back(position.recipient_id);
    return found.size() < limit;
  });
  leased_.insert(found.begin(), found.end());
  return found;
}

std::optional<Time> LeaseTable::next_due(Database& db) {
  std::optional<Time> due;
  search(db, Time::max(), [&](const DuePosition& position) {
    due = position.next_attempt;
    return false;
  });
  return due;
}

void LeaseTable::release(Database& db, const std::vector<RecipientId>& recipients) {
  for (const RecipientId recipient : recipients) {
    if (!leased_.contains(recipient)) continue;
    Query query(db, "select next_attempt from recipients where recipient_id = ?1 and next_attempt is not null",
                recipient);
    std::optional<DuePosition> position;
    if (query.step()) position = DuePosition{query.time(0), recipient};
    settle(recipient, position);
  }
}

void LeaseTable::settle(RecipientId recipient, const std::optional<DuePosition>& position) {
  leased_.erase(recipient);
  if (position) may_be_available(*position);
}

void LeaseTable::may_be_available(const DuePosition& position) {
  // The search begins after the frontier.
  const DuePosition before{position.next_attempt, position.recipient_id - 1};
  if (before < frontier_) frontier_ = before;
}

}  // namespace sesame::store::sqlite
