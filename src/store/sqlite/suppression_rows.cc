#include "store/sqlite/suppression_rows.h"

#include <algorithm>

#include "store/sqlite/codes.h"
#include "store/sqlite/queue_store.h"
#include "store/sqlite/row_errors.h"

namespace sesame::store::sqlite {
namespace {

constexpr std::size_t max_page = 1000;

SuppressedDestination read_row(Query& row) {
  return {.account_id = row.text(0),
          .address = row.text(1),
          .reason = suppression_reason(row, 2),
          .updated = row.time(3),
          .api_message_id = row.text(4),
          .event_sequence = row.integer(5)};
}

std::unexpected<StoreError> not_listed(const std::string& address) {
  return not_found("suppressed destination " + address);
}

}  // namespace

void put_suppressed_row(Database& db, const SuppressedDestination& destination) {
  Query(db,
        "insert or replace into suppressed_destinations (account_id, address, reason, updated, api_message_id, "
        "event_sequence) values (?1, ?2, ?3, ?4, ?5, ?6)",
        destination.account_id, suppression_key(destination.address), code_of(destination.reason), destination.updated,
        destination.api_message_id, destination.event_sequence)
      .run();
}

std::optional<SuppressedDestination> find_suppressed_row(Database& db, const std::string& account_id,
                                                         std::string_view address) {
  Query query(db,
              "select account_id, address, reason, updated, api_message_id, event_sequence "
              "from suppressed_destinations where account_id = ?1 and address = ?2",
              account_id, suppression_key(address));
  if (!query.step()) return std::nullopt;
  return read_row(query);
}

void suppress_listed(Database& db, const SuppressionCheck& check, NewMessage& message, std::vector<Event>& events) {
  if (!check.reasons.bounce && !check.reasons.complaint) return;
  for (const std::string& recipient : message.envelope.recipients) {
    if (std::ranges::find(message.suppressed, recipient) != message.suppressed.end()) continue;
    const auto listed = find_suppressed_row(db, message.account_id, recipient);
    if (!listed || !check.reasons.has(listed->reason)) continue;
    auto event = check.event_of(recipient, listed->reason);
    if (!event) continue;
    message.suppressed.push_back(recipient);
    events.push_back(std::move(*event));
  }
}

StoreResult<SuppressionPage> list_suppressed_rows(Database& db, const SuppressionFilter& filter) {
  std::int64_t reasons = 0;
  for (const SuppressionReason reason : filter.reasons) reasons |= code_of(reason);
  if (filter.reasons.empty()) reasons = code_of(SuppressionReasons());
  const std::size_t limit = std::clamp<std::size_t>(filter.limit, 1, max_page);
  Query query(db,
              "select account_id, address, reason, updated, api_message_id, event_sequence "
              "from suppressed_destinations where account_id = ?1 and address > ?2 and (reason & ?3) != 0 "
              "and (?4 is null or updated >= ?4) and (?5 is null or updated < ?5) order by address limit ?6",
              filter.account_id, filter.after, reasons, filter.since, filter.until, limit + 1);
  SuppressionPage page;
  while (query.step()) {
    if (page.destinations.size() == limit) {
      page.next_after = page.destinations.back().address;
      break;
    }
    page.destinations.push_back(read_row(query));
  }
  return page;
}

StoreTask<void> SqliteQueueStore::put_suppressed(std::vector<SuppressedDestination> destinations) {
  auto operation = [destinations = std::move(destinations)](Database& db) -> StoreResult<void> {
    for (const SuppressedDestination& destination : destinations) put_suppressed_row(db, destination);
    return {};
  };
  return engine_->writer.write(std::move(operation));
}

StoreTask<SuppressedDestination> SqliteQueueStore::find_suppressed(std::string account_id, std::string address) {
  auto operation = [account_id = std::move(account_id),
                    address = std::move(address)](Database& db) -> StoreResult<SuppressedDestination> {
    auto found = find_suppressed_row(db, account_id, address);
    if (!found) return not_listed(address);
    return std::move(*found);
  };
  return engine_->readers.read(std::move(operation));
}

StoreTask<SuppressionPage> SqliteQueueStore::list_suppressed(SuppressionFilter filter) {
  auto operation = [filter = std::move(filter)](Database& db) { return list_suppressed_rows(db, filter); };
  return engine_->readers.read(std::move(operation));
}

StoreTask<void> SqliteQueueStore::delete_suppressed(std::string account_id, std::string address) {
  auto operation = [account_id = std::move(account_id),
                    address = std::move(address)](Database& db) -> StoreResult<void> {
    Query(db, "delete from suppressed_destinations where account_id = ?1 and address = ?2", account_id,
          suppression_key(address))
        .run();
    if (db.changes() == 0) return not_listed(address);
    return {};
  };
  return engine_->writer.write(std::move(operation));
}

}  // namespace sesame::store::sqlite
